internal import Foundation
internal import Pipeline
internal import Stages
import Testing

/// The catalogue names archives in its quarantine: their names decide its bytes, and where they lie does not.
@Suite struct RenamedArchiveTests {
    private static let table = "item_id,category\n1,Tops\n2,Shoes\n,Bags\n"

    private static func ingest(
        _ job: SampleJob, _ archive: URL
    ) throws -> (stage: StageSummary, archives: [String], catalog: String) {
        let summary = try job.run(
            [
                "ingest.tables.products={id: item_id, category: [category]}", "ingest.tables.outfits={outfit: ''}",
                "ingest.quarantine_fraction_limit=1", "ingest.archives=['\(archive.path)']",
            ], until: ["ingest"])
        let stage = try #require(summary["ingest"])
        let catalog = try CatalogReader(folder: try #require(job.artifact("catalog", of: summary)))
        return (stage, try catalog.quarantine().map(\.archive), stage.outputs["catalog"] ?? "")
    }

    @Test func aRenamedArchiveIsMergedAnewAndNotReadAgain() throws {
        let job = try SampleJob()
        let bench = try IngestBench()
        let files = FileManager.default
        try bench.archive("monday.tar", [.init("products.csv", Self.table)])
        let first = try Self.ingest(job, bench.file("monday.tar"))
        #expect(first.archives == ["monday.tar"] && first.stage.status == .succeeded)

        try files.createDirectory(at: bench.file("moved"), withIntermediateDirectories: true)
        try files.moveItem(at: bench.file("monday.tar"), to: bench.file("moved/monday.tar"))
        let moved = try Self.ingest(job, bench.file("moved/monday.tar"))
        #expect(moved.stage.status == .upToDate && moved.catalog == first.catalog)

        try files.moveItem(at: bench.file("moved/monday.tar"), to: bench.file("moved/tuesday.tar"))
        let renamed = try Self.ingest(job, bench.file("moved/tuesday.tar"))
        #expect(renamed.stage.status == .succeeded && renamed.archives == ["tuesday.tar"])
        #expect(renamed.stage.shardCount == 1 && renamed.stage.reusedShardCount == 1)
        let reasons = renamed.stage.reasons.map(\.description)
        #expect(reasons.count == 2 && reasons.contains { $0.contains("tuesday.tar is new") }, "\(reasons)")
        // As a workspace that never knew another name.
        #expect(try Self.ingest(try SampleJob(), bench.file("moved/tuesday.tar")).catalog == renamed.catalog)
    }
}
