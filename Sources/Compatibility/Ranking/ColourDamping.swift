internal import LinearAlgebra

/// Takes colour out of relevance, as far as stylists do.
///
/// A candidate loses, for each measure of how alike its colours are with the item's, a strength times that likeness, in
/// standard deviations of a random pair's score. `fit` finds the strengths at which lists agree with their items, by each
/// measure, as much as stylists' pairs of two categories do: a model's lists agree more, and the aim is the stylists' own
/// rate, not variety for its own sake. One strength for all lists is the multiplier of that constraint (Lagrange): of lists
/// that are ordered by relevance alone, none that agree as much by the same measures have more of it.
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

    /// The greatest strength that is tried.
    private static let limit: Float = 8
    /// How often each strength is fitted to the others', how near to its target is near enough to leave it, and how near it
    /// is brought.
    private static let rounds = 4
    private static let tolerance = 0.003
    private static let precision = 0.0005
    private static let steps = 12

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
                strengths[measure] = try root(near: before[measure]) { strength in
                    var tried = strengths
                    tried[measure] = strength
                    return try agreement(tried, measure) - target
                }
            }
            if strengths == before { break }
        }
        return strengths
    }

    /// Where what there is too much of falls to nothing, by false position with halved ends ("Illinois"; Dowell and Jarratt,
    /// 1971): each try makes lists for a whole sample.
    private static func root(near known: Float, excess: (Float) throws -> Double) rethrows -> Float {
        let there = try excess(known)
        if abs(there) <= tolerance || (known == 0 && there < 0) { return known }
        var low: (strength: Float, excess: Double)
        var high: (strength: Float, excess: Double)
        if there > 0 {
            low = (known, there)
            high = low
            while high.excess > 0 {
                guard high.strength < limit else { return limit }
                low = high
                high.strength = min(limit, max(0.125, 2 * high.strength))
                high.excess = try excess(high.strength)
            }
        } else {
            low = (0, try excess(0))
            high = (known, there)
            if low.excess <= 0 { return 0 }
        }
        var last = high
        var best = high
        var wasAbove: Bool?
        for _ in 0..<steps {
            let share = low.excess / (low.excess - high.excess)
            last.strength = low.strength + (high.strength - low.strength) * Float(share)
            last.excess = try excess(last.strength)
            if abs(last.excess) < abs(best.excess) { best = last }
            if abs(last.excess) <= precision { break }
            let isAbove = last.excess > 0
            if isAbove { low = last } else { high = last }
            // An end that stays twice draws the next try to the other one.
            if wasAbove == isAbove {
                if isAbove { high.excess /= 2 } else { low.excess /= 2 }
            }
            wasAbove = isAbove
        }
        return best.strength
    }
}
