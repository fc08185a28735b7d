import Foundation
import Media
import Pipeline
import Stages
import Testing

/// Pictures that do not decode, through whole stages.
struct QuarantinedPictureTests {
    private static func picture(_ level: UInt8) throws -> [UInt8] {
        let bytes = (0..<1024).flatMap { place -> [UInt8] in [level, UInt8(place % 32), UInt8(place / 32)] }
        return try ImageEncoder.jpeg(PixelBuffer(width: 32, height: 32, bytes: bytes), quality: 90)
    }

    /// A tar of items and their pictures, all in one outfit.
    private static func archive(_ items: [(id: String, picture: [UInt8])], in folder: URL, name: String) throws -> URL {
        let file = folder.appendingPathComponent(name)
        let writer = try ArchiveWriter(path: file.path, format: .tar)
        var (products, outfits) = ("item_id,category,family,title,image,price,available\n", "outfit_id,item_id\n")
        for (id, picture) in items {
            try writer.add(path: "\(id).jpg", bytes: picture)
            products += "\(id),\(id < "b" ? "tops" : "shoes"),all,Thing \(id),\(id).jpg,5,1\n"
            outfits += "\(name),\(id)\n"
        }
        try writer.add(path: "products.csv", bytes: Array(products.utf8))
        try writer.add(path: "outfits.csv", bytes: Array(outfits.utf8))
        try writer.finish()
        return file
    }

    /// A forced run measures again what older shards have, so that later two shards hold one picture.
    @Test func aPictureInTwoShardsIsQuarantinedOnce() throws {
        let job = try SampleJob()
        let cut = Array(try Self.picture(9).dropLast(200))
        let archives = [
            try Self.archive([("a", try Self.picture(1)), ("bad", cut)], in: job.folder, name: "one.tar"),
            try Self.archive([("bad", cut), ("c", try Self.picture(3))], in: job.folder, name: "two.tar"),
        ]
        func run(_ archives: ArraySlice<URL>, limit: Double = 1, forced: Set<StageName> = []) throws -> RunSummary {
            let list = archives.map(\.path).joined(separator: ", ")
            return try job.run(
                [
                    "ingest.archives=[\(list)]", "ingest.quarantine_fraction_limit=1",
                    "featurize.quarantine_fraction_limit=\(limit)",
                ], forced: forced, until: ["featurize"])
        }
        #expect(try run(archives[..<1]).status == .succeeded)
        #expect(try run(archives[1...], forced: ["featurize"]).status == .succeeded)
        // One of three pictures: within a limit that counting it twice would break.
        let summary = try run(archives[...], limit: 0.4)
        #expect(summary.status == .succeeded, "\(summary["featurize"]?.error ?? "")")
        #expect(summary["featurize"]?.shardCount == 2 && summary["featurize"]?.reusedShardCount == 2)
        let folder = try #require(job.artifact("features", of: summary))
        let lines = try String(contentsOf: folder.appendingPathComponent("quarantine.jsonl"), encoding: .utf8)
            .split(separator: "\n")
        #expect(lines.count == 1 && lines[0].contains(#""item_ids":["bad"]"#), "\(lines)")
    }
}
