/// What moved from one build to the next: how often features are missing, and how the scores of the lists spread.
package struct BuildDrift: Sendable, Equatable, Codable {
    package struct Scores: Sendable, Equatable, Codable {
        /// Of the new lists' scores over the bins of the earlier build.
        package var stabilityIndex: Double
        package var level: DriftLevel

        enum CodingKeys: String, CodingKey {
            case stabilityIndex = "stability_index"
            case level
        }
    }

    /// Feature blocks whose null rate moved, and those that came or went; ascending by name.
    package var nullRates: [NullRateChange]
    /// Nil where either build has no scores.
    package var scores: Scores?

    enum CodingKeys: String, CodingKey {
        case nullRates = "null_rates"
        case scores
    }

    /// - Parameters:
    ///   - scores: of the new build's lists.
    ///   - distribution: of the earlier build's.
    package init(
        nullRates: NullRates?, since earlier: NullRates?, scores: [Float], distribution: ScoreDistribution?
    ) {
        self.nullRates = []
        if let nullRates, let earlier { self.nullRates = nullRates.changes(since: earlier) }
        self.scores = distribution?.stabilityIndex(of: scores).map {
            Scores(stabilityIndex: $0, level: DriftLevel(stabilityIndex: $0))
        }
    }

    /// The blocks that more items lack than before by more than `tolerance`, 0…1, or that are gone altogether. A block that
    /// is filled better, or new, is no loss.
    package func losses(tolerance: Double = 0.05) -> [NullRateChange] {
        nullRates.filter { change in
            guard let before = change.before else { return false }
            guard let now = change.now else { return true }
            return now - before > tolerance
        }
    }
}
