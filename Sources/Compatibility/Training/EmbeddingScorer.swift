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
        // Scores are symmetric, and projecting the few costs less than projecting the many.
        if candidates.count < anchors.count {
            return projected(anchors: candidates, candidates: anchors).transposed()
        }
        return projected(anchors: anchors, candidates: candidates)
    }

    /// The scores by queries of the anchors for each category of the candidates.
    private func projected(anchors: [Int], candidates: [Int]) -> Matrix {
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
            let (width, partWidth) = (candidates.count, columns.count)
            scores.values.withUnsafeMutableBufferPointer { scores in
                part.values.withUnsafeBufferPointer { part in
                    for row in 0..<anchors.count {
                        for (place, column) in columns.enumerated() {
                            scores[row * width + column] = part[row * partWidth + place]
                        }
                    }
                }
            }
        }
        if countsCompany { model.company?.pairs.add(to: &scores, anchors: anchors, candidates: candidates) }
        return scores
    }

    /// Makes scores of the embeddings alone, anchors x candidates, those of the whole model, but for rounding.
    package func addCompany(to scores: inout Matrix, anchors: [Int], candidates: [Int]) {
        guard let company = model.company else { return }
        let width = candidates.count
        scores.values.withUnsafeMutableBufferPointer { scores in
            for (row, anchor) in anchors.enumerated() {
                for (column, candidate) in candidates.enumerated() {
                    let place = row * width + column
                    scores[place] =
                        company.temperature * scores[place] + company.offsets[anchor] + company.offsets[candidate]
                }
            }
        }
        company.pairs.add(to: &scores, anchors: anchors, candidates: candidates)
    }
}
