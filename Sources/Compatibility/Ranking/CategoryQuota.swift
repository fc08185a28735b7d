/// How many places of a list each target category gets.
///
/// Places are shared in proportion to how often the category is worn with the source, so that a list looks like outfits do;
/// no category takes more than `maximumShare`, rounded up to a place, and each gets one where there are enough. What a
/// category cannot fill goes to the others. The list's length goes before the maximum: it gives way where nothing else is
/// left. A further variant of a model goes behind both.
package struct CategoryQuota: Sendable, Equatable, Codable {
    /// The greatest share of a list for one category, 0…1.
    package var maximumShare: Double

    package init(maximumShare: Double = 0.4) {
        self.maximumShare = maximumShare
    }

    /// Places for each category, together `length` or all that `available` holds.
    ///
    /// - Parameters:
    ///   - weights: not negative; all zero counts as all equal.
    ///   - available: how many candidates each category has.
    ///   - models: how many models they are, variants of one counted once; nil where variants count as any item.
    package func places(weights: [Double], available: [Int], models: [Int]? = nil, length: Int) -> [Int] {
        precondition(weights.count == available.count, "a weight for each category")
        let most = max(1, Int((maximumShare * Double(length)).rounded(.up)))
        var places = [Int](repeating: 0, count: weights.count)
        // One place each, the heaviest first, ties by position.
        let order = weights.indices.filter { available[$0] > 0 }.sorted { (weights[$1], $0) < (weights[$0], $1) }
        for category in order.prefix(length) { places[category] = 1 }
        for candidates in [models, available].compactMap(\.self) {
            share(length, weights: weights, limits: candidates.map { min($0, most) }, order: order, places: &places)
            share(length, weights: weights, limits: candidates, order: order, places: &places)
        }
        return places
    }

    /// Gives out one place after another to the category that is furthest below its due (Webster's method): the places
    /// stay in proportion to the weights as far as the limits let them.
    private func share(_ length: Int, weights: [Double], limits: [Int], order: [Int], places: inout [Int]) {
        let isFlat = !weights.contains { $0 > 0 }
        var left = length - places.reduce(0, +)
        while left > 0 {
            var best: Int?
            var bestDue = -1.0
            for category in order where places[category] < limits[category] {
                let due = (isFlat ? 1 : weights[category]) / (2 * Double(places[category]) + 1)
                if due > bestDue {
                    best = category
                    bestDue = due
                }
            }
            guard let best else { return }
            places[best] += 1
            left -= 1
        }
    }
}
