import Compatibility
import Features
import LinearAlgebra
import Testing

private func rows(_ block: FeatureBlock) throws -> [[Float]] {
    guard case .sparse(let matrix) = block.values else {
        Issue.record("the block is dense")
        return []
    }
    return (0..<matrix.rowCount).map { row in
        var dense = [Float](repeating: 0, count: matrix.columnCount)
        for entry in matrix.entryRange(ofRow: row) { dense[Int(matrix.columns[entry])] = matrix.values[entry] }
        return dense
    }
}

/// FNV-1a and SplitMix64's last step as another program computes them; another value means that stored features and new ones no longer fit together.
@Test(arguments: [
    ("", 0xF52A_15E9_A9B5_E89B as UInt64), ("dress", 0x41AB_65F8_5D84_9BEA), ("連衣裙", 0x8E1D_7945_C35C_FD83),
    ("ワンピース", 0xEAA0_07F9_4C64_2DE3), ("pantalón", 0x77E2_3F8E_AE10_60D9), ("👗", 0x2FA2_9697_5B0B_A765),
])
func hashesAreThoseRecorded(text: String, expected: UInt64) {
    #expect(StableHash.hash(text) == expected)
}

@Test func seedsGiveOtherHashes() {
    #expect(StableHash.hash("dress", seed: 1) != StableHash.hash("dress", seed: 2))
}

@Test(arguments: [
    ("Wide-leg trousers, 2-pack", ["wide", "leg", "trousers", "2", "pack"]),
    ("Pantalón DE pinzas ñandú", ["pantalón", "de", "pinzas", "ñandú"]),
    ("夏季连衣裙 dress", ["夏季连衣裙", "dress"]),
    ("花柄ワンピースblue", ["花柄ワンピース", "blue"]),
    ("ＡＢＣ ﬁne", ["abc", "fine"]),
    ("robe 👗👩🏽‍🎤 c'est", ["robe", "👗", "👩🏽‍🎤", "c", "est"]),
    ("Ünïcode e\u{301}te\u{301}", ["ünïcode", "été"]),
    (" ,;— \n", []),
])
func textIsCutIntoWords(text: String, expected: [String]) {
    #expect(WordSplitter.words(of: text).map(\.text) == expected)
}

@Test func textsThatShareWordsAreNear() throws {
    let texts = [
        "striped cotton shirt", "cotton shirt with stripes", "leather ankle boots", "夏季碎花连衣裙", "碎花连衣裙长款", "男士皮鞋",
        "camisa de algodón a rayas", "camisas algodon rayas", "bolso piel",
    ]
    let block = TextFeatureExtractor().block(of: texts)
    let rows = try rows(block)
    #expect(block.isPresent.allSatisfy { $0 })
    for start in stride(from: 0, to: 9, by: 3) {
        let near = rows[start].cosine(rows[start + 1])
        let far = rows[start].cosine(rows[start + 2])
        #expect(near > 0.25)
        #expect(far < 0.5 * near)
    }
}

@Test func rowsHaveNormOneAndTextsWithoutWordsAreMissing() throws {
    let block = TextFeatureExtractor(dimension: 256).block(of: ["blue dress", "", "  —  ", "裙", "👗 👗"])
    #expect(block.isPresent == [true, false, false, true, true])
    for (row, isPresent) in zip(try rows(block), block.isPresent) {
        let norm = row.reduce(0) { $0 + $1 * $1 }
        #expect(abs(norm - (isPresent ? 1 : 0)) < 1e-5)
    }
}

@Test func caseWidthAndCompositionOfLettersDoNotMatter() throws {
    let rows = try rows(TextFeatureExtractor().block(of: ["CAFÉ Wrap", "cafe\u{301} wrap", "ｃａｆé ｗｒａｐ", "other"]))
    #expect(rows[0] == rows[1])
    #expect(rows[0] == rows[2])
}

@Test func rareWordsWeighMoreThanCommonOnes() throws {
    let texts = (0..<50).map { "dress no\($0)" } + ["dress sequin"]
    let rows = try rows(TextFeatureExtractor().block(of: texts + ["dress", "sequin"]))
    let mixed = rows[50]
    #expect(mixed.cosine(rows[52]) > mixed.cosine(rows[51]))
}

@Test func collisionsOfWordsStayNearChance() {
    // 2,000 made-up words in 4,096 columns: thrown at random they would fill 4096 (1 - e^(-2000/4096)) = 1,582 columns.
    let columns = Set((0..<2_000).map { Int(StableHash.hash("word\($0)", seed: 1) >> 1) % 4_096 })
    #expect(abs(columns.count - 1_582) < 60)
    let positive = (0..<2_000).count { StableHash.hash("word\($0)", seed: 1) & 1 == 0 }
    #expect(abs(positive - 1_000) < 100)
}

@Test func attributesBecomeOneHotsOverASortedVocabulary() throws {
    func item(_ id: String, _ path: [String], _ attributes: [String: String]) -> CatalogItem {
        CatalogItem(id: ItemID(id), categoryPath: path, attributes: attributes)
    }
    let items = [
        item("1", ["Tops", "Shirts"], ["fabric": "Cotton", "file": "a.jpg"]),
        item("2", ["Tops", "Shirts"], ["fabric": "cotton ", "file": "b.jpg"]),
        item("3", ["Tops", "Knits"], ["fabric": "wool", "file": "c.jpg"]),
        item("4", ["Shoes"], ["fabric": "", "file": "d.jpg"]),
    ]
    let extractor = AttributeFeatureExtractor(
        items: items, attributes: AttributeSelection(excluded: ["file"]), leastCount: 2)
    #expect(
        extractor.vocabulary.map { "\($0.name)=\($0.value)" } == [
            "attribute/fabric=cotton", "category/1=Tops", "category/2=Shirts",
        ])
    let block = extractor.block(of: items)
    let third = 1 / Float(3).squareRoot()
    #expect(try rows(block) == [[third, third, third], [third, third, third], [0, 1, 0], [0, 0, 0]])
    #expect(block.isPresent == [true, true, true, false])
}

@Test func mostFrequentTermsAreKept() {
    let items = (0..<10).map { k in
        CatalogItem(id: ItemID("\(k)"), categoryPath: ["a"], attributes: ["size": k < 6 ? "m" : "l"])
    }
    let extractor = AttributeFeatureExtractor(items: items, leastCount: 1, mostTerms: 2)
    #expect(extractor.vocabulary.map(\.value) == ["m", "a"])
}

@Test func pricesAreStandardisedAndMissingOnesFlagged() throws {
    func item(_ id: Int, _ category: String, _ price: Double?) -> CatalogItem {
        CatalogItem(id: ItemID("\(id)"), categoryPath: [category], price: price)
    }
    let items = [item(1, "a", 10), item(2, "a", 20), item(3, "b", 200), item(4, "b", nil), item(5, "b", .nan)]
    let block = try #require(NumberFeatureExtractor.block(of: items))
    #expect(block.isPresent == [true, true, true, false, false])
    guard case .dense(let matrix) = block.values else {
        Issue.record("the block is sparse")
        return
    }
    #expect(matrix.values.allSatisfy { $0.isFinite })
    #expect(abs(matrix[0, 0] + matrix[1, 0] + matrix[2, 0]) < 1e-5)
    #expect(matrix[0, 0] < matrix[1, 0] && matrix[1, 0] < matrix[2, 0])
    #expect(abs(matrix[2, 1]) < 1e-5)
    #expect(NumberFeatureExtractor.block(of: [item(1, "a", nil)]) == nil)
}

@Test func itemTextHoldsTitleAttributesDescriptionAndCategory() {
    let item = CatalogItem(
        id: ItemID("1"), categoryPath: ["Tops", "Shirts"], title: "Poplin shirt",
        attributes: ["fit": "loose", "file": "x.jpg"])
    let description = VisualDescription(
        colours: ["navy"], pattern: "plain", proportions: "even", text: "dark, navy, plain, even")
    let text = ItemText.text(
        of: item, attributes: AttributeSelection(excluded: ["file"]), description: description)
    #expect(text == "Poplin shirt. loose. dark, navy, plain, even. Tops. Shirts")
    #expect(ItemText.text(of: CatalogItem(id: ItemID("2"), categoryPath: ["Tops"])).isEmpty)
}
