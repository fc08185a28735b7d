private import Foundation

/// How scores spread over fixed bins, kept with a build so that the next one is measured against the same bins.
package struct ScoreDistribution: Sendable, Equatable, Codable {
    /// Inner edges, ascending: bin i holds scores in `edges[i - 1] ..< edges[i]`, the first and the last are open.
    package let edges: [Double]
    /// The share of the scores in each bin: one more than there are edges. All zero without scores.
    package let shares: [Double]
    package let count: Int

    /// Bins that hold about equally many of these scores. Repeated edges fold, so a scorer with few values has fewer bins.
    package init(decidingBinsFrom scores: [Float], binCount: Int = 10) {
        let sorted = scores.filter(\.isFinite).map { Double($0) }.sorted()
        var edges: [Double] = []
        if !sorted.isEmpty {
            for bin in 1..<max(2, binCount) {
                let edge = Bootstrap.quantile(sorted, at: Double(bin) / Double(max(2, binCount)))
                if edges.last.map({ edge > $0 }) ?? true { edges.append(edge) }
            }
        }
        self.init(scores, edges: edges)
    }

    /// These scores in the bins of another build. Scores that are not finite are left out.
    package init(_ scores: [Float], edges: [Double]) {
        var counts = [Int](repeating: 0, count: edges.count + 1)
        var total = 0
        for score in scores where score.isFinite {
            var low = 0
            var high = edges.count
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] <= Double(score) { low = middle + 1 } else { high = middle }
            }
            counts[low] += 1
            total += 1
        }
        self.edges = edges
        count = total
        shares = counts.map { total == 0 ? 0 : Double($0) / Double(total) }
    }

    /// The population stability index of new scores against this distribution, over its bins.
    ///
    ///     PSI = Σ (q_i − p_i) · ln(q_i / p_i), each share at least `floor`
    ///
    /// Nil where either side has no scores.
    package func stabilityIndex(of scores: [Float], floor: Double = 1e-4) -> Double? {
        let other = ScoreDistribution(scores, edges: edges)
        guard count > 0, other.count > 0 else { return nil }
        return zip(shares, other.shares).reduce(0) { sum, pair in
            let expected = max(floor, pair.0)
            let actual = max(floor, pair.1)
            return sum + (actual - expected) * log(actual / expected)
        }
    }
}

/// What a population stability index is usually taken to mean.
package enum DriftLevel: String, Sendable, Codable, CaseIterable {
    /// Below 0.1.
    case none
    /// 0.1 to 0.25.
    case moderate
    /// Above 0.25.
    case major

    package init(stabilityIndex: Double) {
        self = stabilityIndex < 0.1 ? .none : stabilityIndex <= 0.25 ? .moderate : .major
    }
}
