package import LinearAlgebra

/// Terms of single pairs on top of inner products.
///
/// Since no term is negative, the best `count` by the whole score lie among the best `count` by the inner product and the
/// pairs that have a term: a candidate without one that the inner product alone leaves out has `count` better before it. So
/// the search stays exact, and costs but the anchor's partners more.
package struct PairTerms: Sendable {
    package let table: PairTable
    /// Of all items.
    package let embeddings: Matrix

    package init(table: PairTable, embeddings: Matrix) {
        self.table = table
        self.embeddings = embeddings
    }

    /// The best `count` by the whole score.
    ///
    /// - Parameters:
    ///   - found: the best by the inner product of `query`.
    ///   - index: what can be found at all; `excluded`: rows never to find, ascending.
    func merged(
        into found: [ScoredIndex], anchor: Int, query: ArraySlice<Float>, count: Int, index: FlatIndex,
        excluded: [Int32]
    ) -> [ScoredIndex] {
        let range = table.range(of: anchor)
        guard !range.isEmpty, query.allSatisfy(\.isFinite) else { return found }
        var partners: [ScoredIndex] = []
        for entry in range {
            let row = table.partners[entry]
            guard index.position(of: row) != nil, !excluded.contains(row) else { continue }
            partners.append(
                ScoredIndex(
                    index: row, score: sequentialProduct(query, embeddings.row(Int(row))) + table.values[entry]))
        }
        guard !partners.isEmpty else { return found }
        let known = Set(partners.map(\.index))
        let all = found.filter { !known.contains($0.index) } + partners
        return Array(all.sorted(by: ScoredIndex.isBetter).prefix(count))
    }
}
