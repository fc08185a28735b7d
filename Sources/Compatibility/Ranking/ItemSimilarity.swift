package import LinearAlgebra

/// How alike two items are, for the variety of a list: by embedding, by colour, or by both.
package protocol ItemSimilarity: Sendable {
    /// The similarity of `item` with each of `others`, 1 for equals and at most 0 for strangers. Rows are catalogue rows.
    func similarities(of item: Int32, to others: [Int32]) -> [Float]
}

/// The cosine of two items' vectors; 0 with an item whose vector is zero or not finite.
package struct CosineSimilarity: ItemSimilarity {
    private let normalised: Matrix

    /// - Parameter vectors: one row for each of the catalogue's; embeddings, palettes or any other block.
    package init(_ vectors: Matrix) {
        var normalised = vectors
        for row in 0..<vectors.rowCount {
            let square = vectors.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
            let scale = square > 0 && square.isFinite ? Float(1 / square.squareRoot()) : 0
            for column in 0..<vectors.columnCount {
                normalised[row, column] = scale == 0 ? 0 : vectors[row, column] * scale
            }
        }
        self.normalised = normalised
    }

    package func similarities(of item: Int32, to others: [Int32]) -> [Float] {
        normalised.products(ofRow: Int(item), withRows: others)
    }
}

/// Several similarities, each with its weight: a colour term beside the embeddings.
package struct WeightedSimilarity: ItemSimilarity {
    private let parts: [(similarity: any ItemSimilarity, weight: Float)]

    package init(_ parts: [(similarity: any ItemSimilarity, weight: Float)]) {
        self.parts = parts
    }

    package func similarities(of item: Int32, to others: [Int32]) -> [Float] {
        var sums = [Float](repeating: 0, count: others.count)
        for part in parts {
            for (place, similarity) in part.similarity.similarities(of: item, to: others).enumerated() {
                sums[place] += part.weight * similarity
            }
        }
        return sums
    }
}
