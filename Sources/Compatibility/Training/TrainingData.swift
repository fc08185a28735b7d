internal import LinearAlgebra

/// Partitions and lists that negatives are drawn from, as far as the caller has them.
///
/// A source without its groups falls back to the next easier one: context to family, cluster and colour to category.
package struct NegativeGroups: Sendable {
    /// Items of one finer category.
    package var family: ItemGroups?
    /// Items of one finer category and one context, such as a season.
    package var context: ItemGroups?
    /// Items of one cluster within their category.
    package var cluster: ItemGroups?
    package var colour: ColourMatches?
    package var mined: MinedSet?

    package init(
        family: ItemGroups? = nil, context: ItemGroups? = nil, cluster: ItemGroups? = nil, colour: ColourMatches? = nil,
        mined: MinedSet? = nil
    ) {
        self.family = family
        self.context = context
        self.cluster = cluster
        self.colour = colour
        self.mined = mined
    }
}

/// What a model is trained on.
package struct TrainingData: Sendable {
    package var features: FeatureSet
    package var categories: [String]
    package var categoryOfItem: [Int]
    package var training: [Outfit]
    /// Asked about for early stopping, and what a few weights of scores are fitted on; embeddings and networks never learn
    /// from them.
    package var validation: [Outfit]
    /// Pairs that must not serve as negatives: those of the training outfits alone. The wrong answers of questions are never
    /// partners, so leaving out what held-out outfits show together too would tell by omission which answers are right.
    package private(set) var partners: PartnerIndex
    package var groups: NegativeGroups
    /// Items that are the same but for a colour or a size; nil where none are known.
    package var variants: VariantGroups?

    package init(
        features: FeatureSet, categories: [String], categoryOfItem: [Int], training: [Outfit],
        validation: [Outfit] = [], groups: NegativeGroups = NegativeGroups(), variants: VariantGroups? = nil
    ) {
        self.features = features
        self.categories = categories
        self.categoryOfItem = categoryOfItem
        self.training = training
        self.validation = validation
        partners = PartnerIndex(outfits: training, itemCount: features.itemCount)
        self.groups = groups
        self.variants = variants
    }

    /// The same, of which these outfits alone are learned from: what the others show together is as unknown as tomorrow's
    /// outfits are. Of mined negatives that is true but for what they leave out: they were mined for all training outfits, so
    /// no partner is among them, one of the others' neither. They are a hundredth of the negatives; without them nothing
    /// measurable changes (EXPERIMENTS.md, *What more of the same would bring*).
    package func learning(from outfits: [Outfit]) -> TrainingData {
        var data = self
        data.training = outfits
        data.partners = PartnerIndex(outfits: outfits, itemCount: features.itemCount)
        return data
    }
}

/// Why training cannot start or go on.
package enum TrainingError: Error, Sendable, Equatable {
    case configuration(key: String, reason: String)
    /// No training outfit has two items.
    case noPairs
    case noFeatures
    /// The rows, categories or groups of the data do not fit each other.
    case dataMismatch(String)
    /// A checkpoint that was written under another configuration, or over other data.
    case checkpointMismatch(String)
    case damagedCheckpoint
    /// The loss or a gradient stopped being a number.
    case diverged(epoch: Int, batch: Int)
    /// The same of a network of the completion model.
    case completionDiverged(epoch: Int)
}

extension TrainingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .configuration(let key, let reason): "'\(key)' \(reason)"
        case .noPairs:
            "no outfit for training has two items, so there is no pair to learn from"
        case .noFeatures: "no block of features is left to learn from; see excluded_blocks"
        case .dataMismatch(let problem): problem
        case .checkpointMismatch(let problem): "the checkpoint does not fit: \(problem)"
        case .damagedCheckpoint: "the checkpoint is damaged"
        case .diverged(let epoch, let batch):
            "training diverged in epoch \(epoch), batch \(batch); lower learning_rate"
        case .completionDiverged(let epoch):
            "training of the completion model diverged in epoch \(epoch); lower completion.learning_rate"
        }
    }
}

/// What training did in one epoch.
package struct EpochRecord: Sendable, Equatable, Codable {
    package var epoch: Int
    /// The mean over examples.
    package var loss: Double
    package var gradientNorm: Double
    package var largestGradientNorm: Double
    /// Batches whose gradient was scaled down to the limit.
    package var limitedBatches: Int
    /// At the epoch's end.
    package var learningRate: Double
    /// Hidden units that no item of a fixed sample activates.
    package var deadUnits: Int
    package var examples: Int
    /// Negatives by source, by the source's name.
    package var negatives: [String: Int]
    /// Negatives that were wanted and not found.
    package var missingNegatives: Int
    /// How often the answer is among the best ten of its category given the rest of its outfit; null without validation.
    package var validationRecallAt10: Figure
    /// The mean share of the answer's family that scores below the answer; null without validation.
    package var validationFamilyOrder: Figure
    /// Whether this epoch's weights are the best so far.
    package var isBest: Bool

    enum CodingKeys: String, CodingKey {
        case epoch, loss, examples, negatives
        case gradientNorm = "gradient_norm"
        case largestGradientNorm = "largest_gradient_norm"
        case limitedBatches = "limited_batches"
        case learningRate = "learning_rate"
        case deadUnits = "dead_units"
        case missingNegatives = "missing_negatives"
        case validationRecallAt10 = "validation_recall_at_10"
        case validationFamilyOrder = "validation_family_order"
        case isBest = "is_best"
    }
}

/// How far training has come.
package struct TrainingProgress: Sendable {
    package var epoch: Int
    package var epochCount: Int
    package var batch: Int
    package var batchCount: Int
    /// Positives since the start.
    package var examples: Int
    /// Of the epoch that has just ended.
    package var record: EpochRecord?
}
