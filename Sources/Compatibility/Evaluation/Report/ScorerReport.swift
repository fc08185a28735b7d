/// Fill-in-the-blank figures of one scorer on one set of questions.
package struct FillInTheBlankFigures: Sendable, Equatable, Codable {
    /// Right answers over all questions, 0…1.
    package var accuracy: Figure
    package var interval: IntervalFigure
    package var questions: Int
    /// Counted as wrong.
    package var unanswerable: Int
    /// Of the right answer among all items of its top-level category, given the rest of the outfit.
    package var recallAt10: Figure
    package var recallAt10Interval: IntervalFigure
    package var recallAt30: Figure
    package var recallAt50: Figure
    /// The AUC within the candidates of each anchor.
    package var groupedAUC: Figure
    package var groupedAUCInterval: IntervalFigure
    /// Anchors whose candidates all have one label.
    package var droppedGroups: Int
    /// Questions whose right answer no training outfit holds. One whose right answer the catalogue does not know is
    /// neither cold nor warm.
    package var cold: SubsetFigures
    package var warm: SubsetFigures

    enum CodingKeys: String, CodingKey {
        case accuracy
        case interval
        case questions
        case unanswerable
        case recallAt10 = "recall_at_10"
        case recallAt10Interval = "recall_at_10_interval"
        case recallAt30 = "recall_at_30"
        case recallAt50 = "recall_at_50"
        case groupedAUC = "grouped_auc"
        case groupedAUCInterval = "grouped_auc_interval"
        case droppedGroups = "dropped_groups"
        case cold
        case warm
    }
}

/// The figures of some of the questions.
package struct SubsetFigures: Sendable, Equatable, Codable {
    package var accuracy: Figure
    package var interval: IntervalFigure
    package var questions: Int
    package var recallAt10: Figure

    enum CodingKeys: String, CodingKey {
        case accuracy
        case interval
        case questions
        case recallAt10 = "recall_at_10"
    }
}

/// Compatibility figures of one scorer.
package struct CompatibilityFigures: Sendable, Equatable, Codable {
    package var auc: Figure
    package var interval: IntervalFigure
    /// True and false ones together.
    package var outfits: Int
    /// Fewer than two known items; they rank below all others.
    package var unscorable: Int
}

/// One row of the table: the model or a baseline.
package struct ScorerReport: Sendable, Equatable, Codable {
    package var name: String
    package var isBaseline: Bool
    /// By the name of the question set.
    package var fillInTheBlank: [String: FillInTheBlankFigures]
    package var compatibility: CompatibilityFigures?

    package init(
        name: String, isBaseline: Bool, fillInTheBlank: [String: FillInTheBlankFigures],
        compatibility: CompatibilityFigures?
    ) {
        self.name = name
        self.isBaseline = isBaseline
        self.fillInTheBlank = fillInTheBlank
        self.compatibility = compatibility
    }

    enum CodingKeys: String, CodingKey {
        case name
        case isBaseline = "is_baseline"
        case fillInTheBlank = "fill_in_the_blank"
        case compatibility
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(isBaseline, forKey: .isBaseline)
        try container.encode(fillInTheBlank, forKey: .fillInTheBlank)
        // Null rather than no key.
        try container.encode(compatibility, forKey: .compatibility)
    }
}
