/// The final list of each item, best first, in compressed rows.
package struct RecommendationLists: Sendable, Equatable {
    /// `anchorCount + 1` positions in `items`; the list of row r is `offsets[r]..<offsets[r + 1]`.
    package let offsets: [Int]
    /// Rows of the catalogue.
    package let items: [Int32]
    /// How well each of `items` goes with the list's item; not descending, since a list is varied too.
    package let scores: [Float]

    /// Nil where the arrays do not fit together.
    package init?(offsets: [Int], items: [Int32], scores: [Float]) {
        guard offsets.first == 0, offsets.last == items.count, items.count == scores.count,
            zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
        else { return nil }
        self.offsets = offsets
        self.items = items
        self.scores = scores
    }

    package var anchorCount: Int { offsets.count - 1 }

    /// The first `depth` items of a list, or all of a shorter one.
    package func top(_ depth: Int, of anchor: Int) -> ArraySlice<Int32> {
        items[offsets[anchor]..<min(offsets[anchor + 1], offsets[anchor] + depth)]
    }
}
