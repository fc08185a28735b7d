private import Foundation
package import LinearAlgebra

/// A new build against the published one on the same questions.
///
/// Both answer the same resamples, so what makes a question hard for both cancels out. The verdict reads the bounds of the
/// interval, never the mean. Resamples of a few questions are nearly all alike, and of a single one all: their interval says
/// more than they know. If nothing differed, each of k questions that came out differently would have done so the other way
/// as often, and all of them one way with a chance of 2^(1 - k) (the sign test; Arbuthnott, 1710). Where that is no less than
/// the interval leaves out, nothing is better or worse.
package struct PairedComparison: Sendable, Equatable, Codable {
    package enum Verdict: String, Sendable, Codable, CaseIterable {
        /// The whole interval lies above zero, and enough questions came out differently.
        case better
        /// The interval reaches no lower than minus the margin: no worse than the job file accepts (non-inferiority).
        case notWorse = "not_worse"
        /// The whole interval lies below zero, enough questions came out differently, and a loss beyond the margin is not
        /// ruled out.
        case worse
        /// Too few questions to tell: neither a loss nor that there is none. The gate refuses only `worse`.
        case inconclusive
    }

    /// The new build's figure less the published one's.
    package var difference: Double
    package var interval: ConfidenceInterval
    /// The loss that is accepted, in the figure's unit.
    package var margin: Double
    /// The chance of a difference at least this large, either way, if there were none: not the chance that it works.
    package var p: Double
    package var units: Int
    package var verdict: Verdict

    /// - Parameter differing: units that came out differently; of an AUC those of the rarer label, each of which may.
    init?(
        difference: Double, replicates: [Double], margin: Double, units: Int, differing: Int, bootstrap: Bootstrap
    ) {
        guard difference.isFinite, let interval = bootstrap.interval(of: replicates) else { return nil }
        self.difference = difference
        self.interval = interval
        self.margin = margin
        self.units = units
        // Replicates scatter around the difference as the difference would around zero. Equality within rounding counts.
        let slack = 1e-12
        let extreme = replicates.count { abs($0 - difference) >= abs(difference) - slack }
        let least = min(1, pow(2, 1 - Double(differing)))
        p = max(least, Double(extreme + 1) / Double(replicates.count + 1))
        let areEnough = least <= 1 - bootstrap.confidence
        if interval.lower > 0, areEnough {
            verdict = .better
        } else if interval.lower >= -margin {
            verdict = .notWorse
        } else if interval.upper < 0, areEnough {
            verdict = .worse
        } else {
            verdict = .inconclusive
        }
    }

    /// Compares means, as accuracies and recalls: a value for each question, the same questions in the same order.
    /// Nil without questions.
    package static func ofMeans(
        candidate: [Double], baseline: [Double], margin: Double, bootstrap: Bootstrap = Bootstrap(replicateCount: 5000),
        parallelism: Parallelism
    ) -> PairedComparison? {
        precondition(candidate.count == baseline.count, "a paired comparison of other questions")
        let differences = zip(candidate, baseline).map { $0 - $1 }
        let mean = differences.reduce(0, +) / Double(max(1, differences.count))
        return PairedComparison(
            difference: mean, replicates: bootstrap.replicatesOfMean(differences, parallelism: parallelism),
            margin: margin, units: differences.count, differing: differences.count { $0 != 0 }, bootstrap: bootstrap)
    }

    /// Compares AUCs over the same outfits. Nil where one of the labels is missing.
    package static func ofAUC(
        candidate: [Float], baseline: [Float], labels: [Bool], margin: Double,
        bootstrap: Bootstrap = Bootstrap(replicateCount: 5000), parallelism: Parallelism
    ) -> PairedComparison? {
        precondition(candidate.count == baseline.count, "a paired comparison of other outfits")
        let first = ScoreOrder(candidate)
        let second = ScoreOrder(baseline)
        @Sendable func difference(_ counts: [Int32]?) -> Double? {
            guard let a = first.auc(labels: labels, multiplicities: counts),
                let b = second.auc(labels: labels, multiplicities: counts)
            else { return nil }
            return a - b
        }
        guard let observed = difference(nil) else { return nil }
        let replicates = bootstrap.replicates(of: candidate.count, parallelism: parallelism) { difference($0) }
        let positives = labels.count { $0 }
        return PairedComparison(
            difference: observed, replicates: replicates, margin: margin, units: candidate.count,
            differing: min(positives, labels.count - positives), bootstrap: bootstrap)
    }
}

/// Several figures of one build against those of another: the gate's evidence.
package struct BuildComparison: Sendable, Equatable, Codable {
    package struct Entry: Sendable, Equatable, Codable {
        package var metric: String
        package var comparison: PairedComparison
        /// Corrected for the number of figures by Holm's method.
        package var adjustedP: Double

        enum CodingKeys: String, CodingKey {
            case metric
            case comparison
            case adjustedP = "adjusted_p"
        }
    }

    /// In the order given.
    package var entries: [Entry]
    /// Worse if any figure is worse (each can veto); else inconclusive if any is; else better if any is better after the
    /// correction; else not worse. Without figures inconclusive.
    package var verdict: PairedComparison.Verdict

    package init(_ comparisons: [(metric: String, comparison: PairedComparison)], significance: Double = 0.05) {
        let adjusted = HolmCorrection.adjusted(comparisons.map(\.comparison.p))
        entries = zip(comparisons, adjusted).map {
            Entry(metric: $0.metric, comparison: $0.comparison, adjustedP: $1)
        }
        let verdicts = comparisons.map(\.comparison.verdict)
        if verdicts.contains(.worse) {
            verdict = .worse
        } else if verdicts.isEmpty || verdicts.contains(.inconclusive) {
            verdict = .inconclusive
        } else if entries.contains(where: { $0.comparison.verdict == .better && $0.adjustedP <= significance }) {
            verdict = .better
        } else {
            verdict = .notWorse
        }
    }
}

/// The step-down correction for several tests (Holm, 1979): controls the chance of any false alarm.
package enum HolmCorrection {
    /// Adjusted p, in the order given: with p ascending, the largest so far of (m − rank) · p, at most 1.
    package static func adjusted(_ p: [Double]) -> [Double] {
        let order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
        var adjusted = p
        var largest = 0.0
        for (rank, place) in order.enumerated() {
            largest = max(largest, min(1, Double(p.count - rank) * p[place]))
            adjusted[place] = largest
        }
        return adjusted
    }
}
