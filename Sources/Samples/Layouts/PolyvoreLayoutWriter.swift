internal import Compatibility
private import Foundation
internal import Media

/// Polyvore Outfits: one metadata file for all items, outfits by split in two variants, pictures by item.
struct PolyvoreLayoutWriter {
    let archive: SampleArchive

    func write(to writer: ArchiveWriter, _ progress: (Int) -> Void) throws {
        try writer.add(path: "polyvore_outfits/categories.csv", bytes: Array(categories().utf8))
        try writer.add(path: "polyvore_outfits/polyvore_item_metadata.json", bytes: try json(metadata()))
        try writer.add(path: "polyvore_outfits/polyvore_outfit_titles.json", bytes: try json(titles()))
        for variant in ["nondisjoint", "disjoint"] {
            for split in Split.allCases { try write(split, variant, to: writer) }
        }
        for (count, index) in archive.items.enumerated() {
            let item = archive.universe.items[index]
            try writer.add(
                path: "polyvore_outfits/images/\(Self.number(item)).jpg", bytes: try archive.picture(of: item))
            progress(count + 1)
        }
        if archive.universe.parameters.includesBadMembers {
            try writer.add(path: "__MACOSX/polyvore_outfits/._categories.csv", bytes: [0, 5, 22, 7])
        }
    }

    /// Item identifiers of this layout are digits.
    private static func number(_ item: SampleItem) -> String { item.id.rawValue.filter { $0 != "-" } }

    private func categories() -> String {
        Garment.allCases.enumerated().map { "\($0.offset + 1),\($0.element.noun),\($0.element.category)\n" }.joined()
    }

    private func metadata() -> [String: [String: Any]] {
        var items: [String: [String: Any]] = [:]
        for index in archive.items {
            let item = archive.universe.items[index]
            let number = (Garment.allCases.firstIndex(of: item.garment) ?? 0) + 1
            items[Self.number(item)] = [
                "url_name": "\(item.material) \(item.garment.noun)",
                "description": "\(item.pattern.word) \(item.material)",
                "catgeories": [item.garment.category, item.garment.rawValue], "title": item.title,
                "related": [String](),
                "category_id": "\(number)", "semantic_category": item.garment.category,
            ]
        }
        return items
    }

    private func titles() -> [String: [String: String]] {
        var titles: [String: [String: String]] = [:]
        for outfit in archive.outfits {
            titles[outfit.id] = ["url_name": "outfit \(outfit.id)", "title": SampleStyle.all[outfit.style].name]
        }
        return titles
    }

    private func write(_ split: Split, _ variant: String, to writer: ArchiveWriter) throws {
        let name = split == .validation ? "valid" : split.rawValue
        let outfits = archive.outfits.filter { $0.split == split }
        let items = archive.universe.items
        let records = outfits.map { outfit -> [String: Any] in
            let slots = outfit.items.enumerated().map {
                ["item_id": Self.number(items[$0.element]), "index": $0.offset + 1] as [String: Any]
            }
            return ["set_id": outfit.id, "items": slots]
        }
        try writer.add(path: "polyvore_outfits/\(variant)/\(name).json", bytes: try json(records))

        func token(_ outfit: SampleOutfit, _ position: Int) -> String { "\(outfit.id)_\(position + 1)" }
        let maker = SampleQuestions(universe: archive.universe, outfits: outfits)
        var questions: [[String: Any]] = []
        var lines = ""
        for (number, outfit) in outfits.enumerated() {
            guard let blank = maker.blank(in: outfit, number: number) else { continue }
            var answers = [token(outfit, blank.taken)] + blank.wrong.map { token($0.outfit, $0.position) }
            // In the disjoint variant the right answer stands anywhere: only its set tells which it is.
            if variant == "disjoint" { answers.swapAt(0, number % 4) }
            questions.append([
                "question": blank.remaining.map { token(outfit, $0) }, "blank_position": blank.taken + 1,
                "answers": answers,
            ])
            let rest = blank.remaining.map { token(outfit, $0) }
            lines += "1 " + outfit.items.indices.map { token(outfit, $0) }.joined(separator: " ") + "\n"
            lines +=
                "0 " + (rest + [token(blank.wrong[0].outfit, blank.wrong[0].position)]).joined(separator: " ") + "\n"
        }
        try writer.add(path: "polyvore_outfits/\(variant)/fill_in_blank_\(name).json", bytes: try json(questions))
        try writer.add(path: "polyvore_outfits/\(variant)/compatibility_\(name).txt", bytes: Array(lines.utf8))
    }

    private func json(_ value: Any) throws -> [UInt8] {
        Array(try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes]))
    }
}
