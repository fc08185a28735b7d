import LinearAlgebra
import Testing

@Suite struct TopKSelectorTests {
    /// A full sort, to which every selection must be equal.
    private func oracle(_ scores: [Float], count: Int, excluding excluded: Set<Int32> = []) -> [ScoredIndex] {
        scores.enumerated().map { ScoredIndex(index: Int32($0.offset), score: $0.element + 0) }
            .filter { !$0.score.isNaN && $0.score > -.infinity && !excluded.contains($0.index) }
            .sorted(by: ScoredIndex.isBetter).prefix(count).map { $0 }
    }

    private func select(_ scores: [Float], count: Int, chunk: Int, excluding excluded: Set<Int32> = []) -> [ScoredIndex]
    {
        var selector = TopKSelector(count: count)
        for start in stride(from: 0, to: scores.count, by: chunk) {
            selector.insert(
                Array(scores[start..<min(start + chunk, scores.count)]), firstIndex: Int32(start),
                excluding: { excluded.contains($0) })
        }
        return selector.best()
    }

    @Test(arguments: [0, 1, 2, 17, 100, 499, 3000, 5000])
    func equalsAFullSort(count: Int) {
        var random = RandomStream(seed: 1, stream: UInt64(count))
        // Few distinct values, so that ties are everywhere.
        let coarse = (0..<3000).map { _ in Float(random.index(below: 40)) / 8 - 2 }
        let fine = (0..<3000).map { _ in random.normal() }
        for scores in [coarse, fine, fine.sorted(), fine.sorted(by: >), [Float](repeating: 0.25, count: 3000)] {
            for chunk in [1, 7, 16, 1000, 3000] {
                #expect(select(scores, count: count, chunk: chunk) == oracle(scores, count: count))
            }
        }
    }

    @Test func orderOfChunksDoesNotMatter() {
        var random = RandomStream(seed: 2)
        let scores = (0..<1000).map { _ in Float(random.index(below: 5)) }
        var selector = TopKSelector(count: 60)
        for start in stride(from: 900, through: 0, by: -100) {
            selector.insert(Array(scores[start..<start + 100]), firstIndex: Int32(start))
        }
        #expect(selector.best() == oracle(scores, count: 60))
        selector.removeAll()
        #expect(selector.best().isEmpty)
        for (index, score) in scores.enumerated().reversed() {
            selector.insert(ScoredIndex(index: Int32(index), score: score))
        }
        #expect(selector.best() == oracle(scores, count: 60))
    }

    @Test func excludedAreLeftOutAndReplaced() {
        var random = RandomStream(seed: 3)
        let scores = (0..<2000).map { _ in random.normal() }
        let excluded = Set(oracle(scores, count: 150).map(\.index))
        #expect(
            select(scores, count: 100, chunk: 512, excluding: excluded)
                == oracle(scores, count: 100, excluding: excluded))
        #expect(select(scores, count: 10, chunk: 64, excluding: Set(0..<2000)).isEmpty)
    }

    @Test func notANumberNeverWins() {
        let scores: [Float] = [.nan, 1, -.nan, .infinity, -.infinity, -0.0, 0, .nan]
        let expected: [ScoredIndex] = [
            ScoredIndex(index: 3, score: .infinity), ScoredIndex(index: 1, score: 1), ScoredIndex(index: 5, score: 0),
            ScoredIndex(index: 6, score: 0),
        ]
        #expect(select(scores, count: 8, chunk: 3) == expected)
        #expect(select([Float](repeating: .nan, count: 100), count: 3, chunk: 32).isEmpty)
        var selector = TopKSelector(count: 2)
        selector.insert(ScoredIndex(index: 0, score: .nan))
        #expect(selector.best().isEmpty)
    }
}
