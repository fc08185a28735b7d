package import LinearAlgebra

/// Chance: a hash of the two items, uniform in 0..<1 and symmetric. What a figure is worth begins here.
package struct RandomScorer: PairScorer {
    package let seed: UInt64

    package init(seed: UInt64 = 1) { self.seed = seed }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        for (row, anchor) in anchors.enumerated() {
            for (column, candidate) in candidates.enumerated() {
                scores[row, column] = Float(SeededHash.of(anchor, candidate, seed: seed) >> 40) * (1 / 16_777_216)
            }
        }
        return scores
    }
}
