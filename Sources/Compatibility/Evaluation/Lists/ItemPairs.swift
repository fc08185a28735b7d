package import LinearAlgebra

/// Pairs of items whose colours, or scores, are looked at.
package struct ItemPairs: Sendable, Equatable {
    package private(set) var first: [Int32] = []
    package private(set) var second: [Int32] = []

    package var count: Int { first.count }

    package init() {}

    package mutating func append(_ a: Int, _ b: Int) {
        first.append(Int32(a))
        second.append(Int32(b))
    }

    /// What recommendations put beside their item: the top of each list against its anchor.
    package init(lists: RecommendationLists, depth: Int = 10, sampleCount: Int = 20_000) {
        for anchor in ListMetrics.evenlySpaced(Array(0..<lists.anchorCount), count: sampleCount) {
            for item in lists.top(depth, of: anchor) { append(anchor, Int(item)) }
        }
    }

    /// What stylists put together: the distinct pairs of outfits, at most `limit` of them, evenly spaced.
    package init(outfits: [Outfit], limit: Int = 200_000) {
        let pairs = PairSet(outfits: outfits)
        for place in ListMetrics.evenlySpaced(Array(0..<pairs.count), count: limit) {
            append(Int(pairs.first[place]), Int(pairs.second[place]))
        }
    }

    /// Two different items at random, `count` times.
    package init(randomFrom itemCount: Int, count: Int = 20_000, seed: UInt64 = 1) {
        guard itemCount > 1 else { return }
        var stream = RandomStream(seed: seed)
        for _ in 0..<count {
            let a = stream.index(below: itemCount)
            let b = stream.index(below: itemCount - 1)
            append(a, b < a ? b : b + 1)
        }
    }

    /// Only the pairs that join two categories.
    package func crossing(categoryOfItem: [Int]) -> ItemPairs {
        var pairs = ItemPairs()
        for (a, b) in zip(first, second) where categoryOfItem[Int(a)] != categoryOfItem[Int(b)] {
            pairs.append(Int(a), Int(b))
        }
        return pairs
    }

    /// For each pair, its score.
    package func scores(by scorer: any PairScorer, parallelism: Parallelism) -> [Float] {
        let chunks = parallelism.mapChunks(of: count, chunkSize: 1024) { _, range in
            var scores: [Float] = []
            var start = range.lowerBound
            while start < range.upperBound {
                // Pairs of one anchor that stand together are scored together.
                var end = start
                while end < range.upperBound, first[end] == first[start] { end += 1 }
                scores +=
                    scorer.scores(anchors: [Int(first[start])], candidates: second[start..<end].map { Int($0) })
                    .values
                start = end
            }
            return scores
        }
        return chunks.flatMap { $0 }
    }
}
