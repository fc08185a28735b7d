internal import Compatibility
internal import Foundation
internal import GRDB
internal import Stages
import Testing

@Suite struct CatalogReaderTests {
    private static func dataset(_ bench: IngestBench) throws -> IngestedDataset {
        let table = "sku,family,fabric,season\nb,Tops,silk,s\na,Shoes,leather,\nc,Tops,,w\n"
        let archive = try bench.archive("t.tar", [.init("products.csv", table), .picture("x.jpg"), .picture("y.jpg")])
        return try bench.ingest([archive]) { parameters in
            parameters.tables.products.id = "sku"
            parameters.tables.products.category = ["family"]
        }
    }

    @Test func readsAttributesAsFarAsAsked() throws {
        let reader = try Self.dataset(try IngestBench()).reader
        #expect(
            try reader.items().map(\.attributes) == [
                ["fabric": "leather"], ["fabric": "silk", "season": "s"], ["season": "w"],
            ])
        #expect(try reader.items(attributes: .none).allSatisfy(\.attributes.isEmpty))
        #expect(
            try reader.items(attributes: .named(["season"])).map(\.attributes) == [
                [:], ["season": "s"], ["season": "w"],
            ])
        #expect(try reader.attributeCounts().map(\.name) == ["fabric", "season"])
        #expect(try reader.attributeValues(named: "fabric").map(\.row) == [0, 1])
        let catalog = try reader.catalog(attributes: .none)
        #expect(catalog.categories == ["Shoes", "Tops"])
        #expect(catalog.row(of: ItemID("c")) == 2)
    }

    @Test func anythingThatIsNoCatalogIsNamed() throws {
        let bench = try IngestBench()
        let catalog = bench.file("catalog.sqlite")
        func expectDatabaseError() {
            let error = #expect(throws: CatalogError.self) { try CatalogReader(folder: bench.folder) }
            guard case .database(let path, _) = error else {
                Issue.record("another error: \(String(describing: error))")
                return
            }
            #expect(path == catalog.path)
        }
        expectDatabaseError()
        try Data("no database, but long enough to be looked at as one".utf8).write(to: catalog)
        expectDatabaseError()
    }

    /// The path of a catalogue that a statement has changed.
    private static func copy(in bench: IngestBench, changedBy sql: String) throws -> String {
        let path = bench.file("catalog.sqlite").path
        let catalog = try dataset(bench).catalogFolder.appendingPathComponent("catalog.sqlite")
        try FileManager.default.copyItem(atPath: catalog.path, toPath: path)
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        return path
    }

    @Test func aCatalogOfAnotherVersionIsNamed() throws {
        let bench = try IngestBench()
        let path = try Self.copy(in: bench, changedBy: "PRAGMA user_version = 9")
        #expect(throws: CatalogError.unsupportedVersion(path: path, found: 9, supported: 1)) {
            try CatalogReader(folder: bench.folder)
        }
    }

    @Test func itemsThatDoNotAscendByTheBytesOfTheirIdsAreAnError() throws {
        let bench = try IngestBench()
        let path = try Self.copy(in: bench, changedBy: "UPDATE items SET id = 'bb' WHERE row = 0")
        #expect(throws: CatalogError.inconsistent(path: path, problem: "item row 1 is out of order")) {
            try CatalogReader(folder: bench.folder).catalog()
        }
    }

    @Test func aTruncatedCatalogIsAnErrorAndNotAShorterOne() throws {
        let bench = try IngestBench()
        let dataset = try Self.dataset(bench)
        let whole = try Data(contentsOf: dataset.catalogFolder.appendingPathComponent("catalog.sqlite"))
        for pages in 1..<whole.count / 4096 {
            try whole.prefix(pages * 4096).write(to: bench.file("catalog.sqlite"))
            #expect(throws: CatalogError.self, "\(pages) pages") {
                let reader = try CatalogReader(folder: bench.folder)
                _ = try reader.catalog()
                _ = try reader.quarantine()
            }
        }
    }

    @Test func picturesAreReadByDigestFromAnyThread() throws {
        let bench = try IngestBench()
        let pictures = try Self.dataset(bench).pictures
        #expect(
            pictures.digests
                == [IngestBench.picture("x.jpg"), IngestBench.picture("y.jpg")].map {
                    PictureDigest(of: $0).description
                }.sorted())
        let unknown = PictureDigest(of: [1]).description
        #expect(!pictures.contains(unknown))
        #expect(throws: CatalogError.unknownPicture(digest: unknown)) { try pictures.bytes(of: unknown) }
        #expect(throws: CatalogError.unknownPicture(digest: "x")) { try pictures.bytes(of: "x") }
        let digests = pictures.digests
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            let digest = digests[number % digests.count]
            #expect((try? pictures.bytes(of: digest)).map { PictureDigest(of: $0).description } == digest)
        }
    }

    @Test func aDamagedPictureIndexIsNamed() throws {
        let bench = try IngestBench()
        let index = try Self.dataset(bench).picturesFolder.appendingPathComponent("pictures.tsv")
        let lines = try String(contentsOf: index, encoding: .utf8).split(separator: "\n")
        for damaged in ["no digest\tp\t0\t1\n", lines.reversed().joined(separator: "\n"), "\(lines[0])\textra\n"] {
            try Data(damaged.utf8).write(to: bench.file("pictures.tsv"))
            #expect(throws: CatalogError.self) { try PictureStore(folder: bench.folder) }
        }
    }
}
