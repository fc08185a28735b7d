package import LinearAlgebra

/// The cosine of two items' vectors: how alike they are, as far as these vectors say. A zero vector is like nothing (0).
package struct CosineScorer: PairScorer {
    private let unitVectors: Matrix

    /// - Parameter vectors: one row an item.
    package init(_ vectors: Matrix) {
        var unit = vectors
        for row in 0..<vectors.rowCount {
            let norm = vectors.row(row).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard norm > 0, norm.isFinite else { continue }
            for column in 0..<vectors.columnCount { unit[row, column] = Float(Double(vectors[row, column]) / norm) }
        }
        unitVectors = unit
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        unitVectors.rows(at: anchors).multiplied(byTransposeOf: unitVectors.rows(at: candidates))
    }
}
