package import LinearAlgebra

/// The trained model as a scorer of pairs.
package struct EmbeddingScorer: PairScorer {
    package let model: CompatibilityModel
    /// Of all items: n x `model.dimension`.
    package let embeddings: Matrix
    package let categoryOfItem: [Int]
    /// False for the score of the embeddings alone, without the company term.
    var countsCompany = true

    package init(model: CompatibilityModel, embeddings: Matrix, categoryOfItem: [Int]) {
        precondition(embeddings.rowCount == categoryOfItem.count, "a category for each embedding")
        self.model = model
        self.embeddings = embeddings
        self.categoryOfItem = categoryOfItem
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        let anchorVectors = embeddings.rows(at: anchors)
        let anchorCategories = anchors.map { categoryOfItem[$0] }
        var columns = [[Int]](repeating: [], count: model.categories.count)
        for (column, candidate) in candidates.enumerated() { columns[categoryOfItem[candidate]].append(column) }
        for (category, columns) in columns.enumerated() where !columns.isEmpty {
            let queries = model.queries(
                anchorVectors, anchorCategories: anchorCategories, targetCategory: category, withCompany: countsCompany)
            let part = queries.multiplied(byTransposeOf: embeddings.rows(at: columns.map { candidates[$0] }))
            if columns.count == candidates.count {
                scores = part
                break
            }
            for row in 0..<anchors.count {
                for (place, column) in columns.enumerated() {
                    scores[row, column] = part[row, place]
                }
            }
        }
        if countsCompany { model.company?.pairs.add(to: &scores, anchors: anchors, candidates: candidates) }
        return scores
    }
}
