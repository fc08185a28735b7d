internal import Compatibility
private import Foundation
internal import Media

/// Maryland Polyvore: outfits that describe their own items, pictures by outfit and index; an item's identity is the
/// `tid` in its picture's address.
struct MarylandLayoutWriter {
    let archive: SampleArchive

    func write(to writer: ArchiveWriter, _ progress: (Int) -> Void) throws {
        try writer.add(path: "maryland/category_id.txt", bytes: Array(categories().utf8))
        let outfits = archive.outfits
        for split in Split.allCases {
            let name = split == .validation ? "valid" : split.rawValue
            let records = outfits.filter { $0.split == split }.map(record)
            try writer.add(path: "maryland/\(name)_no_dup.json", bytes: try json(records))
        }
        try writeQuestions(outfits.filter { $0.split == .test }, to: writer)
        var count = 0
        var drawn: [Int: [UInt8]] = [:]
        for outfit in outfits {
            for (position, index) in outfit.items.enumerated() {
                let bytes = try drawn[index] ?? archive.picture(of: archive.universe.items[index])
                drawn[index] = bytes
                try writer.add(path: "maryland/images/\(outfit.id)/\(Self.number(position)).jpg", bytes: bytes)
                count += 1
                progress(count)
            }
        }
    }

    /// Indexes of this layout start at 1 and are not consecutive.
    private static func number(_ position: Int) -> Int { position < 2 ? position + 1 : position + 2 }

    /// One name for each number, as "2 Clothing": this layout knows no finer category.
    private func categories() -> String {
        Garment.allCases.enumerated().map { "\($0.offset + 2) \($0.element.category)\n" }.joined()
    }

    private func record(_ outfit: SampleOutfit) -> [String: Any] {
        let items = outfit.items.enumerated().map { position, index -> [String: Any] in
            let item = archive.universe.items[index]
            let tid = item.id.rawValue.filter { $0 != "-" }
            return [
                "index": Self.number(position),
                "name": item.title.isEmpty ? "\(item.material) \(item.garment.noun)" : item.title,
                "price": item.price, "likes": 3 + index % 40,
                "image": "http://img2.example.com/cgi/img-thing?.out=jpg&size=m&tid=\(tid)",
                "categoryid": (Garment.allCases.firstIndex(of: item.garment) ?? 0) + 2,
            ]
        }
        return [
            "name": SampleStyle.all[outfit.style].name, "views": 100 + outfit.items.count, "items": items,
            "image": "http://img.example.com/set/\(outfit.id).jpg", "likes": 12, "date": "One day",
            "set_url": "http://www.example.com/set?id=\(outfit.id)", "set_id": outfit.id, "desc": "",
        ]
    }

    private func writeQuestions(_ outfits: [SampleOutfit], to writer: ArchiveWriter) throws {
        func token(_ outfit: SampleOutfit, _ position: Int) -> String { "\(outfit.id)_\(Self.number(position))" }
        let maker = SampleQuestions(universe: archive.universe, outfits: outfits)
        var questions: [[String: Any]] = []
        var lines = ""
        for (number, outfit) in outfits.enumerated() {
            guard let blank = maker.blank(in: outfit, number: number) else { continue }
            questions.append([
                "question": blank.remaining.map { token(outfit, $0) }, "blank_position": Self.number(blank.taken),
                "answers": [token(outfit, blank.taken)] + blank.wrong.map { token($0.outfit, $0.position) },
            ])
            lines += "1 " + outfit.items.indices.map { token(outfit, $0) }.joined(separator: " ") + "\n"
            let wrong =
                blank.remaining.map { token(outfit, $0) } + [token(blank.wrong[0].outfit, blank.wrong[0].position)]
            lines += "0 " + wrong.joined(separator: " ") + "\n"
        }
        try writer.add(path: "maryland/fill_in_blank_test.json", bytes: try json(questions))
        try writer.add(path: "maryland/fashion_compatibility_prediction.txt", bytes: Array(lines.utf8))
    }

    private func json(_ value: Any) throws -> [UInt8] {
        Array(try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes]))
    }
}
