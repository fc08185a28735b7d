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
                colour: ColourDamping([ColourDamping.Term(Parity(), strength: strength)])
            ).list(
                for: 0, category: 0, candidates: candidates,
                similarity: CosineSimilarity(Matrix(rowCount: 6, columnCount: 1))
            ).recommendations.map(\.row)
        }
        #expect(rows(0) == [1, 2, 3])
        #expect(rows(1) == [1, 3, 5])
    }

    /// The relevance of pairs is what lists of pure relevance are ordered by.
    @Test func relevanceOfPairsIsTheOrderOfLists() {
        let table = TableScorer.random(itemCount: 6, levels: 50, seed: 3)
        var calibration = ScoreCalibration(categoryCount: 2)
        calibration[0, 1] = ScoreCalibration.Scale(mean: 2, deviation: 4, sampleCount: 9)
        let relevance = RelevanceScorer(
            pairs: table, calibration: calibration, categoryOfItem: [0, 1, 1, 1, 1, 1],
            colour: ColourDamping([ColourDamping.Term(Parity(), strength: 1)]))
        let scores = relevance.scores(anchors: [0], candidates: [1, 2, 5]).values
        let expected = [1, 2, 5].map { (table.table[0, $0] - 2) / 4 - ($0 % 2 == 0 ? 1 : 0) }
        for (found, wanted) in zip(scores, expected) { #expect(abs(found - wanted) < 1e-6) }
    }

    /// Two questions whose right answer is of the shown item's colour, and two whose right answer is not.
    @Test func costOfColourIsTheAccuracyItLoses() throws {
        var table = TableScorer(table: Matrix(rowCount: 6, columnCount: 6))
        for (item, answer) in [(0, 2), (1, 3), (0, 3), (1, 2)] { table.table[item, answer] = 1 }
        let questions = [(0, 2, 5), (1, 3, 4), (0, 3, 4), (1, 2, 5)].map { item, right, wrong in
            FillInTheBlankQuestion(question: [item], answers: [right, wrong], correct: 0)
        }
        func cost(_ strength: Float) -> ColourCost {
            ColourCost(
                of: ColourDamping([ColourDamping.Term(Parity(), strength: strength)]), questions: questions,
                relevance: { colour in
                    RelevanceScorer(
                        pairs: table, calibration: ScoreCalibration(categoryCount: 1),
                        categoryOfItem: [Int](repeating: 0, count: 6), colour: colour)
                }, bootstrap: Bootstrap(replicateCount: 200), parallelism: .serial)
        }
        #expect(cost(0.5).accuracy.value == 1 && cost(0.5).difference.value == 0)
        let half = cost(2)
        #expect(half.accuracy.value == 0.5 && half.undampedAccuracy.value == 1 && half.difference.value == -0.5)
        #expect(half.questions == 4)
        #expect(try #require(half.interval.value).lower < -0.5)
    }

    @Test func fittedStrengthReachesTheTargetAndNeverAddsColour() {
        let strength = ColourDamping.fit(targets: [0.3]) { strengths, _ in 0.8 / (1 + Double(strengths[0])) }[0]
        #expect(abs(0.8 / (1 + Double(strength)) - 0.3) < 0.001)
        #expect(ColourDamping.fit(targets: [0.9]) { strengths, _ in 0.8 / (1 + Double(strengths[0])) } == [0])
    }

    /// Two measures that are alike: what one takes out, the other need not.
    @Test func strengthsOfTwoMeasuresReachBothTargets() {
        func agreement(_ strengths: [Float], _ measure: Int) -> Double {
            let (own, other) = (Double(strengths[measure]), Double(strengths[1 - measure]))
            return 0.8 - 0.2 * own - 0.1 * other
        }
        let strengths = ColourDamping.fit(targets: [0.5, 0.35], agreement: agreement)
        #expect(abs(agreement(strengths, 0) - 0.5) < 0.01 && abs(agreement(strengths, 1) - 0.35) < 0.01)
        // The second alone brings the first below its target.
        let second = ColourDamping.fit(targets: [0.7, 0.3], agreement: agreement)
        #expect(second[0] == 0 && abs(agreement(second, 1) - 0.3) < 0.01)
    }

    @Test func groupsAreAlikeWhereBothNameTheSame() throws {
        let items = ["red", "red", "blue", nil].enumerated().map { row, group in
            CatalogItem(
                id: ItemID("i\(row)"), categoryPath: ["x"], attributes: group.map { ["colour": $0] } ?? [:])
        }
        let groups = ColourGroups(OutfitCatalog(items: items), attribute: "colour")
        let rows = [0, 1, 2, 3]
        #expect(
            groups.scores(anchors: rows, candidates: rows).values
                == [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    }
}
