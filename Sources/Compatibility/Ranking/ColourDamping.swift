internal import LinearAlgebra

/// Takes colour out of relevance, as far as stylists do.
///
/// A candidate loses `strength` times the likeness of its colours with the item's, in standard deviations of a random pair's
/// score. `fitted` finds the strength at which lists agree with their items in colour as much as stylists' pairs of two
/// categories do: a model's lists agree more, and the aim is the stylists' own rate, not variety for its own sake.
package struct ColourDamping: Sendable {
    /// 1 for equal colours, near 0 for strangers; see `PaletteSimilarity`.
    package let similarity: any PairScorer
    package let strength: Float

    package init(similarity: any PairScorer, strength: Float) {
        self.similarity = similarity
        self.strength = strength
    }

    /// The relevance of each row for `item`, less what colour is to lose.
    func damped(_ relevance: [Float], item: Int, rows: [Int32]) -> [Float] {
        guard strength != 0, !rows.isEmpty else { return relevance }
        let likeness = similarity.scores(anchors: [item], candidates: rows.map(Int.init)).values
        return zip(relevance, likeness).map { $0 - strength * $1 }
    }

    /// The greatest strength that is tried, and how often the interval is halved.
    private static let limit: Float = 8
    private static let halvings = 12

    /// - Parameters:
    ///   - target: the mean likeness in colour of stylists' pairs.
    ///   - likeness: that of the lists which a strength gives; falls as the strength grows.
    /// - Returns: 0 where lists without damping agree no more than stylists' pairs do.
    package static func fitted(target: Double, likeness: (_ strength: Float) throws -> Double) rethrows -> Float {
        guard try likeness(0) > target else { return 0 }
        var low: Float = 0
        var high = limit
        for _ in 0..<halvings {
            let middle = (low + high) / 2
            if try likeness(middle) > target { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
