import Compatibility
import Stages
import Testing

/// Outfits of more items than anybody wears: mostly a placeholder in the column of outfit ids.
@Suite struct LargeOutfitTests {
    private static let reason = "outfit has more items than the limit"

    /// A table of outfits, given by their ids and items.
    private func ingest(
        _ outfits: [(id: String, items: [Int])], in bench: IngestBench,
        _ configure: (inout IngestParameters) -> Void = { _ in }
    ) throws -> IngestedDataset {
        let products = "sku,family\n" + (0..<60).map { "\($0),Tops\n" }.joined()
        let rows = outfits.flatMap { outfit in outfit.items.map { "\(outfit.id),\($0)\n" } }
        let members: [IngestBench.Member] = [
            .init("products.csv", products), .init("outfits.csv", "outfit,sku\n" + rows.joined()),
        ]
        return try bench.ingest([try bench.archive("t.tar", members)]) {
            IngestBench.mapSkus(&$0)
            configure(&$0)
        }
    }

    @Test func anOutfitAboveTheLimitIsRefusedWithItsSizeAndTheRestStays() throws {
        let bench = try IngestBench()
        let found = try ingest(
            [("n/a", Array(0..<51)), ("0", (0..<5000).map { $0 % 60 }), ("1", Array(0..<50))], in: bench)
        #expect(try found.reader.outfits().map(\.items.count) == [50])
        #expect(
            try found.refusals() == [
                "outfits.csv: n/a: 51 items: \(Self.reason)", "outfits.csv: 0: 5000 items: \(Self.reason)",
            ])
        // All rows count among what might have been refused.
        #expect(try found.count("archives.0.counts.outfit_members") == 5101)
    }

    /// What the limit on refusals is for: most rows of a feed were joined by one placeholder, and are lost.
    @Test func everyItemOfAnOutfitAboveTheLimitCountsAsRefused() throws {
        let bench = try IngestBench()
        let outfits =
            [(id: "n/a", items: (0..<400).map { $0 % 60 })] + (0..<10).map { (id: "\($0)", items: [$0, $0 + 1]) }
        let error = #expect(throws: IngestError.self) {
            try ingest(outfits, in: bench) { $0.quarantineFractionLimit = 0.83 }
        }
        // 60 products and 420 memberships.
        #expect(
            error?.description == """
                400 of 480 records and pictures were refused (83.3 %; at most 83.0 % allowed):
                  1 x \(Self.reason) (400 records), as t.tar: outfits.csv: n/a: 400 items
                  mend them at their source, or raise ingest.quarantine_fraction_limit
                """, "\(String(describing: error))")
        // One entry all the same, and the rest is used.
        let found = try ingest(outfits, in: bench) { $0.quarantineFractionLimit = 0.84 }
        #expect(try found.refusals() == ["outfits.csv: n/a: 400 items: \(Self.reason)"])
        #expect(try found.reader.outfits().count == 10)
        #expect(try found.count("quarantined.\(Self.reason)") == 1)
        #expect(try found.count("quarantined_records.\(Self.reason)") == 400)
    }

    /// An outfit that is refused for its id is lost with all its items, too.
    @Test func outfitsRefusedForTheirIDsCountWithAllTheirItems() throws {
        let bench = try IngestBench()
        let outfits = [(id: "a\u{7}b", items: Array(0..<8)), (id: "1", items: Array(0..<12))]
        let error = #expect(throws: IngestError.self) {
            try ingest(outfits, in: bench) { $0.quarantineFractionLimit = 0.09 }
        }
        guard case .tooManyQuarantined(let summary)? = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(summary.refusedCount == 8 && summary.subjectCount == 80)
    }

    @Test func theLimitIsTheJobs() throws {
        let bench = try IngestBench()
        let outfits = [(id: "1", items: [0, 1, 2]), (id: "2", items: [3, 4, 5, 6])]
        let found = try ingest(outfits, in: bench) { $0.limits.outfitItemCount = 3 }
        #expect(try found.reader.outfits().map(\.id) == ["1"])
        let wide = try ingest([(id: "1", items: Array(0..<60))], in: bench) { $0.limits.outfitItemCount = 60 }
        #expect(try wide.reader.outfits().map(\.items.count) == [60])
        #expect(throws: ParameterProblem.self) { try ingest(outfits, in: bench) { $0.limits.outfitItemCount = 1 } }
    }

    @Test func otherLayoutsHaveTheLimitToo() throws {
        let bench = try IngestBench()
        let metadata = (0..<4).map { #""\#($0)": {"title": "x", "semantic_category": "tops"}"# }
        func set(_ id: String, _ count: Int) -> String {
            let items = (0..<count).map { #"{"item_id": "\#($0)", "index": \#($0 + 1)}"# }
            return #"{"set_id": "\#(id)", "items": [\#(items.joined(separator: ","))]}"#
        }
        let members: [IngestBench.Member] = [
            .init("polyvore_item_metadata.json", "{\(metadata.joined(separator: ","))}"),
            .init("nondisjoint/train.json", "[\(set("a", 4)), \(set("b", 3))]"),
        ]
        let found = try bench.ingest([try bench.archive("p.tar", members)]) { $0.limits.outfitItemCount = 3 }
        #expect(try found.reader.outfits().map(\.id) == ["b"])
        let withoutPicture = (0..<4).map {
            "polyvore_item_metadata.json: \($0): images/\($0).jpg: item names a picture that no archive holds"
        }
        #expect(
            try found.refusals() == ["nondisjoint/train.json: a: 4 items: \(Self.reason)"] + withoutPicture)
    }
}
