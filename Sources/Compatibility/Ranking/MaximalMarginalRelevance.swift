/// Chooses items that are relevant and unlike each other (Carbonell and Goldstein, 1998).
///
/// Greedy: each next item is the one of the greatest lambda · relevance(i) - (1 - lambda) · max over chosen j of sim(i, j),
/// where similarity counts from 0 up. Since the maximum only grows, each candidate's is kept and updated with the newest
/// choice alone: N · k similarities for N candidates and k choices. That also makes the values of the choices descend.
package struct MaximalMarginalRelevance: Sendable, Equatable {
    /// 1: relevance alone; 0: variety alone.
    package var lambda: Float

    package init(lambda: Float = 0.7) {
        precondition((0...1).contains(lambda), "lambda lies in 0...1")
        self.lambda = lambda
    }

    package struct Choice: Sendable, Equatable {
        /// The position in the candidates.
        package var position: Int
        /// The marginal relevance at which it was chosen.
        package var value: Float

        package init(position: Int, value: Float) {
            self.position = position
            self.value = value
        }
    }

    /// Chooses up to `count` candidates, in order.
    ///
    /// - Parameters:
    ///   - rows: the candidates' catalogue rows, distinct; equal values go to the lower row.
    ///   - relevance: on a scale like that of similarity, 0…1. NaN is never chosen.
    ///   - groups: for each candidate its group; quotas: how many each group may have.
    ///   - variants: a variant of what was chosen loses 2 more, twice the whole range of values: it stands behind all
    ///     that are none.
    package func choose(
        _ count: Int, rows: [Int32], relevance: [Float], groups: [Int], quotas: [Int], variants: VariantGroups? = nil,
        similarity: some ItemSimilarity
    ) -> [Choice] {
        precondition(
            rows.count == relevance.count && rows.count == groups.count, "a relevance and a group for each row")
        var left = quotas
        // What can still be chosen, and the greatest similarity of each with what was.
        var open = rows.indices.filter { !relevance[$0].isNaN && left[groups[$0]] > 0 }
        var nearest = [Float](repeating: 0, count: rows.count)
        var loss = [Float](repeating: 0, count: rows.count)
        var choices: [Choice] = []
        while choices.count < count, let first = open.first {
            var best = first
            var bestValue = -Float.infinity
            for position in open {
                let value = lambda * relevance[position] - (1 - lambda) * nearest[position] - loss[position]
                if value > bestValue || (value == bestValue && rows[position] < rows[best]) {
                    best = position
                    bestValue = value
                }
            }
            choices.append(Choice(position: best, value: bestValue))
            left[groups[best]] -= 1
            open.removeAll { $0 == best || left[groups[$0]] == 0 }
            if let variants {
                for position in open where variants.areVariants(rows[position], rows[best]) { loss[position] = 2 }
            }
            let similarities = similarity.similarities(of: rows[best], to: open.map { rows[$0] })
            for (position, similarity) in zip(open, similarities) where similarity > nearest[position] {
                nearest[position] = similarity
            }
        }
        return choices
    }
}
