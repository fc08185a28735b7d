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
}
