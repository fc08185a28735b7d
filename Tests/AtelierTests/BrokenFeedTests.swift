import Foundation
import Media
import Testing

/// A feed of products and outfits that a retailer's system got wrong.
struct BrokenFeedTests {
    private func run(
        _ members: [(path: String, text: String)], arrivals: [(path: String, text: String)] = []
    ) throws -> Program.Outcome {
        let program = try Program()
        defer { program.remove() }
        for (name, members) in [("feed.tar", members), ("arrivals.tar", arrivals)] where !members.isEmpty {
            let writer = try ArchiveWriter(path: program.folder.appending(path: name).path, format: .tar)
            for member in members { try writer.add(path: member.path, bytes: Array(member.text.utf8)) }
            try writer.finish()
        }
        try program.write(
            """
            version: 1
            name: feed
            workspace: ws
            stages:
              ingest:
                archives: [feed.tar\(arrivals.isEmpty ? "" : ", arrivals.tar")]
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

    @Test func aTableThatMayHaveBeenOverlookedIsWarnedOf() throws {
        let feed = [("products.csv", Self.products), ("outfits.csv", "outfit,sku\n1,1\n1,2\n")]
        func warnings(_ arrivals: [(path: String, text: String)]) throws -> [String] {
            let outcome = try run(feed, arrivals: arrivals)
            #expect(outcome.status == 0, "\(outcome.errors)")
            return outcome.errors.split(separator: "\n").filter { $0.contains("was not read") }.map(String.init)
        }
        let picture = (path: "a.jpg", text: "\u{FFFD}")
        for name in ["data/Products.csv", "items_v2.csv"] {
            let found = try warnings([(name, "sku,family\n99,Tops\n"), picture])
            #expect(found.count == 1 && found[0].contains("arrivals.tar: '\(name)' was not read"), "\(found)")
            #expect(found.first?.contains("ingest.tables.products.members") == true, "\(found)")
        }
        // What comes beside the data.
        #expect(try warnings([("readme.txt", "x"), picture]) == [])
        #expect(try warnings([("stores.csv", "x"), ("products.csv", "sku,family\n99,Tops\n")]) == [])
    }

    @Test func whatIsRefusedBelowTheLimitIsWarnedOf() throws {
        let outfits = "outfit,sku\n" + (0..<59).map { "\($0 / 2),\($0)\n" }.joined() + "29,unheard-of\n"
        let outcome = try run([("products.csv", Self.products), ("outfits.csv", outfits)])
        #expect(outcome.status == 0)
        let warning = outcome.errors.split(separator: "\n").first { $0.hasPrefix("warning:") }
        #expect(
            warning == """
                warning: ingest: 2 of 120 records and pictures were refused, such as feed.tar: outfits.csv: 29: unheard-of: \
                outfit names unknown item; once published, the table 'quarantine' of current/catalog.sqlite names all
                """, "\(outcome.errors)")
    }

    @Test func aTableWithoutRowsIsNamedAndNotItsOutfits() throws {
        let outcome = try run([("products.csv", "sku,family\n"), ("outfits.csv", "outfit,sku\na,1\na,2\n")])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the archives hold no usable item; see that"), "\(outcome.errors)")
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
