package import LinearAlgebra

/// What the lists of a build look like as a whole. A figure that is not defined is null.
package struct ListMetrics: Sendable, Equatable, Codable {
    /// How many items from the top of each list count.
    package var depth: Int
    /// Lists that hold anything.
    package var listCount: Int
    /// The share of the available items that stand in any list.
    package var coverage: Figure
    /// Of how often each available item is shown: 0 all alike, 1 one item always.
    package var gini: Figure
    /// The mean number of training outfits of what is shown, over that of the available items.
    package var popularityLift: Figure
    /// Mean of 1 − similarity over the pairs of a list, averaged over lists.
    package var intraListDistance: Figure
    /// For each top-level category, its share of what is shown.
    package var categoryShares: [String: Double]

    enum CodingKeys: String, CodingKey {
        case depth
        case listCount = "lists"
        case coverage
        case gini
        case popularityLift = "popularity_lift"
        case intraListDistance = "intra_list_distance"
        case categoryShares = "category_shares"
    }

    /// - Parameters:
    ///   - outfitCounts: for each item, in how many training outfits it occurs.
    ///   - similarity: in −1…1, as a `CosineScorer`; nil leaves the intra-list distance null.
    ///   - sampleCount: over how many lists the intra-list distance is averaged, evenly spaced.
    package init(
        _ lists: RecommendationLists, catalog: OutfitCatalog, outfitCounts: [Int], similarity: (any PairScorer)? = nil,
        depth: Int = 10, sampleCount: Int = 20_000, parallelism: Parallelism
    ) {
        precondition(lists.anchorCount == catalog.items.count, "lists of other items")
        self.depth = depth
        var shown = [Int](repeating: 0, count: catalog.items.count)
        var ofCategory = [Int](repeating: 0, count: catalog.categories.count)
        var total = 0
        var popularity = 0
        var filled: [Int] = []
        for anchor in 0..<lists.anchorCount {
            let top = lists.top(depth, of: anchor)
            if !top.isEmpty { filled.append(anchor) }
            for item in top {
                shown[Int(item)] += 1
                ofCategory[catalog.categoryOfItem[Int(item)]] += 1
                popularity += outfitCounts[Int(item)]
                total += 1
            }
        }
        listCount = filled.count
        let available = catalog.items.indices.filter { catalog.items[$0].isAvailable }
        let exposure = available.map { shown[$0] }
        coverage = Figure(Double(exposure.count { $0 > 0 }) / Double(available.count))
        gini = Figure(RankStatistics.gini(exposure))
        let usual = Double(available.reduce(0) { $0 + outfitCounts[$1] }) / Double(available.count)
        popularityLift = Figure(Double(popularity) / Double(total) / usual)
        categoryShares = [:]
        for (category, count) in zip(catalog.categories, ofCategory) where total > 0 {
            categoryShares[category] = Double(count) / Double(total)
        }
        intraListDistance = Figure(
            similarity.flatMap {
                Self.distance(
                    Self.evenlySpaced(filled, count: sampleCount).map { lists.top(depth, of: $0).map { Int($0) } },
                    similarity: $0, parallelism: parallelism)
            })
    }

    /// The mean over lists of two items or more; nil where there is none.
    private static func distance(
        _ lists: [[Int]], similarity: any PairScorer, parallelism: Parallelism
    ) -> Double? {
        let wide = lists.filter { $0.count > 1 }
        let sums = parallelism.mapChunks(of: wide.count, chunkSize: 256) { _, range in
            range.reduce(0.0) { sum, place in
                let items = wide[place]
                let scores = similarity.scores(anchors: items, candidates: items)
                var alike = 0.0
                for i in items.indices {
                    for j in items.index(after: i)..<items.endIndex { alike += Double(scores[i, j]) }
                }
                return sum + 1 - alike / Double(items.count * (items.count - 1) / 2)
            }
        }
        return wide.isEmpty ? nil : sums.reduce(0, +) / Double(wide.count)
    }

    /// At most `count` of the elements, at even distances, in their order.
    package static func evenlySpaced(_ elements: [Int], count: Int) -> [Int] {
        guard elements.count > count, count > 0 else { return elements }
        return (0..<count).map { elements[$0 * elements.count / count] }
    }
}
