package import LinearAlgebra

extension EmbeddingScorer: QuerySource {
    package func queries(anchors: [Int], targetCategory: Int) -> Matrix {
        model.queries(
            embeddings.rows(at: anchors), anchorCategories: anchors.map { categoryOfItem[$0] },
            targetCategory: targetCategory)
    }
}
