/// Which negatives are mined under a warm-up model.
package struct MiningConfiguration: Sendable, Equatable, Codable {
    /// The window of ranks, 1 for the best: above it lie false negatives, below it easy ones.
    package var lowestRank = 101
    package var highestRank = 500
    /// A negative scores at most this share of its positive: `share * s` for s of 0 or above, `s / share` below 0, so that
    /// it always lies below the positive.
    package var ceiling = 0.95
    /// Negatives for each pair, by source.
    package var ranked = 2
    package var inCluster = 1
    package var colourMatched = 0
    /// Items of a cluster within a category, on average.
    package var itemsPerCluster = 50
    /// A positive at a greater rank, or in the worse half of its category, is a hard one.
    package var hardPositiveRank = 500
    package var seed: UInt64 = 1

    package init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case ceiling, ranked, seed
        case lowestRank = "lowest_rank"
        case highestRank = "highest_rank"
        case inCluster = "in_cluster"
        case colourMatched = "colour_matched"
        case itemsPerCluster = "items_per_cluster"
        case hardPositiveRank = "hard_positive_rank"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        lowestRank = try values.value(.lowestRank, or: lowestRank)
        highestRank = try values.value(.highestRank, or: highestRank)
        ceiling = try values.value(.ceiling, or: ceiling)
        ranked = try values.value(.ranked, or: ranked)
        inCluster = try values.value(.inCluster, or: inCluster)
        colourMatched = try values.value(.colourMatched, or: colourMatched)
        itemsPerCluster = try values.value(.itemsPerCluster, or: itemsPerCluster)
        hardPositiveRank = try values.value(.hardPositiveRank, or: hardPositiveRank)
        seed = try values.value(.seed, or: seed)
    }

    /// What is wrong with the values, or nil.
    package var problem: (key: String, reason: String)? {
        if lowestRank < 1 { return ("lowest_rank", "must be 1 or above") }
        if highestRank < lowestRank { return ("highest_rank", "must not be below lowest_rank") }
        if !(ceiling > 0 && ceiling <= 1) { return ("ceiling", "must lie above 0 and not above 1") }
        if min(ranked, inCluster, colourMatched) < 0 { return ("ranked", "counts must not be negative") }
        if itemsPerCluster < 2 { return ("items_per_cluster", "must be 2 or above") }
        return nil
    }

    /// The window over a number of candidates.
    ///
    /// Where there are fewer than the window reaches, it becomes the same share: 101–500 of 500 is 61–300 of 300.
    package func window(candidateCount: Int) -> RankWindow {
        guard candidateCount < highestRank else {
            return RankWindow(lowest: lowestRank, highest: highestRank, isScaled: false)
        }
        let lowest = max(1, (lowestRank * candidateCount + highestRank - 1) / highestRank)
        return RankWindow(lowest: lowest, highest: candidateCount, isScaled: true)
    }

    /// The greatest score that a negative of this positive may have.
    package func greatestScore(positiveScore: Float) -> Float {
        let share = Float(ceiling)
        return positiveScore >= 0 ? share * positiveScore : positiveScore / share
    }
}

/// Ranks from which negatives are taken, both bounds included; empty where `highest` is below `lowest`.
package struct RankWindow: Sendable, Equatable, Codable {
    package var lowest: Int
    package var highest: Int
    /// Whether it was made smaller for a small category.
    package var isScaled: Bool

    package init(lowest: Int, highest: Int, isScaled: Bool) {
        self.lowest = lowest
        self.highest = highest
        self.isScaled = isScaled
    }

    enum CodingKeys: String, CodingKey {
        case lowest, highest
        case isScaled = "is_scaled"
    }
}
