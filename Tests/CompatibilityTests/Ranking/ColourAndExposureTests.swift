import Compatibility
import LinearAlgebra
import Testing

@Suite struct ColourAndExposureTests {
    private func list(_ rows: [Int]) -> [Recommendation] {
        rows.enumerated().map { place, row in
            Recommendation(row: Int32(row), category: 0, score: Float(9 - place), marginalRelevance: Float(20 - place))
        }
    }

    private func wish(_ item: Int, in anchor: Int) -> Exposure.Wish {
        Exposure.Wish(
            anchor: anchor, entry: Recommendation(row: Int32(item), category: 0, score: 1.5, marginalRelevance: 0))
    }

    @Test func unshownItemTakesTheLastPlaceOfOneThatIsShownElsewhere() {
        var lists = [list([1, 2, 3, 4, 5]), list([2, 3, 1, 5, 4]), list([0, 1, 2, 3, 5]), [], [], [], []]
        var exposure = Exposure(depth: 3, places: 2, lists: lists)
        #expect(exposure.showings == [1, 3, 3, 2, 0, 0, 0])
        #expect(exposure.place([wish(6, in: 0)], in: &lists))
        #expect(lists[0].map(\.row) == [1, 2, 6, 3, 4])
        #expect(lists[0].map(\.marginalRelevance) == [20, 19, 18, 17, 16])
        #expect(exposure.showings[6] == 1 && exposure.showings[3] == 1)
    }

    @Test func itemThatStandsBelowMovesUpAndNoneIsShownTwice() {
        var lists = [list([1, 2, 3, 6, 5]), list([2, 3, 1, 5, 4]), list([0, 1, 2, 3, 5]), [], [], [], []]
        var exposure = Exposure(depth: 3, places: 1, lists: lists)
        #expect(exposure.place([wish(6, in: 0)], in: &lists))
        #expect(lists[0].map(\.row) == [1, 2, 6, 3, 5])
    }

    @Test func noItemIsHiddenToShowAnotherAndNoListGivesMoreThanItsPlaces() {
        var lists = [list([1, 2, 3]), list([4, 5, 1]), [], [], [], [], [], []]
        var exposure = Exposure(depth: 3, places: 1, lists: lists)
        #expect(!exposure.place([wish(6, in: 0)], in: &lists))
        #expect(exposure.place([wish(6, in: 0), wish(6, in: 1)], in: &lists))
        #expect(lists[1].map(\.row) == [4, 5, 6])
        #expect(!exposure.place([wish(7, in: 1)], in: &lists))
    }

    @Test func noListTakesInAVariantOfWhatItShows() {
        var lists = [list([1, 2, 3, 4]), list([2, 3, 1, 5]), list([0, 1, 2, 3]), [], [], [], []]
        let variants = VariantGroups([nil, nil, "belt", nil, nil, nil, "belt"])
        var exposure = Exposure(depth: 3, places: 1, lists: lists, variants: variants)
        #expect(!exposure.place([wish(6, in: 0), wish(6, in: 1)], in: &lists))
        lists[1] = list([3, 1, 0, 5])
        exposure = Exposure(depth: 3, places: 1, lists: lists, variants: variants)
        #expect(exposure.place([wish(6, in: 0), wish(6, in: 1)], in: &lists))
        #expect(lists[1].map(\.row) == [3, 1, 6, 0])
    }

    /// Likeness in colour by row: rows of the same parity are alike.
    private struct Parity: PairScorer {
        func scores(anchors: [Int], candidates: [Int]) -> Matrix {
            Matrix(
                rowCount: anchors.count, columnCount: candidates.count,
                values: anchors.flatMap { anchor in candidates.map { ($0 - anchor) % 2 == 0 ? 1 : 0 } })
        }
    }

    @Test func dampingPutsLikeColoursBack() {
        let adjacency = CategoryAdjacency(
            outfits: [Outfit(id: "a", items: [0, 1])], categoryOfItem: [0, 1, 1, 1, 1, 1], categoryCount: 2,
            parameters: CategoryAdjacency.Parameters(minimumCount: 1))
        let candidates = [
            (target: 1, candidates: (1...5).map { ScoredIndex(index: Int32($0), score: 5 - Float($0) / 4) })
        ]
        func rows(_ strength: Float) -> [Int32] {
            ListBuilder(
                length: 3, calibration: ScoreCalibration(categoryCount: 2), adjacency: adjacency,
                quota: CategoryQuota(maximumShare: 1), diversity: MaximalMarginalRelevance(lambda: 1),
                colour: ColourDamping(similarity: Parity(), strength: strength)
            ).list(
                for: 0, category: 0, candidates: candidates,
                similarity: CosineSimilarity(Matrix(rowCount: 6, columnCount: 1))
            ).recommendations.map(\.row)
        }
        #expect(rows(0) == [1, 2, 3])
        #expect(rows(1) == [1, 3, 5])
    }

    @Test func fittedStrengthReachesTheTargetAndNeverAddsColour() {
        let strength = ColourDamping.fitted(target: 0.3) { 0.8 / (1 + Double($0)) }
        #expect(abs(0.8 / (1 + Double(strength)) - 0.3) < 0.001)
        #expect(ColourDamping.fitted(target: 0.9) { 0.8 / (1 + Double($0)) } == 0)
    }
}
