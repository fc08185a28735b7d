package import LinearAlgebra

/// For each item, some items of its category that are near to it in colour, so that colour cannot decide between them.
///
/// Each item is compared with a fixed sample of its category, so the work grows with the items and not with their
/// square.
package struct ColourMatches: Sendable, Equatable {
    /// The matches of row `r` are `matches[r * perItem..<(r + 1) * perItem]`, nearest first; -1 fills up.
    package let matches: [Int32]
    package let perItem: Int

    /// - Parameters:
    ///   - similarity: higher where two items are nearer in colour.
    ///   - groups: matches are of the same group, usually the category.
    ///   - sample: how many items of the group an item is compared with.
    package init(
        similarity: any PairScorer, groups: ItemGroups, perItem: Int = 16, sample: Int = 256, seed: UInt64 = 0,
        parallelism: Parallelism = .serial
    ) {
        let itemCount = groups.groupOfItem.count
        let found = parallelism.mapChunks(of: groups.groupCount, chunkSize: 1) { group, _ in
            Self.matches(
                among: Array(groups.members(ofGroup: group)), similarity: similarity, perItem: perItem, sample: sample,
                random: RandomStream(seed: seed, stream: UInt64(group)))
        }
        var matches = [Int32](repeating: -1, count: itemCount * perItem)
        for group in 0..<groups.groupCount {
            for (place, member) in groups.members(ofGroup: group).enumerated() {
                for (rank, match) in found[group][place].enumerated() { matches[Int(member) * perItem + rank] = match }
            }
        }
        self.matches = matches
        self.perItem = perItem
    }

    private static func matches(
        among members: [Int32], similarity: any PairScorer, perItem: Int, sample: Int, random: RandomStream
    ) -> [[Int32]] {
        var random = random
        var drawn = members
        random.shuffle(&drawn)
        let candidates = drawn.prefix(sample).sorted().map(Int.init)
        var found: [[Int32]] = []
        found.reserveCapacity(members.count)
        for start in stride(from: 0, to: members.count, by: 64) {
            let anchors = members[start..<min(members.count, start + 64)].map(Int.init)
            let scores = similarity.scores(anchors: anchors, candidates: candidates)
            for (place, anchor) in anchors.enumerated() {
                let row = scores.row(place)
                let best = zip(candidates, row).filter { $0.0 != anchor && $0.1.isFinite }
                    .map { ScoredIndex(index: Int32($0.0), score: $0.1) }
                    .sorted(by: ScoredIndex.isBetter).prefix(perItem)
                found.append(best.map(\.index))
            }
        }
        return found
    }

    /// The matches of an item, nearest first.
    package func matches(of row: Int) -> [Int32] {
        matches[row * perItem..<(row + 1) * perItem].filter { $0 >= 0 }
    }
}
