/// Statistics of order.
package enum RankStatistics {
    /// The area under the ROC curve: the chance that a positive scores above a negative, ties counting half (Mann and
    /// Whitney, 1947). Nil where one of the labels is missing. NaN counts as below every number. O(n log n).
    package static func auc(scores: [Float], labels: [Bool]) -> Double? {
        ScoreOrder(scores).auc(labels: labels, multiplicities: nil)
    }

    /// Pearson's correlation; nil for fewer than two values or where one side does not vary.
    package static func correlation(_ a: [Double], _ b: [Double]) -> Double? {
        precondition(a.count == b.count, "unequal columns")
        return groupedCorrelation(groups: [Int](repeating: 0, count: a.count), a, b)
    }

    /// Pearson's correlation of what is left when each group's means are taken out: the relation *within* groups, blind to
    /// what differs between them. Nil where nothing varies within any group.
    package static func groupedCorrelation(groups: [Int], _ a: [Double], _ b: [Double]) -> Double? {
        precondition(groups.count == a.count && a.count == b.count, "unequal columns")
        var means: [Int: (count: Double, a: Double, b: Double)] = [:]
        for place in groups.indices {
            var mean = means[groups[place]] ?? (0, 0, 0)
            mean.count += 1
            mean.a += a[place]
            mean.b += b[place]
            means[groups[place]] = mean
        }
        var aa = 0.0
        var bb = 0.0
        var ab = 0.0
        for place in groups.indices {
            guard let mean = means[groups[place]] else { continue }
            let x = a[place] - mean.a / mean.count
            let y = b[place] - mean.b / mean.count
            aa += x * x
            bb += y * y
            ab += x * y
        }
        // What rounding alone leaves of a constant is no variation.
        let scale = a.reduce(0) { $0 + $1 * $1 }
        let otherScale = b.reduce(0) { $0 + $1 * $1 }
        guard aa > 1e-12 * scale, bb > 1e-12 * otherScale else { return nil }
        return max(-1, min(1, ab / (aa * bb).squareRoot()))
    }

    /// The Gini coefficient of counts: 0 where all are equal, towards 1 where one has everything. Nil for no counts or
    /// where all are zero.
    ///
    ///     G = Σ (2 i − n − 1) x_i / (n Σ x_i), with x ascending and i from 1
    package static func gini(_ counts: [Int]) -> Double? {
        let sum = counts.reduce(0, +)
        guard sum > 0 else { return nil }
        var weighted = 0.0
        for (place, count) in counts.sorted().enumerated() {
            weighted += Double(2 * (place + 1) - counts.count - 1) * Double(count)
        }
        return weighted / (Double(counts.count) * Double(sum))
    }
}

/// Scores in ascending order, sorted once for many resamples.
struct ScoreOrder: Sendable {
    /// Places, by ascending score.
    private let order: [Int32]
    /// For each place in `order`, whether a run of equal scores ends here.
    private let endsRun: [Bool]

    init(_ scores: [Float]) {
        let values = scores.map(\.comparable)
        let order = values.indices.sorted { values[$0] < values[$1] || (values[$0] == values[$1] && $0 < $1) }
        self.order = order.map { Int32($0) }
        endsRun = order.indices.map { $0 + 1 == order.count || values[order[$0]] != values[order[$0 + 1]] }
    }

    /// - Parameter multiplicities: how often each score counts; nil for once each. O(n).
    func auc(labels: [Bool], multiplicities: [Int32]?) -> Double? {
        precondition(labels.count == order.count, "a label for each score")
        // Integers below: twice the number of pairs in order, so that a tie's half is exact.
        var doubledWins = 0
        var negativesBelow = 0
        var positives = 0
        var runPositives = 0
        var runNegatives = 0
        for (rank, place) in order.enumerated() {
            let weight = multiplicities.map { Int($0[Int(place)]) } ?? 1
            if labels[Int(place)] { runPositives += weight } else { runNegatives += weight }
            if endsRun[rank] {
                doubledWins += runPositives * (2 * negativesBelow + runNegatives)
                positives += runPositives
                negativesBelow += runNegatives
                runPositives = 0
                runNegatives = 0
            }
        }
        guard positives > 0, negativesBelow > 0 else { return nil }
        return Double(doubledWins) / (2 * Double(positives) * Double(negativesBelow))
    }
}
