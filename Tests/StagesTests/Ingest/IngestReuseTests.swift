internal import Compatibility
internal import Foundation
internal import Media
internal import Pipeline
internal import Stages
import Testing

/// Same inputs, same bytes; and nothing copied that can be kept.
@Suite struct IngestReuseTests {
    private static let base: [IngestBench.Member] = [
        .init("products.csv", "sku,family,file\n1,Tops,img/a.jpg\n2,Tops,img/b.jpg\n3,Shoes,img/c.jpg\n"),
        .init("outfits.csv", "outfit,sku\n1,1\n1,3\n2,2\n2,3\n2,9\n"),
        .picture("img/a.jpg"), .picture("img/b.jpg"), .picture("img/c.jpg"), .picture("img/twin-of-a.jpg", "img/a.jpg"),
    ]
    private static let arrivals: [IngestBench.Member] = [
        .init("products.csv", "sku,family,file\n4,Bags,img/d.jpg\n"), .picture("img/d.jpg"),
    ]

    private static func map(_ parameters: inout IngestParameters) {
        parameters.tables.products.id = "sku"
        parameters.tables.products.category = ["family"]
        parameters.tables.products.picture = "file"
        parameters.tables.outfits.outfit = "outfit"
        parameters.tables.outfits.item = "sku"
    }

    @Test func sameArchivesGiveSameBytesInWhateverOrderShardsFinish() throws {
        let bench = try IngestBench()
        let archives = [try bench.archive("base.tar", Self.base), try bench.archive("arrivals.tar", Self.arrivals)]
        let first = try bench.ingest(archives, Self.map)
        let second = try bench.ingest(archives, reversed: true, Self.map)
        #expect(
            try IngestedDataset.bytes(of: first.catalogFolder) == IngestedDataset.bytes(of: second.catalogFolder))
        #expect(
            try IngestedDataset.bytes(of: first.picturesFolder) == IngestedDataset.bytes(of: second.picturesFolder))
        for (a, b) in zip(first.shardFolders, second.shardFolders) {
            #expect(try IngestedDataset.bytes(of: a) == IngestedDataset.bytes(of: b))
        }
        #expect(
            try !FileManager.default.contentsOfDirectory(atPath: first.catalogFolder.path).contains {
                $0.contains("-journal")
            })
    }

    @Test func everyContainerGivesTheSameShard() throws {
        let bench = try IngestBench()
        let containers: [(String, ArchiveFormat, CompressionFilter)] = [
            ("a.tar", .tar, .none), ("a.tar.gz", .tar, .gzip), ("a.tar.zst", .tar, .zstd), ("a.tar.xz", .tar, .xz),
            ("a.zip", .zip, .none), ("a.7z", .sevenZip, .none),
        ]
        let shards = try containers.map { name, format, filter in
            let archive = try bench.archive(name, Self.base, format: format, filter: filter)
            return try IngestedDataset.bytes(of: try bench.ingest([archive], Self.map).shardFolders[0])
        }
        #expect(shards.allSatisfy { $0 == shards[0] })
        #expect(shards[0]["pictures-0.pack"]?.count == 3 * (4 + 9))
    }

    @Test func packsAreLinkedWhenNothingFallsAwayAndRewrittenWhenSomethingDoes() throws {
        let bench = try IngestBench()
        let base = try bench.archive("base.tar", Self.base)
        let arrivals = try bench.archive("arrivals.tar", Self.arrivals)
        let both = try bench.ingest([base, arrivals], Self.map)
        #expect(both.pictures.count == 4)
        #expect(try both.count("pictures.linked_packs") == 2)
        #expect(
            try Self.inodes(both.picturesFolder)
                == Self.inodes(both.shardFolders[0]).union(Self.inodes(both.shardFolders[1])))

        // Picture b is replaced and a repeated: only the base pack keeps a and c, the correction its new picture.
        let correction = try bench.archive(
            "correction.tar",
            [.picture("img/b.jpg", "new b"), .picture("img/a.jpg"), .picture("img/e.jpg", "img/c.jpg")])
        let corrected = try bench.ingest([base, correction], Self.map)
        #expect(try corrected.count("pictures.rewritten_packs") == 2)
        #expect(try corrected.count("pictures.superseded") == 1)
        #expect(try corrected.count("pictures.repeated_across_archives") == 2)
        let items = try corrected.reader.items()
        #expect(
            try items.map { try corrected.pictureContent($0.pictureDigest) } == ["img/a.jpg", "new b", "img/c.jpg"])
        let stored = try FileManager.default.contentsOfDirectory(atPath: corrected.picturesFolder.path)
            .filter { $0.hasSuffix(".pack") }
            .reduce(0) { $0 + (try Data(contentsOf: corrected.picturesFolder.appendingPathComponent($1)).count) }
        #expect(stored == (4 + 9) + (4 + 5) + (4 + 9))
    }

    @Test func shardsAreKnownByContentAndByWhatDecidesThem() throws {
        let bench = try IngestBench()
        try bench.archive("base.tar", Self.base)
        try bench.archive("moved.tar", Self.base)
        try bench.archive("arrivals.tar", Self.arrivals)
        func fingerprints(_ archives: [String], _ change: (inout IngestParameters) -> Void = { _ in }) throws
            -> [String]
        {
            try bench.plan(archives) {
                Self.map(&$0)
                change(&$0)
            }.map(\.fingerprint)
        }
        let base = try fingerprints(["base.tar"])
        #expect(try fingerprints(["moved.tar"]) == base)
        #expect(try fingerprints(["base.tar"]) { $0.quarantineFractionLimit = 0.5 } == base)
        #expect(try fingerprints(["base.tar"]) { $0.tables.products.title = ["family"] } != base)
        #expect(try fingerprints(["base.tar", "arrivals.tar"]).first == base.first)
        // The same bytes twice are one shard, at the later place.
        #expect(try bench.plan(["base.tar", "arrivals.tar", "moved.tar"]).map(\.key) == ["arrivals.tar", "moved.tar"])
    }

    @Test func cancellationStopsBetweenMembers() throws {
        let bench = try IngestBench()
        try bench.archive("base.tar", Self.base)
        #expect(throws: CancellationRequest.self) { try bench.runCancelled(["base.tar"]) }
    }

    @Test func parametersAreFlatAndCanonical() {
        let canonical = IngestParameters().canonicalParameters()
        #expect(canonical["layout"] == "\"auto\"")
        #expect(canonical["tables.products.variant_of.take"] == "\"prefix\"")
        #expect(canonical["quarantine_fraction_limit"] == "0.05")
    }

    private static func inodes(_ folder: URL) throws -> Set<UInt64> {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".pack") }
        return Set(
            try names.compactMap { name in
                try FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(name).path)[
                    .systemFileNumber]
                    as? UInt64
            })
    }
}
