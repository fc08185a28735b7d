package import LinearAlgebra

/// A place of a final list.
package struct Recommendation: Sendable, Equatable {
    /// The recommended item's catalogue row.
    package var row: Int32
    /// Its category.
    package var category: Int32
    /// Its compatibility, calibrated: standard deviations above a random pair of the same categories. What was chosen for
    /// variety may stand before what has a higher one.
    package var score: Float
    /// The marginal relevance at which it was chosen; descends along the list.
    package var marginalRelevance: Float

    package init(row: Int32, category: Int32, score: Float, marginalRelevance: Float) {
        self.row = row
        self.category = category
        self.score = score
        self.marginalRelevance = marginalRelevance
    }
}

/// Makes one list of an item's candidates over all categories: calibrated, with a quota for each category, and varied.
///
/// Exactly `length` long, or as long as there are candidates, with a `Shortfall` that says so.
package struct ListBuilder: Sendable {
    private let length: Int
    private let calibration: ScoreCalibration
    private let adjacency: CategoryAdjacency
    private let quota: CategoryQuota
    private let diversity: MaximalMarginalRelevance
    private let colour: ColourDamping?
    private let variants: VariantGroups?

    /// - Parameter variants: of which a list shows one, others only where nothing else is left; nil to show any.
    package init(
        length: Int, calibration: ScoreCalibration, adjacency: CategoryAdjacency,
        quota: CategoryQuota = CategoryQuota(),
        diversity: MaximalMarginalRelevance = MaximalMarginalRelevance(), colour: ColourDamping? = nil,
        variants: VariantGroups? = nil
    ) {
        precondition(length > 0, "lists of no length")
        self.length = length
        self.calibration = calibration
        self.adjacency = adjacency
        self.quota = quota
        self.diversity = diversity
        self.colour = colour
        self.variants = variants
    }

    /// The final list of one item, best first.
    ///
    /// - Parameters:
    ///   - category: the item's own.
    ///   - lists: its candidates by target category; an item that several offer counts for the first.
    package func list(
        for item: Int, category: Int, candidates lists: [(target: Int, candidates: [ScoredIndex])],
        similarity: some ItemSimilarity
    ) -> (recommendations: [Recommendation], shortfall: Shortfall?) {
        var rows: [Int32] = []
        var calibrated: [Float] = []
        var groups: [Int] = []
        var seen: Set<Int32> = []
        for (group, list) in lists.enumerated() {
            for candidate in list.candidates where seen.insert(candidate.index).inserted {
                let relevance = calibration.calibrated(candidate.score, source: category, target: list.target)
                guard relevance.isFinite else { continue }
                rows.append(candidate.index)
                calibrated.append(relevance)
                groups.append(group)
            }
        }
        var available = [Int](repeating: 0, count: lists.count)
        for group in groups { available[group] += 1 }
        let relevance = colour?.damped(calibrated, item: item, rows: rows) ?? calibrated
        let weights = lists.map { list in
            adjacency[category].first { $0.category == list.target }.map { Double($0.outfitCount) } ?? 0
        }
        let choices = diversity.choose(
            length, rows: rows, relevance: scaled(relevance), groups: groups,
            quotas: quota.places(
                weights: weights, available: available,
                models: variants.map { Self.modelCounts($0, rows: rows, groups: groups, groupCount: lists.count) },
                length: length),
            variants: variants, similarity: similarity)
        let recommendations = choices.map { choice in
            Recommendation(
                row: rows[choice.position], category: Int32(lists[groups[choice.position]].target),
                score: calibrated[choice.position], marginalRelevance: choice.value)
        }
        guard recommendations.count < length else { return (recommendations, nil) }
        return (
            recommendations,
            Shortfall(
                row: item, category: nil, wanted: length, found: recommendations.count,
                reason: lists.isEmpty ? .noAdjacentCategory : .tooFewCandidates)
        )
    }

    /// How many models each group has candidates of.
    private static func modelCounts(
        _ variants: VariantGroups, rows: [Int32], groups: [Int], groupCount: Int
    ) -> [Int] {
        var models = [Set<Int32>](repeating: [], count: groupCount)
        for (row, group) in zip(rows, groups) { models[group].insert(variants.first(of: Int(row))) }
        return models.map(\.count)
    }

    /// Relevance on the scale of similarity: 0 for the least of the item's candidates, 1 for the greatest.
    private func scaled(_ relevance: [Float]) -> [Float] {
        guard let least = relevance.min(), let greatest = relevance.max(), greatest > least else {
            return relevance.map { _ in 1 }
        }
        return relevance.map { ($0 - least) / (greatest - least) }
    }
}
