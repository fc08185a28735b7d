import Foundation
import Media
import Testing

/// A feed of products and outfits that a retailer's system got wrong.
struct BrokenFeedTests {
    private func run(_ members: [(path: String, text: String)]) throws -> Program.Outcome {
        let program = try Program()
        defer { program.remove() }
        let writer = try ArchiveWriter(path: program.folder.appending(path: "feed.tar").path, format: .tar)
        for member in members { try writer.add(path: member.path, bytes: Array(member.text.utf8)) }
        try writer.finish()
        try program.write(
            """
            version: 1
            name: feed
            workspace: ws
            stages:
              ingest:
                archives: [feed.tar]
                tables:
                  products: {id: sku, category: [family]}
                  outfits: {outfit: outfit, item: sku}
            """, to: "job.yaml")
        return try program.run("run", "job.yaml", "--until", "ingest")
    }

    private static let products = "sku,family\n" + (0..<60).map { "\($0),Tops\n" }.joined()

    @Test func aPlaceholderForNoOutfitFailsTheRunAndIsNamed() throws {
        let rows = (0..<3000).map { $0 % 5 == 0 ? "\($0),\($0 % 60)\n" : "n/a,\($0 % 60)\n" }
        let outcome = try run([("products.csv", Self.products), ("outfits.csv", "outfit,sku\n" + rows.joined())])
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("at most 5.0 % allowed):\n"), "\(outcome.errors)")
        #expect(
            outcome.errors.contains(
                "\n  1 x outfit has more items than the limit (2400 records), as feed.tar: outfits.csv: n/a: 2400 items\n"
            ),
            "\(outcome.errors)")
    }

    @Test func noControlCharacterOfItsNamesReachesATerminal() throws {
        let hostile = "x\u{1B}[2J\r\u{9B}31m\nerror: y"
        for members in [
            [(hostile + ".txt", "a")], [("products.csv", "s\u{1B}[2Jku,family\n1,Tops\n")],
            [("products.csv", Self.products)] + (0..<9).map { ("\($0)\(hostile).jpg", "\u{FFFD}") },
        ] {
            let outcome = try run(members)
            #expect(outcome.status == 1 && outcome.output.isEmpty, "\(outcome)")
            let controls = outcome.errors.unicodeScalars.filter {
                $0 != "\n" && $0.properties.generalCategory == .control
            }
            #expect(controls.isEmpty, "\(outcome.errors.debugDescription)")
            #expect(outcome.errors.contains("\\u{1B}[2J"), "\(outcome.errors)")
            #expect(!outcome.errors.contains("\nerror: y"), "\(outcome.errors)")
        }
    }
}
