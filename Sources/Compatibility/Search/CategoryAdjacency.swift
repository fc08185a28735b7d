/// A category that goes with another.
package struct AdjacentCategory: Sendable, Equatable, Codable {
    package var category: Int
    /// Training outfits that hold both.
    package var outfitCount: Int
    /// The share of the outfits with the source category that hold this one too.
    package var share: Double
    /// `share` over the share of all outfits that hold this one: above 1 where the two attract each other.
    package var lift: Double

    package init(category: Int, outfitCount: Int, share: Double, lift: Double) {
        self.category = category
        self.outfitCount = outfitCount
        self.share = share
        self.lift = lift
    }
}

/// What is wrong with an override of the adjacency.
package enum AdjacencyError: Error, Sendable, Equatable {
    case unknownCategory(String)
}

/// Which categories an item asks for: a skirt asks for shoes, not for skirts.
///
/// Learned from training outfits. A category is adjacent where it is worn with the source often enough, both as a share of
/// the source's outfits and against chance. A source that no outfit holds (a category that is new tonight) takes the
/// categories that most outfits hold.
package struct CategoryAdjacency: Sendable, Equatable, Codable {
    package struct Parameters: Sendable, Equatable, Codable {
        /// The least share of the source's outfits that must hold the target.
        package var minimumShare: Double
        /// The least lift.
        package var minimumLift: Double
        /// The least number of outfits that must hold both.
        package var minimumCount: Int
        /// At most this many targets a source, the most frequent first.
        package var limit: Int
        /// Whether a category may be adjacent to itself, where outfits hold two of its items.
        package var includesSame: Bool

        package init(
            minimumShare: Double = 0.05, minimumLift: Double = 0.2, minimumCount: Int = 3, limit: Int = 8,
            includesSame: Bool = false
        ) {
            self.minimumShare = minimumShare
            self.minimumLift = minimumLift
            self.minimumCount = minimumCount
            self.limit = limit
            self.includesSame = includesSame
        }
    }

    /// For each source category its targets, the most frequent first, ties by the lower category.
    package private(set) var targets: [[AdjacentCategory]]
    /// Sources without an outfit, whose targets are those of the whole; ascending.
    package private(set) var unseenSources: [Int]

    package init(
        outfits: [Outfit], categoryOfItem: [Int], categoryCount: Int, parameters: Parameters = Parameters()
    ) {
        var outfitCounts = [Int](repeating: 0, count: categoryCount)
        var pairCounts = [Int](repeating: 0, count: categoryCount * categoryCount)
        for outfit in outfits {
            var itemCounts = [Int](repeating: 0, count: categoryCount)
            for item in outfit.items { itemCounts[categoryOfItem[item]] += 1 }
            let held = itemCounts.indices.filter { itemCounts[$0] > 0 }
            for source in held {
                outfitCounts[source] += 1
                for target in held where target != source || itemCounts[source] > 1 {
                    pairCounts[source * categoryCount + target] += 1
                }
            }
        }
        let total = Double(max(outfits.count, 1))
        func counted(_ source: Int, _ target: Int) -> AdjacentCategory {
            let count = pairCounts[source * categoryCount + target]
            let share = Double(count) / Double(max(outfitCounts[source], 1))
            let expected = Double(outfitCounts[target]) / total
            return AdjacentCategory(
                category: target, outfitCount: count, share: share, lift: expected > 0 ? share / expected : 0)
        }
        let popular = (0..<categoryCount).map {
            AdjacentCategory(
                category: $0, outfitCount: outfitCounts[$0], share: Double(outfitCounts[$0]) / total, lift: 1)
        }
        unseenSources = (0..<categoryCount).filter { outfitCounts[$0] == 0 }
        targets = (0..<categoryCount).map { source in
            let known = outfitCounts[source] > 0 ? (0..<categoryCount).map { counted(source, $0) } : popular
            return known.filter {
                ($0.category != source || parameters.includesSame) && $0.outfitCount >= max(parameters.minimumCount, 1)
                    && $0.share >= parameters.minimumShare && $0.lift >= parameters.minimumLift
            }
            .sorted { ($1.outfitCount, $0.category) < ($0.outfitCount, $1.category) }
            .prefix(parameters.limit).map { $0 }
        }
        self.allPairs = (0..<categoryCount).map { source in (0..<categoryCount).map { counted(source, $0) } }
    }

    private var allPairs: [[AdjacentCategory]]

    /// Sets the targets of some sources by name, in the order given; their counts stay as learned.
    package mutating func override(
        _ overrides: [String: [String]], categories: [String]
    ) throws(AdjacencyError) {
        func position(_ name: String) throws(AdjacencyError) -> Int {
            guard let position = categories.firstIndex(of: name) else { throw .unknownCategory(name) }
            return position
        }
        for (source, names) in overrides.sorted(by: { $0.key < $1.key }) {
            let row = try position(source)
            var chosen: [AdjacentCategory] = []
            for name in names {
                let target = try position(name)
                if !chosen.contains(where: { $0.category == target }) { chosen.append(allPairs[row][target]) }
            }
            targets[row] = chosen
        }
    }

    package subscript(source: Int) -> [AdjacentCategory] { targets[source] }
}
