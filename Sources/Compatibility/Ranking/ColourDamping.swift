internal import LinearAlgebra

/// Takes colour out of relevance, as far as stylists do.
///
/// A candidate loses, for each measure of how alike its colours are with the item's, a strength times that likeness, in
/// standard deviations of a random pair's score. `fit` finds the strengths at which lists agree with their items, by each
/// measure, as much as stylists' pairs of two categories do: a model's lists agree more, and the aim is the stylists' own
/// rate, not variety for its own sake. One strength for all lists is the multiplier of that constraint (Lagrange): lists
/// that agree as much by the same measures in any other way have less relevance.
package struct ColourDamping: Sendable {
    /// A measure of likeness in colour, and what it takes out.
    package struct Term: Sendable {
        /// 1 for equal colours, near 0 for strangers; see `ColourGroups`, `PaletteSimilarity`.
        package let likeness: any PairScorer
        package let strength: Float

        package init(_ likeness: any PairScorer, strength: Float) {
            self.likeness = likeness
            self.strength = strength
        }
    }

    package let terms: [Term]

    package init(_ terms: [Term]) { self.terms = terms }

    /// The relevance of each row for `item`, less what colour is to lose.
    func damped(_ relevance: [Float], item: Int, rows: [Int32]) -> [Float] {
        guard !rows.isEmpty else { return relevance }
        return terms.filter { $0.strength != 0 }.reduce(relevance) { relevance, term in
            let likeness = term.likeness.scores(anchors: [item], candidates: rows.map(Int.init)).values
            return zip(relevance, likeness).map { $0 - term.strength * $1 }
        }
    }

    /// The greatest strength that is tried, and how often the interval is halved.
    private static let limit: Float = 8
    private static let halvings = 10
    /// How often each strength is fitted to the others', and how near to its target is near enough.
    private static let rounds = 4
    private static let tolerance = 0.003

    /// Finds a strength for each measure, in turns: what one takes out leaves less for the others.
    ///
    /// - Parameters:
    ///   - targets: the mean likeness of stylists' pairs by each measure.
    ///   - agreement: that of the lists which strengths give, by the measure of that number; falls as its strength grows.
    /// - Returns: 0 for a measure by which lists agree no more than stylists' pairs do.
    package static func fit(
        targets: [Double], agreement: (_ strengths: [Float], _ measure: Int) throws -> Double
    ) rethrows -> [Float] {
        var strengths = [Float](repeating: 0, count: targets.count)
        for _ in 0..<rounds {
            let before = strengths
            for (measure, target) in targets.enumerated() {
                func excess(_ strength: Float) throws -> Double {
                    strengths[measure] = strength
                    return try agreement(strengths, measure) - target
                }
                if abs(try excess(before[measure])) <= tolerance { continue }
                guard try excess(0) > 0 else { continue }
                var (low, high) = (Float(0), limit)
                for _ in 0..<halvings {
                    let middle = (low + high) / 2
                    if try excess(middle) > 0 { low = middle } else { high = middle }
                }
                strengths[measure] = (low + high) / 2
            }
            if strengths == before { break }
        }
        return strengths
    }
}
