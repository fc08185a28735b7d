internal import Compatibility
internal import Foundation
internal import Stages
import Testing

/// One id, its accents written in two ways: `é` as one character (NFC), and as `e` and an accent (NFD), as macOS writes it.
@Suite struct ItemIDSpellingTests {
    private static let composed = "product-\u{E9}"
    private static let parted = "product-e\u{301}"

    private static func map(_ parameters: inout IngestParameters) {
        parameters.tables.products.id = "sku"
        parameters.tables.products.category = ["family"]
        parameters.tables.products.title = ["name"]
        parameters.tables.outfits.outfit = "outfit"
        parameters.tables.outfits.item = "sku"
    }

    @Test func bothSpellingsAreOneItemAndOutfitsNameTheirOwn() throws {
        let bench = try IngestBench()
        let others = "fghijklmnopqrstuvwxyz".map { "product-\($0)" }
        var products = "sku,family,name\n\(Self.composed),Tops,first\n\(Self.parted),Tops,second\n"
        for id in others { products += "\(id),Shoes,\(id)\n" }
        var outfits = "outfit,sku\nsoir\u{E9}e,product-f\nsoire\u{301}e,\(Self.parted)\n"
        for id in others { outfits += "outfit of \(id),\(id)\noutfit of \(id),\(Self.composed)\n" }
        let archive = try bench.archive("shop.tar", [.init("products.csv", products), .init("outfits.csv", outfits)])
        let dataset = try bench.ingest([archive], Self.map)

        let items = try dataset.reader.items()
        #expect(items.map { Array($0.id.rawValue.utf8) } == (others + [Self.composed]).map { Array($0.utf8) })
        #expect(items.last?.title == "second")
        #expect(try dataset.count("items.repeated_in_archive") == 1)
        #expect(try dataset.refusals().isEmpty)
        // By the catalogue that stages read, which sorts items itself.
        let catalog = try dataset.reader.catalog()
        #expect(catalog.outfits.count == others.count + 1)
        for outfit in catalog.outfits {
            let ids = outfit.items.map { catalog.items[$0].id.rawValue }
            let first = outfit.id.hasPrefix("soir") ? "product-f" : String(outfit.id.dropFirst("outfit of ".count))
            #expect(ids == [first, Self.composed], "\(outfit.id)")
        }
    }

    @Test func aCorrectionInTheOtherSpellingCorrects() throws {
        let bench = try IngestBench()
        let base = try bench.archive(
            "1.tar", [.init("products.csv", "sku,family,name\n\(Self.parted),Tops,old\nproduct-f,Tops,f\n")])
        let correction = try bench.archive("2.tar", [.init("products.csv", "sku,name\n\(Self.composed),new\n")])
        let dataset = try bench.ingest([base, correction]) {
            Self.map(&$0)
            $0.tables.outfits = OutfitColumns()
        }
        #expect(try dataset.reader.items().map(\.title) == ["f", "new"])
        #expect(try dataset.count("items.corrected") == 1)
    }
}
