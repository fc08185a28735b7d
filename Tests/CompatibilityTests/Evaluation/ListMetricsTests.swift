import Compatibility
import LinearAlgebra
import Testing

@Test func listMetricsOfAWorkedExample() throws {
    let items = [
        CatalogItem(id: ItemID("a"), categoryPath: ["dress"], attributes: ["colour": "red"]),
        CatalogItem(id: ItemID("b"), categoryPath: ["shoe"], attributes: ["colour": "red"]),
        CatalogItem(id: ItemID("c"), categoryPath: ["shoe"], attributes: ["colour": "blue"]),
        CatalogItem(id: ItemID("d"), categoryPath: ["bag"], isAvailable: false),
    ]
    let catalog = OutfitCatalog(items: items)
    let lists = try #require(
        RecommendationLists(offsets: [0, 3, 4, 4, 5], items: [1, 2, 0, 0, 1], scores: [3, 2, 1, 1, 1]))
    let metrics = ListMetrics(
        lists, catalog: catalog, outfitCounts: [4, 2, 0, 9],
        similarity: CosineScorer(Matrix(rowCount: 4, columnCount: 2, values: [1, 0, 1, 0, 0, 1, 1, 1])), depth: 2,
        parallelism: .serial)
    // Shown at depth 2: b and c for a, a for b, nothing for c, b for d.
    #expect(metrics.listCount == 3)
    #expect(metrics.coverage.value == 1)
    #expect(metrics.gini.value == RankStatistics.gini([1, 2, 1]))
    #expect(metrics.popularityLift.value == 1)
    #expect(metrics.categoryShares == ["dress": 0.25, "shoe": 0.75, "bag": 0])
    #expect(metrics.intraListDistance.value == 1)

    let colour = ColourAgreement(
        lists: ItemPairs(lists: lists, depth: 2),
        truePairs: ItemPairs(outfits: [Outfit(id: "o", items: [0, 1]), Outfit(id: "p", items: [1, 2])]),
        randomPairs: ItemPairs(randomFrom: 4, count: 50), catalog: catalog,
        palette: CosineScorer(Matrix(rowCount: 4, columnCount: 2, values: [1, 0, 1, 0, 0, 1, 1, 1])),
        groupAttribute: "colour", model: nil, parallelism: Parallelism(width: 2))
    // a–b, a–c, b–a name both groups; d names none.
    #expect(colour.lists.pairCount == 4)
    #expect(abs(try #require(colour.lists.sameGroup.value) - 2.0 / 3) < 1e-12)
    #expect(colour.truePairs.sameGroup.value == 1)
    #expect(colour.truePairs.similarity.value == 1)
    #expect(colour.scoreCorrelation.value == nil)
    // Of the outfits' pairs only a–b joins two categories; of six random pairs five do.
    #expect(colour.truePairs.pairCount == 1)
    #expect((30..<50).contains(colour.randomPairs.pairCount))
}

@Test func listsThatDoNotFitTogetherAreRefused() {
    #expect(RecommendationLists(offsets: [0, 2], items: [1], scores: [1]) == nil)
    #expect(RecommendationLists(offsets: [0, 1], items: [1], scores: []) == nil)
    #expect(RecommendationLists(offsets: [0, 2, 1, 2], items: [1, 2], scores: [1, 1]) == nil)
    #expect(RecommendationLists(offsets: [], items: [], scores: []) == nil)
}

@Test func emptyListsGiveNullsAndNoNumbers() throws {
    let catalog = OutfitFixtures.catalog(itemCount: 3)
    let lists = try #require(RecommendationLists(offsets: [0, 0, 0, 0], items: [], scores: []))
    let metrics = ListMetrics(lists, catalog: catalog, outfitCounts: [0, 0, 0], parallelism: .serial)
    #expect(metrics.coverage.value == 0)
    #expect(metrics.gini.value == nil)
    #expect(metrics.popularityLift.value == nil)
    #expect(metrics.intraListDistance.value == nil)
}

@Test func randomPairsAreDifferentItemsEvenlyDrawn() {
    let pairs = ItemPairs(randomFrom: 5, count: 20_000, seed: 2)
    #expect(zip(pairs.first, pairs.second).allSatisfy { $0 != $1 })
    var counts = [Int](repeating: 0, count: 25)
    for (a, b) in zip(pairs.first, pairs.second) { counts[Int(a) * 5 + Int(b)] += 1 }
    #expect(counts.enumerated().allSatisfy { $0.offset % 6 == 0 ? $0.element == 0 : abs($0.element - 1000) < 150 })
    #expect(ItemPairs(randomFrom: 1).count == 0)
}

@Test func scoreCorrelationFindsAPlantedColourShare() throws {
    let catalog = OutfitFixtures.catalog(itemCount: 300, categoryCount: 3)
    let colour = TableScorer.random(itemCount: 300, levels: 1000, seed: 1)
    let noise = TableScorer.random(itemCount: 300, levels: 1000, seed: 2)
    var model = TableScorer(table: Matrix(rowCount: 300, columnCount: 300))
    for a in 0..<300 {
        for b in 0..<300 {
            // Half colour, half noise, and a shift of its own for each pair of categories.
            model.table[a, b] = colour.table[a, b] + noise.table[a, b] + Float(5000 * (a % 3) * (b % 3))
        }
    }
    let pairs = ItemPairs(randomFrom: 300, count: 10_000)
    let agreement = ColourAgreement(
        lists: ItemPairs(), truePairs: ItemPairs(), randomPairs: pairs, catalog: catalog, palette: colour,
        groupAttribute: nil, model: model, parallelism: .serial)
    #expect(abs(try #require(agreement.scoreCorrelation.value) - 0.5.squareRoot()) < 0.03)
    #expect(agreement.lists.similarity.value == nil)
}

@Test func driftIsNoneForTheSameScoresAndMajorForOthers() throws {
    var stream = RandomStream(seed: 3)
    let before = (0..<5000).map { _ in stream.normal() }
    let same = (0..<5000).map { _ in stream.normal() }
    let moved = same.map { $0 + 1 }
    let distribution = ScoreDistribution(decidingBinsFrom: before)
    #expect(distribution.shares.count == 10)
    #expect(distribution.shares.allSatisfy { abs($0 - 0.1) < 0.001 })
    let still = try #require(distribution.stabilityIndex(of: same))
    let shift = try #require(distribution.stabilityIndex(of: moved))
    #expect(DriftLevel(stabilityIndex: still) == .none)
    #expect(DriftLevel(stabilityIndex: shift) == .major)
    #expect(distribution.stabilityIndex(of: before) == 0)
    #expect(distribution.stabilityIndex(of: []) == nil)
    #expect(distribution.stabilityIndex(of: [.nan]) == nil)
    // A scorer of one value has one edge and still says when it moves.
    let constant = ScoreDistribution(decidingBinsFrom: [2, 2, 2, 2])
    #expect(constant.edges == [2])
    #expect(try #require(constant.stabilityIndex(of: [1, 1])) > 0.25)
}

@Test func nullRatesThatMoveAreNamed() {
    let before = NullRates(itemCount: 100, rates: ["palette": 0.01, "text": 0.2, "gone": 0])
    let now = NullRates(itemCount: 100, rates: ["palette": 0.3, "text": 0.205, "fresh": 0])
    #expect(
        now.changes(since: before) == [
            NullRateChange(block: "fresh", before: nil, now: 0), NullRateChange(block: "gone", before: 0, now: nil),
            NullRateChange(block: "palette", before: 0.01, now: 0.3),
        ])
    let block = FeatureBlock(
        name: "palette", values: .dense(Matrix(rowCount: 4, columnCount: 1)), isPresent: [true, false, true, true])
    #expect(NullRates(FeatureSet(itemCount: 4, blocks: [block])).rates == ["palette": 0.25])
}
