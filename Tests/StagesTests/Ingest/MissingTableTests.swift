internal import Compatibility
internal import Foundation
internal import Pipeline
internal import Stages
import Testing

/// Tables that no archive holds under the name that the job file gives, and outfits that leave nothing to learn from.
@Suite struct MissingTableTests {
    private static let products = IngestBench.Member("data/products.csv", "sku,family\n1,Tops\n2,Shoes\n3,Bags\n")
    private static let outfits = IngestBench.Member("data/looks.csv", "outfit,sku,part\na,1,valid\na,2,valid\n")

    @Test func aTableThatNoMemberMatchesIsNamedWithWhatIsThere() throws {
        let bench = try IngestBench()
        let archive = try bench.archive("shop.tar", [Self.products, Self.outfits, .init("readme.txt", "x")])
        let missingOutfits = #expect(throws: IngestError.self) {
            try bench.ingest([archive]) {
                IngestBench.mapSkus(&$0)
                $0.tables.outfits.members = ["outfits*.csv"]
            }
        }
        #expect(
            missingOutfits?.description
                == "no member of the archives matches ingest.tables.outfits.members (outfits*.csv), so there are no "
                + "outfits; other files are data/looks.csv, readme.txt; set ingest.tables.outfits.members to the "
                + "table's name, or add the archive that holds it to ingest.archives")
        let missingProducts = #expect(throws: IngestError.self) {
            try bench.ingest([archive]) {
                IngestBench.mapSkus(&$0)
                $0.tables.products.members = ["items.csv"]
                $0.tables.outfits.members = ["looks.csv"]
            }
        }
        #expect(
            missingProducts
                == .noTable("products", patterns: ["items.csv"], seen: ["data/products.csv", "readme.txt"]))
        // Each may come with an archive of its own; names of other files stand in no artifact.
        let found = try bench.ingest([
            try bench.archive("1.tar", [Self.products, .init("notes.txt", "x")]),
            try bench.archive("2.tar", [Self.outfits]),
        ]) {
            IngestBench.mapSkus(&$0)
            $0.tables.outfits.members = ["looks.csv"]
        }
        #expect(try found.reader.outfits().map(\.items) == [[0, 1]])
        let summary = try String(contentsOf: found.catalogFolder.appendingPathComponent("ingest.json"), encoding: .utf8)
        #expect(summary.contains(#""unrecognised_files" : 1"#) && !summary.contains("notes.txt"))
    }

    @Test func outfitsThatLeaveNothingToLearnFromEndTheLabels() throws {
        func failure(_ outfits: String, _ settings: String...) throws -> String {
            let job = try SampleJob()
            let bench = try IngestBench()
            let products = "item_id,category\n1,Tops\n2,Shoes\n3,Bags\n"
            try bench.archive("shop.tar", [.init("products.csv", products), .init("outfits.csv", outfits)])
            let columns = [
                "ingest.tables.products={id: item_id, category: [category]}", "label.season_attribute=''",
                "ingest.tables.outfits={outfit: outfit_id, item: item_id, split: part}",
                "ingest.quarantine_fraction_limit=1", "ingest.archives=['\(bench.file("shop.tar").path)']",
            ]
            let result = try job.executor(columns + settings, until: ["warmup"]).run()
            #expect(result.failures.map(\.stage) == ["label"])
            return result.failures.first.map { "\($0.cause)" } ?? ""
        }
        let header = "outfit_id,item_id,part\n"
        let none = try failure(header + "a,1,train\na,7,train\nb,8,train\n")
        #expect(none.hasPrefix("there is no outfit to learn from; map the table of outfits (ingest.tables.outfits)"))
        #expect(
            none.hasSuffix(
                "; ingest refused 2 x outfit has fewer than two known items, 2 x outfit names unknown item"), "\(none)")
        let held = try failure(header + "a,1,valid\na,2,valid\nb,1,test\nb,3,test\n")
        #expect(
            held.hasPrefix(
                "no outfit is left for training: 1 are for validation, 1 for test, 0 were purged; lower label."),
            "\(held)")
    }

    @Test func aTrainingWithoutPairsSaysSo() {
        #expect("\(TrainingError.noPairs)".hasPrefix("no outfit for training has two items"))
    }
}
