import Compatibility
import Stages
import Testing

/// Ids that would break files of one id a line, and tables between tabs.
@Suite struct ControlCharacterTests {
    private static let items = ["in line\n\r", "tab\tbed", "del\u{7F}", "next\u{85}", "separated\u{2028}"]

    @Test func idsWithControlCharactersAreRefusedAndShownOnOneLine() throws {
        let bench = try IngestBench()
        let products =
            "sku,family\n" + (["1", "two words", "é\u{301}"] + Self.items).map { "\"\($0)\",Tops\n" }.joined()
        let outfits = "outfit,sku\no1,1\no1,two words\n\"o\n2\",1\n\"o\n2\",two words\no1,\"tab\tbed\"\n"
        let dataset = try bench.ingest(
            [try bench.archive("t.tar", [.init("products.csv", products), .init("outfits.csv", outfits)])],
            IngestBench.mapSkus)
        #expect(try dataset.reader.items().map(\.id.rawValue) == ["1", "two words", "é\u{301}"])
        #expect(try dataset.reader.outfits().map(\.id) == ["o1"])
        let item = "item id holds a control character"
        #expect(
            try dataset.refusals() == [
                "products.csv: in line\\n\\r: \(item)", "products.csv: tab\\tbed: \(item)",
                "products.csv: del\\u{7F}: \(item)", "products.csv: next\\u{0085}: \(item)",
                "products.csv: separated\\u{2028}: \(item)", "outfits.csv: o\\n2: outfit id holds a control character",
                "outfits.csv: o1: tab\\tbed: outfit names unknown item",
            ])
    }

    @Test func otherLayoutsRefuseThemToo() throws {
        let bench = try IngestBench()
        let metadata = #"{"a\nb": {"title": "x", "semantic_category": "tops"}}"#
        let sets = #"[{"set_id": "s\t1", "items": [{"item_id": "1", "index": 1}, {"item_id": "2", "index": 2}]}]"#
        let dataset = try bench.ingest([
            try bench.archive(
                "p.tar",
                [
                    .init(
                        "polyvore_item_metadata.json",
                        String(metadata.dropLast()) + #", "1": {"title": "y", "semantic_category": "tops"}}"#),
                    .init("nondisjoint/train.json", sets),
                ])
        ])
        #expect(try dataset.reader.items().map(\.id.rawValue) == ["1"])
        #expect(
            try dataset.refusals() == [
                "polyvore_item_metadata.json: a\\nb: item id holds a control character",
                "nondisjoint/train.json: s\\t1: outfit id holds a control character",
                "polyvore_item_metadata.json: 1: images/1.jpg: item names a picture that no archive holds",
            ])
    }
}
