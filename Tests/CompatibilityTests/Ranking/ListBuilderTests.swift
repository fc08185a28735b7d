import Compatibility
import LinearAlgebra
import Testing

@Suite struct ListBuilderTests {
    private let categoryOfItem = (0..<400).map { $0 % 4 }

    private var adjacency: CategoryAdjacency {
        // Category 0 with 1 in all of 100 outfits, with 2 in 60, with 3 in 20.
        let outfits = (0..<100).map { number in
            let base = number * 4
            return Outfit(
                id: "\(number)",
                items: [base, base + 1] + (number < 60 ? [base + 2] : []) + (number < 20 ? [base + 3] : []))
        }
        return CategoryAdjacency(outfits: outfits, categoryOfItem: categoryOfItem, categoryCount: 4)
    }

    @Test func quotasAreInProportionWithinTheirLimits() {
        let quota = CategoryQuota(maximumShare: 0.5)
        #expect(quota.places(weights: [100, 60, 20], available: [100, 100, 100], length: 18) == [9, 7, 2])
        #expect(quota.places(weights: [50, 30, 20], available: [100, 100, 100], length: 20) == [10, 6, 4])
        #expect(quota.places(weights: [1000, 1, 1], available: [100, 100, 100], length: 20) == [10, 5, 5])
        // What a category lacks goes to the others, beyond the maximum if it must.
        #expect(quota.places(weights: [50, 30, 20], available: [2, 100, 0], length: 20) == [2, 18, 0])
        #expect(quota.places(weights: [50, 30], available: [2, 3], length: 20) == [2, 3])
        #expect(quota.places(weights: [0, 0], available: [9, 9], length: 4) == [2, 2])
        #expect(quota.places(weights: [3, 2, 1], available: [9, 9, 9], length: 2) == [1, 1, 0])
        // A part of a place counts as one.
        #expect(quota.places(weights: [100, 1, 1], available: [9, 9, 9], length: 7) == [4, 2, 1])
        #expect(quota.places(weights: [], available: [], length: 5) == [])
    }

    @Test func variantsTakePlacesThatNoOtherModelFills() {
        let quota = CategoryQuota(maximumShare: 0.4)
        func places(_ available: [Int], models: [Int]) -> [Int] {
            quota.places(weights: [1, 1, 1], available: available, models: models, length: 20)
        }
        #expect(places([30, 30, 30], models: [2, 20, 20]) == [2, 9, 9])
        #expect(places([30, 8, 3], models: [2, 8, 3]) == [9, 8, 3])
        #expect(places([5, 4, 3], models: [1, 1, 1]) == [5, 4, 3])
    }

    /// Of one category's items there are but two models, of the others as many as there are items.
    @Test func listsShowASecondVariantOnlyWhereNothingElseIsLeft() {
        let models = (0..<400).map { $0 % 4 == 1 ? "model \($0 / 4 % 2)" : nil }
        let variants = VariantGroups(models)
        let vectors = FlatIndexTests.matrix(400, 6, stream: 73)
        let builder = ListBuilder(
            length: 12, calibration: ScoreCalibration(categoryCount: 4), adjacency: adjacency,
            quota: CategoryQuota(maximumShare: 0.5), variants: variants)
        func list(_ targets: [Int]) -> [Recommendation] {
            let lists = targets.map { target in
                (target: target, candidates: (0..<20).map { ScoredIndex(index: Int32(4 * $0 + target), score: 1) })
            }
            return builder.list(for: 0, category: 0, candidates: lists, similarity: CosineSimilarity(vectors))
                .recommendations
        }
        #expect(list([1, 2, 3]).count == 12 && list([1, 2, 3]).count { $0.category == 1 } == 2)
        let rest = list([1])
        #expect(rest.count == 12)
        #expect(Set(rest.prefix(2).map { models[Int($0.row)] }).count == 2)
    }

    @Test func calibrationTakesOutTheScaleOfACategory() throws {
        // The queries for category t are 1 + t times as long, so raw scores favour the later categories.
        let embeddings = FlatIndexTests.matrix(400, 6, stream: 70)
        let indexes = CategoryIndexes(embeddings: embeddings, categoryOfItem: categoryOfItem, categoryCount: 4)
        let source = ScaledQueries(embeddings: embeddings, categoryOfItem: categoryOfItem)
        let calibration = ScoreCalibration(
            indexes: indexes, adjacency: adjacency, categoryOfItem: categoryOfItem, pairs: source, seed: 3)
        let first = try #require(calibration[0, 1])
        let last = try #require(calibration[0, 3])
        #expect(abs(last.deviation / first.deviation - 2) < 0.3)
        #expect(calibration[1, 1] == nil)
        #expect(calibration.calibrated(5, source: 1, target: 1) == 5)
        // Against the mean and deviation of all pairs.
        var sum = 0.0
        var squares = 0.0
        let rows = (0..<400).filter { categoryOfItem[$0] == 1 }
        let queries = source.queries(anchors: (0..<400).filter { categoryOfItem[$0] == 0 }, targetCategory: 1)
        let all = queries.multiplied(byTransposeOf: embeddings.rows(at: rows)).values
        for score in all {
            sum += Double(score)
            squares += Double(score) * Double(score)
        }
        let mean = sum / Double(all.count)
        let deviation = (squares / Double(all.count) - mean * mean).squareRoot()
        #expect(abs(Double(first.mean) - mean) < 0.2 * deviation)
        #expect(abs(Double(first.deviation) / deviation - 1) < 0.1)
        #expect(
            calibration
                == ScoreCalibration(
                    indexes: indexes, adjacency: adjacency, categoryOfItem: categoryOfItem, pairs: source, seed: 3))
    }

    /// Where a category goes with itself, an item is no candidate of its own.
    @Test func calibrationLeavesOutEachItemWithItself() throws {
        let categories = [0, 0, 0, 0, 0]
        var table = TableScorer(table: Matrix(rowCount: 5, columnCount: 5))
        for a in 0..<5 { for b in 0..<5 { table.table[a, b] = a == b ? 100 : Float((a + b) % 2) } }
        let outfits = (0..<3).map { Outfit(id: "\($0)", items: [0, 1]) }
        let scale = try #require(
            ScoreCalibration(
                indexes: CategoryIndexes(
                    embeddings: FlatIndexTests.matrix(5, 2, stream: 1), categoryOfItem: categories, categoryCount: 1),
                adjacency: CategoryAdjacency(
                    outfits: outfits, categoryOfItem: categories, categoryCount: 1,
                    parameters: .init(includesSame: true)),
                categoryOfItem: categories, pairs: table)[0, 0])
        #expect(scale.sampleCount == 20 && abs(scale.mean - 12 / 20) < 1e-6)
    }

    @Test func calibrationOfEqualScoresStaysFinite() {
        var calibration = ScoreCalibration(categoryCount: 1)
        calibration[0, 0] = ScoreCalibration.Scale(mean: 2, deviation: 1, sampleCount: 9)
        #expect(calibration.calibrated(2.5, source: 0, target: 0) == 0.5)
        let flat = Matrix(rowCount: 8, columnCount: 1, values: [Float](repeating: 1, count: 8))
        let pairs = [0, 1, 0, 1, 0, 1, 0, 1]
        let outfits = (0..<4).map { Outfit(id: "\($0)", items: [$0 * 2, $0 * 2 + 1]) }
        let learned = ScoreCalibration(
            indexes: CategoryIndexes(embeddings: flat, categoryOfItem: pairs, categoryCount: 2),
            adjacency: CategoryAdjacency(outfits: outfits, categoryOfItem: pairs, categoryCount: 2),
            categoryOfItem: pairs,
            pairs: ScaledQueries(embeddings: flat, categoryOfItem: pairs))
        #expect(learned[0, 1]?.deviation == 1)
        #expect(learned.calibrated(2, source: 0, target: 1) == 0)
    }

    private func lists(count: Int, length: Int, width: Int) -> FinalLists {
        let embeddings = FlatIndexTests.matrix(400, 6, stream: 71)
        let indexes = CategoryIndexes(embeddings: embeddings, categoryOfItem: categoryOfItem, categoryCount: 4)
        let source = ScaledQueries(embeddings: embeddings, categoryOfItem: categoryOfItem)
        let finder = CandidateFinder(
            indexes: indexes, adjacency: adjacency, categoryOfItem: categoryOfItem,
            variants: VariantGroups([String?](repeating: nil, count: 400)), count: count)
        let candidates = finder.candidates(for: 100..<300, queries: source)
        let builder = ListBuilder(
            length: length,
            calibration: ScoreCalibration(
                indexes: indexes, adjacency: adjacency, categoryOfItem: categoryOfItem, pairs: source),
            adjacency: adjacency, quota: CategoryQuota(maximumShare: 0.5))
        return FinalLists(
            candidates.lists, builder: builder, categoryOfItem: categoryOfItem,
            similarity: CosineSimilarity(embeddings),
            parallelism: Parallelism(width: width))
    }

    @Test func listsAreExactlyAsLongAsAskedFor() {
        let lists = lists(count: 30, length: 18, width: 1)
        #expect(lists.shortfalls.isEmpty)
        for item in 100..<300 {
            let list = lists[item]
            #expect(list.count == 18)
            #expect(Set(list.map(\.row)).count == 18)
            #expect(zip(list, list.dropFirst()).allSatisfy { $0.marginalRelevance >= $1.marginalRelevance })
            let belongs = list.allSatisfy { categoryOfItem[Int($0.row)] == Int($0.category) }
            #expect(belongs)
            guard categoryOfItem[item] == 0 else { continue }
            // Worn with it in 100, 60 and 20 outfits.
            #expect((1...3).map { category in list.count { $0.category == Int32(category) } } == [9, 7, 2])
        }
        #expect(lists == self.lists(count: 30, length: 18, width: 2))
    }

    @Test func aListThatCannotBeFilledSaysSo() {
        let lists = lists(count: 5, length: 18, width: 1)
        #expect(lists.shortfalls.count == 200)
        #expect(
            lists.shortfalls.first
                == Shortfall(row: 100, category: nil, wanted: 18, found: 15, reason: .tooFewCandidates))
        #expect(lists[100].count == 15)
    }

    @Test func scoresThatAreNotFiniteAreNotListed() {
        let builder = ListBuilder(length: 2, calibration: ScoreCalibration(categoryCount: 4), adjacency: adjacency)
        let candidates = [
            ScoredIndex(index: 5, score: .nan), ScoredIndex(index: 9, score: 0.5),
            ScoredIndex(index: 13, score: .infinity),
        ]
        let result = builder.list(
            for: 0, category: 0, candidates: [(target: 1, candidates: candidates)],
            similarity: CosineSimilarity(FlatIndexTests.matrix(400, 2, stream: 1)))
        #expect(result.recommendations.map(\.row) == [9])
        #expect(result.shortfall?.found == 1)
    }
}
