/// A candidate of a search: which row, and how well it did.
package struct ScoredIndex: Sendable, Equatable {
    package var index: Int32
    package var score: Float

    package init(index: Int32, score: Float) {
        self.index = index
        self.score = score
    }

    /// Best first: a higher score, and at equal scores the lower index, so that ties never depend on the order of work.
    package static func isBetter(_ a: ScoredIndex, _ b: ScoredIndex) -> Bool {
        a.score > b.score || (a.score == b.score && a.index < b.index)
    }
}
