import Foundation
import Media
import Testing

/// A table that names pictures which the archives do not hold, or hold under another name.
struct MissingPictureWarningTests {
    private static func run(_ name: (Int) -> String, pictures: Bool) throws -> String {
        let program = try Program()
        defer { program.remove() }
        let rows = (1...80).map { String(format: "%05d,tops,", $0) + name($0) + "\n" }
        let held = try (pictures ? 1..<81 : 1..<1).map { number in
            (
                name: String(format: "img/%05d.png", number),
                bytes: try ImageEncoder.png(PixelBuffer(width: 1, height: 1, bytes: [UInt8(number), 0, 0]))
            )
        }
        try program.writeShop(table: "item_id,category,image\n" + rows.joined(), pictures: held)
        let outcome = try program.run("run", "job.yaml", "--until", "ingest")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ingest: ") }
        #expect(lines.count <= 1, "\(lines)")
        return lines.first.map(String.init) ?? ""
    }

    @Test func theRunWarnsOfThemInOneLine() throws {
        let table = "once published, the table 'quarantine' of current/catalog.sqlite names them"
        let missing = try Self.run({ String(format: "img/%05d.png", $0) }, pictures: false)
        #expect(
            missing == "warning: ingest: 80 of 80 items name a picture that no archive holds, such as "
                + "00001: img/00001.png; \(table)")
        let respelt = try Self.run({ String(format: $0 < 3 ? "none/%05d.png" : "IMG/%05d.PNG", $0) }, pictures: true)
        #expect(
            respelt == "warning: ingest: 80 of 80 items name a picture that no archive holds, such as "
                + "00003: IMG/00003.PNG (there is img/00003.png: letter case counts); \(table)")
        #expect(try Self.run({ String(format: "img/%05d.png", $0) }, pictures: true).isEmpty)
    }

    /// Six items, of which one has a picture.
    @Test func theListsPictureHasAFrameForAnItemWithoutOne() throws {
        let program = try Program()
        defer { program.remove() }
        let red = try ImageEncoder.png(
            PixelBuffer(width: 30, height: 40, bytes: (0..<1200).flatMap { _ in [200, 0, 0] as [UInt8] }))
        let writer = try ArchiveWriter(path: program.folder.appending(path: "shop.tar").path, format: .tar)
        try writer.add(path: "1.png", bytes: red)
        let products = "item_id,category,image\n1,tops,1.png\n2,shoes,\n3,bags,\n4,tops,\n5,shoes,\n6,bags,\n"
        try writer.add(path: "products.csv", bytes: Array(products.utf8))
        let outfits = "outfit_id,item_id\na,1\na,2\na,3\nb,4\nb,5\nb,6\nc,1\nc,5\n"
        try writer.add(path: "outfits.csv", bytes: Array(outfits.utf8))
        try writer.finish()
        try program.write(
            """
            version: 1
            workspace: ws
            stages:
              ingest:
                archives: [shop.tar]
                tables:
                  products: {id: item_id, category: [category], picture: image}
                  outfits: {outfit: outfit_id, item: item_id}
              index: {adjacency: {minimum_count: 1}}
            """, to: "job.yaml")
        let run = try program.run("run", "job.yaml")
        try #require(run.status == 0, "\(run.errors)")
        let list = try program.run("recommend", "1", "--picture", "list.png", "--workspace", "ws")
        let count = list.output.split(separator: "\n").count { $0.hasPrefix("   ") }
        try #require((1...4).contains(count), "\(list)")
        let bytes = try [UInt8](Data(contentsOf: program.folder.appending(path: "list.png")))
        let picture = try ImageDecoder().decode(bytes)
        func level(_ x: Int, _ y: Int) -> UInt8 { picture.bytes[(y * picture.width + x) * 3 + 1] }
        // The item at the left, then a tile for each of its list.
        #expect(level(8, 8) == 255 && level(8 + 124, 8 + 164) == 0)
        for place in 0..<5 {
            let x = 272 + place * 128
            #expect(level(x, 8) == (place < count ? 200 : 255), "\(place) of \(count)")
            #expect(level(x + 119, 8 + 159) == (place < count ? 200 : 255) && level(x + 60, 8 + 80) == 255)
        }
    }
}
