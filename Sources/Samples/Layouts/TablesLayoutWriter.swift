internal import Compatibility
internal import Media

/// A catalogue as two tables and a folder of pictures, as a retailer's export has them.
struct TablesLayoutWriter {
    let archive: SampleArchive

    func write(to writer: ArchiveWriter, _ progress: (Int) -> Void) throws {
        try writer.add(path: "catalogue/products.csv", bytes: products())
        try writer.add(path: "catalogue/outfits.csv", bytes: Array(outfits().utf8))
        for (count, index) in archive.items.enumerated() {
            let item = archive.universe.items[index]
            var bytes = try archive.picture(of: item)
            if includesBad, count == 3 { bytes = Array(bytes.prefix(bytes.count / 2)) }
            if includesBad, count == 5 { bytes = Array("<html>404 Not Found</html>".utf8) }
            try writer.add(path: "catalogue/\(Self.picturePath(of: item))", bytes: bytes)
            progress(count + 1)
        }
        guard includesBad else { return }
        try writer.add(path: "catalogue/._products.csv", bytes: [0, 5, 22, 7, 0, 2, 0, 0])
        try writer.add(path: "catalogue/images/.DS_Store", bytes: [0, 0, 0, 1])
        try writer.add(path: "../outside.jpg", bytes: [0xFF, 0xD8, 0xFF, 0xE0])
    }

    private var includesBad: Bool { archive.universe.parameters.includesBadMembers && archive.items.lowerBound == 0 }

    private static func picturePath(of item: SampleItem) -> String { "images/\(item.id).jpg" }

    private func products() -> [UInt8] {
        var bytes = Array(
            "item_id,model,category,family,title,colour,colour_group,material,pattern,season,price,available,image\n"
                .utf8)
        for index in archive.withdraws { bytes += Array(row(archive.universe.items[index], isAvailable: false).utf8) }
        for index in archive.items {
            let item = archive.universe.items[index]
            bytes += Array(row(item, isAvailable: item.isAvailable).utf8)
        }
        if includesBad {
            bytes += Array("9999990-01,9999990,,,No category,black,GREY,wool,plain,SS26,10.99,1,images/none.jpg\n".utf8)
            bytes += Array("9999991-01,9999991,tops\n".utf8)
            bytes +=
                Array("9999992-01,9999992,tops,T-shirts,caf".utf8) + [0xE9]
                + Array(",black,GREY,wool,plain,SS26,10.99,1,\n".utf8)
        }
        return bytes
    }

    private func row(_ item: SampleItem, isAvailable: Bool) -> String {
        let colour = SampleColour.all[item.colour]
        let fields = [
            item.id.rawValue, item.model, item.garment.category, item.garment.rawValue, item.title, colour.name,
            colour.group,
            item.material, item.pattern.word, item.season, "\(item.price)", isAvailable ? "1" : "0",
            Self.picturePath(of: item),
        ]
        return fields.map(Self.quoted).joined(separator: ",") + "\n"
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" }) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private func outfits() -> String {
        var text = "outfit_id,item_id\n"
        for outfit in archive.outfits {
            for item in outfit.items { text += "\(outfit.id),\(archive.universe.items[item].id)\n" }
        }
        if includesBad, let first = archive.outfits.first {
            text += "\(first.id),8888888-88\n"
        }
        return text
    }
}
