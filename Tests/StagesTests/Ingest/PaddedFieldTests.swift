internal import Compatibility
internal import Foundation
internal import Stages
import Testing

/// Tables whose fields were padded with spaces.
@Suite struct PaddedFieldTests {
    private static func map(_ parameters: inout IngestParameters) {
        parameters.tables.products.id = "item_id"
        parameters.tables.products.category = ["category", "kind"]
        parameters.tables.products.picture = "image"
        parameters.tables.products.available.column = "stock"
        parameters.tables.products.available.values = ["yes"]
        parameters.tables.products.variantOf.column = "item_id"
        parameters.tables.outfits.outfit = "outfit"
        // As whoever saw the header's space wrote it.
        parameters.tables.outfits.item = " items"
        parameters.tables.outfits.itemSeparator = ","
        parameters.tables.outfits.split = "part"
    }

    @Test func whatIsComparedHasNoSpacesAround() throws {
        let bench = try IngestBench()
        let products = """
            item_id, category, kind, image, stock, colour
             00900-1 ,shoes ,high boots, a.jpg,yes ,red
            00900-2,shoes,high boots ,a.jpg,yes, blue
            00057-1, tops,  ,\u{A0},no,green

            """
        let outfits = """
            outfit, items, part
            1,"00900-1, 00057-1 ", train
            1 ," 00900-2,, ",train
            2,00900-2,
             2,00057-1,

            """
        let archive = try bench.archive(
            "t.tar",
            [.init("products.csv", products), .init("outfits.csv", outfits), .picture("a.jpg"), .picture(" a.jpg")])
        let dataset = try bench.ingest([archive], Self.map)
        let catalog = try dataset.reader.catalog()
        #expect(catalog.items.map(\.id.rawValue) == ["00057-1", "00900-1", "00900-2"])
        // Spaces inside stay.
        #expect(catalog.items.map(\.categoryPath) == [["tops"], ["shoes", "high boots"], ["shoes", "high boots"]])
        #expect(catalog.items.map(\.isAvailable) == [false, true, true])
        #expect(catalog.items.map(\.variantGroup) == ["00057", "00900", "00900"])
        #expect(catalog.items[1].attributes == ["colour": "red"])
        // A file may be called so.
        #expect(
            try catalog.items.map { try dataset.pictureContent($0.pictureDigest) } == [nil, " a.jpg", "a.jpg"])
        #expect(catalog.outfits.map(\.id) == ["1", "2"])
        #expect(catalog.outfits.map(\.items) == [[1, 0, 2], [2, 0]])
        #expect(catalog.outfits[0].statedSplit == .train)
        #expect(try dataset.refusals().isEmpty)
    }

    @Test func anIdOfSpacesIsNone() throws {
        let bench = try IngestBench()
        let archive = try bench.archive("t.tar", [.init("products.csv", "item_id,category\n  ,tops\n1,tops\n2,  \n")])
        let dataset = try bench.ingest([archive]) {
            $0.tables.products.id = "item_id"
            $0.tables.products.category = ["category"]
        }
        #expect(
            try dataset.refusals() == [
                "products.csv: line 2: item without an id", "products.csv: 2: item without a category",
            ])
    }
}
