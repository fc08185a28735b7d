package import LinearAlgebra

extension EmbeddingScorer: QuerySource {
    package var pairTerms: PairTerms? {
        model.company.map { PairTerms(table: $0.pairs, embeddings: embeddings) }
    }

    package func queries(anchors: [Int], targetCategory: Int) -> Matrix {
        model.queries(
            embeddings.rows(at: anchors), anchorCategories: anchors.map { categoryOfItem[$0] },
            targetCategory: targetCategory)
    }
}
