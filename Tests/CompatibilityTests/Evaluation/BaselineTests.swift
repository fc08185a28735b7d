import Compatibility
import LinearAlgebra
import Testing

private let outfits = OutfitFixtures.outfits(count: 150, itemCount: 100, seed: 15)

@Test func baselinesAreSymmetricAndDoNotDependOnHowTheyAreAsked() {
    let counts = LabelledOutfits(outfits: outfits, split: outfits.map { _ in .train })
        .outfitCounts(in: .train, itemCount: 100)
    let scorers: [any PairScorer] = [
        RandomScorer(seed: 3), PopularityScorer(outfitCounts: counts),
        CooccurrenceScorer(outfits: outfits, itemCount: 100),
    ]
    let all = Array(0..<100)
    for scorer in scorers {
        let whole = scorer.scores(anchors: all, candidates: all)
        for (a, b) in [(3, 70), (0, 1), (99, 4), (12, 13)] {
            #expect(whole[a, b] == whole[b, a])
            #expect(scorer.scores(anchors: [a], candidates: [b]).values == [whole[a, b]])
        }
        let shuffled = (0..<100).map { $0 * 37 % 100 }
        let other = scorer.scores(anchors: [5], candidates: shuffled + [8, 8])
        for (column, row) in (shuffled + [8, 8]).enumerated() { #expect(other[0, column] == whole[5, row]) }
    }
}

@Test func cooccurrenceMatchesItsFormula() {
    let scorer = CooccurrenceScorer(outfits: outfits, itemCount: 100, smoothing: 2)
    let scores = scorer.scores(anchors: Array(0..<100), candidates: Array(0..<100))
    func uses(_ row: Int) -> Double { Double(outfits.count { $0.items.contains(row) }) }
    for a in 0..<100 {
        for b in 0..<100 where a != b {
            let together = Double(outfits.count { $0.items.contains(a) && $0.items.contains(b) })
            let expected = together / ((uses(a) + 2) * (uses(b) + 2)).squareRoot()
            #expect(abs(Double(scores[a, b]) - expected) < 1e-6)
        }
    }
    #expect(scores[7, 7] == 0)
}

@Test func popularityOrdersCandidatesByTheirUse() {
    let scores = PopularityScorer(outfitCounts: [0, 5, 2]).scores(anchors: [0], candidates: [0, 1, 2])
    #expect(scores[0, 0] == 0)
    #expect(scores[0, 1] > scores[0, 2] && scores[0, 2] > scores[0, 0])
}

@Test func randomScoresLookUniform() {
    let scores = RandomScorer(seed: 8).scores(anchors: Array(0..<200), candidates: Array(200..<400))
    let mean = scores.values.reduce(0, +) / 40_000
    #expect(abs(mean - 0.5) < 0.01)
    #expect(scores.values.allSatisfy { 0..<1 ~= $0 })
    #expect(Set(scores.values).count > 39_000)
    #expect(
        RandomScorer(seed: 9).scores(anchors: [1], candidates: [2])
            != RandomScorer(seed: 8).scores(anchors: [1], candidates: [2]))
}

@Test func cosineOfAZeroVectorIsZero() {
    let scorer = CosineScorer(Matrix(rowCount: 3, columnCount: 2, values: [3, 4, 0, 0, -4, 3]))
    let scores = scorer.scores(anchors: [0], candidates: [0, 1, 2])
    #expect(abs(scores[0, 0] - 1) < 1e-6)
    #expect(scores[0, 1] == 0)
    #expect(abs(scores[0, 2]) < 1e-6)
}
