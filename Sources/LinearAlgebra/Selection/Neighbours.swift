/// The results of a search: for each query its candidates, best first.
package struct Neighbours: Sendable, Equatable {
    /// `queryCount + 1` positions in `indices` and `scores`.
    package private(set) var offsets: [Int] = [0]
    package private(set) var indices: [Int32] = []
    package private(set) var scores: [Float] = []

    package init() {}

    package var queryCount: Int { offsets.count - 1 }

    /// The positions in `indices` and `scores` of one query.
    package func range(ofQuery query: Int) -> Range<Int> { offsets[query]..<offsets[query + 1] }

    /// The candidates of one query, best first.
    package subscript(query: Int) -> [ScoredIndex] {
        range(ofQuery: query).map { ScoredIndex(index: indices[$0], score: scores[$0]) }
    }

    /// Adds a query.
    package mutating func append(_ candidates: some Sequence<ScoredIndex>) {
        for candidate in candidates {
            indices.append(candidate.index)
            scores.append(candidate.score)
        }
        offsets.append(indices.count)
    }

    /// Adds the queries of other results after these.
    package mutating func append(_ others: Neighbours) {
        let base = indices.count
        offsets.append(contentsOf: others.offsets.dropFirst().map { $0 + base })
        indices.append(contentsOf: others.indices)
        scores.append(contentsOf: others.scores)
    }

    /// The same results with each index replaced by what `names` has at its place.
    package func renamed(by names: [Int32]) -> Neighbours {
        var copy = self
        for place in copy.indices.indices { copy.indices[place] = names[Int(copy.indices[place])] }
        return copy
    }
}
