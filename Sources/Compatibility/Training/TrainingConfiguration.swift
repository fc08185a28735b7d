/// What an example is scored against its negatives with.
package enum TrainingLoss: String, Sendable, Codable, CaseIterable {
    /// Sampled softmax: -log of the positive's share among itself and its negatives.
    case softmax
    /// The mean over negatives of log(1 + exp(negative - positive)).
    case logistic
    /// The mean over negatives of max(0, margin + negative - positive).
    case triplet
}

/// The form of the projection of each pair of categories.
package enum ProjectionKind: String, Sendable, Codable, CaseIterable {
    /// A mask over the shared space (Vasileva et al., 2018).
    case diagonal
    /// A full matrix, kept near the identity by weight decay.
    case full
}

/// The item embedding beside the content tower: what co-occurrence in training outfits knows.
package struct ItemEmbeddingConfiguration: Sendable, Equatable, Codable {
    package var enabled = true
    /// How often an item's own embedding is left out in training, so that content must carry it.
    package var dropout = 0.2
    package var weightDecay = 0.2
    /// What the learning rate is multiplied by.
    package var rateFactor = 2.0
    /// The least number of training outfits that an item needs for an embedding of its own: with one alone, the embedding
    /// would learn that outfit by heart.
    package var minimumOutfits = 2
    /// Whether the variants of one item share a further embedding, through which a new colour knows the old one's company.
    package var variants = true

    package init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case enabled, dropout, variants
        case weightDecay = "weight_decay"
        case rateFactor = "rate_factor"
        case minimumOutfits = "minimum_outfits"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        enabled = try values.value(.enabled, or: enabled)
        dropout = try values.value(.dropout, or: dropout)
        weightDecay = try values.value(.weightDecay, or: weightDecay)
        rateFactor = try values.value(.rateFactor, or: rateFactor)
        minimumOutfits = try values.value(.minimumOutfits, or: minimumOutfits)
        variants = try values.value(.variants, or: variants)
    }
}

/// Every parameter of a training run; the defaults are what measured best.
package struct TrainingConfiguration: Sendable, Equatable, Codable {
    /// Width of the shared space.
    package var dimension = 64
    package var hidden = 256
    package var epochs = 10
    /// Positives a batch.
    package var batch = 512
    package var learningRate = 0.002
    /// The share of all steps over which the learning rate rises; it then falls along a cosine.
    package var learningRateWarmup = 0.05
    /// What the learning rate ends at, as a share of its peak.
    package var learningRateFloor = 0.05
    package var weightDecay = 0.01
    package var seed: UInt64 = 1
    package var loss = TrainingLoss.softmax
    /// Of the triplet loss.
    package var margin = 0.2
    /// Weight of the cross-entropy that gives the scores of all pairs a common zero; 0 for none.
    package var calibration = 2.0
    /// The share of examples with one anchor, as a list has it; the others have the whole rest of the outfit, whose pair
    /// scores are averaged as evaluation does.
    package var singleAnchorFraction = 0.05
    /// Whether a batch asks for every item of its outfits: it then has fewer distinct items to embed, and an epoch costs less.
    package var wholeOutfits = false
    package var projection = ProjectionKind.full
    /// Whether embeddings have length 1 in the shared space.
    package var normalised = false
    /// Whether each item has a bias: how well it goes with anything.
    package var itemBias = true
    /// Of hidden units.
    package var dropout = 0.1
    /// How often an item's feature block is replaced by the stand-in of missing ones.
    package var blockDropout = 0.1
    /// By name, where a block's dropout differs from `blockDropout`.
    package var blockDropouts: [String: Double] = [:]
    /// Blocks that training ignores.
    package var excludedBlocks: [String] = []
    /// Gradients of a greater norm are scaled down to it; 0 for no limit.
    package var gradientLimit = 5.0
    /// The share of the old in the moving average of weights, taken after each epoch; 0 for none.
    package var weightAveraging = 0.0
    /// Epochs without a better validation recall before training stops.
    package var patience = 5
    /// Validation outfits that are asked about after each epoch.
    package var validationSample = 500
    package var itemEmbedding = ItemEmbeddingConfiguration()
    package var negatives = NegativeConfiguration()

    package init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case dimension, hidden, epochs, batch, seed, loss, margin, projection, normalised, dropout, patience, negatives,
            calibration
        case learningRate = "learning_rate"
        case learningRateWarmup = "learning_rate_warmup"
        case learningRateFloor = "learning_rate_floor"
        case weightDecay = "weight_decay"
        case singleAnchorFraction = "single_anchor_fraction"
        case wholeOutfits = "whole_outfits"
        case itemBias = "item_bias"
        case blockDropout = "block_dropout"
        case blockDropouts = "block_dropouts"
        case excludedBlocks = "excluded_blocks"
        case gradientLimit = "gradient_limit"
        case weightAveraging = "weight_averaging"
        case validationSample = "validation_sample"
        case itemEmbedding = "item_embedding"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        dimension = try values.value(.dimension, or: dimension)
        hidden = try values.value(.hidden, or: hidden)
        epochs = try values.value(.epochs, or: epochs)
        batch = try values.value(.batch, or: batch)
        learningRate = try values.value(.learningRate, or: learningRate)
        learningRateWarmup = try values.value(.learningRateWarmup, or: learningRateWarmup)
        learningRateFloor = try values.value(.learningRateFloor, or: learningRateFloor)
        weightDecay = try values.value(.weightDecay, or: weightDecay)
        seed = try values.value(.seed, or: seed)
        loss = try values.value(.loss, or: loss)
        margin = try values.value(.margin, or: margin)
        calibration = try values.value(.calibration, or: calibration)
        singleAnchorFraction = try values.value(.singleAnchorFraction, or: singleAnchorFraction)
        wholeOutfits = try values.value(.wholeOutfits, or: wholeOutfits)
        projection = try values.value(.projection, or: projection)
        normalised = try values.value(.normalised, or: normalised)
        itemBias = try values.value(.itemBias, or: itemBias)
        dropout = try values.value(.dropout, or: dropout)
        blockDropout = try values.value(.blockDropout, or: blockDropout)
        blockDropouts = try values.value(.blockDropouts, or: blockDropouts)
        excludedBlocks = try values.value(.excludedBlocks, or: excludedBlocks)
        gradientLimit = try values.value(.gradientLimit, or: gradientLimit)
        weightAveraging = try values.value(.weightAveraging, or: weightAveraging)
        patience = try values.value(.patience, or: patience)
        validationSample = try values.value(.validationSample, or: validationSample)
        itemEmbedding = try values.value(.itemEmbedding, or: itemEmbedding)
        negatives = try values.value(.negatives, or: negatives)
    }

    /// What is wrong with the values, or nil.
    package var problem: (key: String, reason: String)? {
        let shares: [(String, Double)] =
            [
                ("dropout", dropout), ("block_dropout", blockDropout),
                ("item_embedding.dropout", itemEmbedding.dropout),
                ("learning_rate_warmup", learningRateWarmup), ("learning_rate_floor", learningRateFloor),
                ("single_anchor_fraction", singleAnchorFraction), ("weight_averaging", weightAveraging),
            ] + blockDropouts.sorted { $0.key < $1.key }.map { ("block_dropouts.\($0.key)", $0.value) }
        for (key, share) in shares where !(share >= 0 && share <= 1) { return (key, "must lie between 0 and 1") }
        if dropout >= 1 { return ("dropout", "must be below 1") }
        if weightAveraging >= 1 { return ("weight_averaging", "must be below 1") }
        let counts = [
            ("dimension", dimension, 1...4096), ("hidden", hidden, 1...16384), ("epochs", epochs, 1...100_000),
            ("batch", batch, 1...65536), ("negatives", negatives.count, 1...1024),
        ]
        for (key, count, range) in counts where !range.contains(count) {
            return (key, "must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        if !(learningRate > 0 && learningRate.isFinite) { return ("learning_rate", "must be above 0") }
        if !(weightDecay >= 0 && weightDecay.isFinite) { return ("weight_decay", "must be 0 or above") }
        return nil
    }
}
