/// What `metrics.json` and `evaluate --json` say. Keys are stable: a figure that is not defined is null, never missing.
///
/// `fill_in_the_blank` and `compatibility` are the model's on the main questions; `scorers` is the whole table, the model
/// first and the baselines after it.
package struct EvaluationReport: Sendable, Equatable, Codable {
    /// The version of these keys.
    package static let formatVersion = 1

    package var version: Int
    /// Which question set the first figures are of.
    package var mainQuestions: String?
    package var fillInTheBlank: FillInTheBlankFigures?
    package var compatibility: CompatibilityFigures?
    package var scorers: [ScorerReport]
    package var lists: ListMetrics?
    package var colour: ColourAgreement?
    package var leaks: LeakAudit?
    package var nullRates: NullRates?
    package var scoreDistribution: ScoreDistribution?
    package var training: TrainingReport?

    /// - Parameters:
    ///   - scorers: the model first.
    ///   - mainQuestions: the set that the first figures are of; nil for the first by name.
    package init(scorers: [ScorerReport], mainQuestions: String? = nil) {
        version = Self.formatVersion
        let model = scorers.first { !$0.isBaseline } ?? scorers.first
        let main = mainQuestions ?? model?.fillInTheBlank.keys.min()
        self.mainQuestions = main
        fillInTheBlank = main.flatMap { model?.fillInTheBlank[$0] }
        compatibility = model?.compatibility
        self.scorers = scorers
    }

    enum CodingKeys: String, CodingKey {
        case version
        case mainQuestions = "main_questions"
        case fillInTheBlank = "fill_in_the_blank"
        case compatibility
        case scorers
        case lists
        case colour
        case leaks
        case nullRates = "null_rates"
        case scoreDistribution = "score_distribution"
        case training
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        // Encoding the optionals themselves writes null where there is nothing.
        try container.encode(mainQuestions, forKey: .mainQuestions)
        try container.encode(fillInTheBlank, forKey: .fillInTheBlank)
        try container.encode(compatibility, forKey: .compatibility)
        try container.encode(scorers, forKey: .scorers)
        try container.encode(lists, forKey: .lists)
        try container.encode(colour, forKey: .colour)
        try container.encode(leaks, forKey: .leaks)
        try container.encode(nullRates, forKey: .nullRates)
        try container.encode(scoreDistribution, forKey: .scoreDistribution)
        try container.encode(training, forKey: .training)
    }
}
