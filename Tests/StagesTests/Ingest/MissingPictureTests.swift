internal import Compatibility
internal import Foundation
internal import Stages
import Testing

/// Items whose pictures did not come with them.
@Suite struct MissingPictureTests {
    private static func map(_ parameters: inout IngestParameters) {
        parameters.tables.products.id = "sku"
        parameters.tables.products.category = ["family"]
        parameters.tables.products.picture = "file"
        parameters.tables.products.price = "price"
    }

    private static let reason = "item names a picture that no archive holds"

    @Test func theyStayAndAreNamedOnceAllArchivesAreKnown() throws {
        let bench = try IngestBench()
        let table = "sku,family,file\n1,Tops,img/1.jpg\n2,Tops,img/2.jpg\n3,Tops,img/3.jpg\n4,Tops,\n5,Tops,img/5.jpg\n"
        let first = try bench.archive(
            "1.tar", [.init("products.csv", table), .picture("img/1.jpg"), .init("img/5.jpg", "no picture")])
        // The second picture comes later; of the third another archive says something else.
        let second = try bench.archive(
            "2.tar", [.picture("img/2.jpg"), .init("products.csv", "sku,price\n3,9.5\n")])
        let dataset = try bench.ingest([first, second]) {
            Self.map(&$0)
            // They are no refusals: nothing of the item is lost but what did not come.
            $0.quarantineFractionLimit = 0.12
        }
        #expect(try dataset.reader.items().map { $0.pictureDigest != nil } == [true, true, false, false, false])
        let entries = try dataset.reader.quarantine()
        #expect(
            entries.map { [$0.archive, $0.member, $0.subject, $0.reason] } == [
                ["1.tar", "img/5.jpg", "", "picture is neither JPEG, PNG nor WebP"],
                ["1.tar", "products.csv", "3: img/3.jpg", Self.reason],
            ])
        #expect(try dataset.count("items.missing_pictures") == 2)
        #expect(try dataset.count("quarantined.\(Self.reason)") == 1)
        #expect(try dataset.count("quarantined_records.\(Self.reason)") == 0)
    }

    @Test func aCatalogueWithoutAnyPictureHasEntriesForSomeAndACountForTheOthers() throws {
        let bench = try IngestBench()
        let rows = (1...1203).map { String(format: "%04d,Tops,img/%04d.jpg,5", $0, $0) }
        let table = (["sku,family,file,price"] + rows).joined(separator: "\n") + "\n"
        let dataset = try bench.ingest([try bench.archive("t.tar", [.init("products.csv", table)])], Self.map)
        let refusals = try dataset.refusals()
        #expect(refusals.count == 1001)
        #expect(refusals.first == "products.csv: 0001: img/0001.jpg: \(Self.reason)")
        #expect(refusals.last == "203 further items: \(Self.reason)")
        #expect(try dataset.reader.items().count == 1203)
    }
}
