/// Finds all pairs of outfits whose items overlap by Jaccard |a ∩ b| / |a ∪ b| ≥ threshold, without comparing all pairs.
///
/// Exact, through the prefix filter (Chaudhuri et al., 2006) in the form of PPJoin (Xiao et al., 2008): with the items of
/// every outfit ordered from the rarest to the most common, two outfits that overlap enough must share one of their first
/// few items. Only those are indexed, so an item that occurs in thousands of outfits is hardly ever looked up. Outfits of
/// the very same items are folded into one *group* first, so that a thousand copies of an outfit cost one.
package struct NearDuplicateJoin: Sendable {
    package let threshold: Double
    /// Positions of the outfits that hold exactly the same items, ascending; groups in the order of their first outfit.
    /// Outfits without items are in no group.
    package let groups: [[Int]]
    /// For each group, its items as ranks of rarity (0 the rarest), ascending.
    private let itemRanks: [[Int32]]
    private let rankCount: Int

    /// - Parameter threshold: in 0 < threshold ≤ 1.
    package init(outfits: [Outfit], threshold: Double = 0.5) {
        precondition(threshold > 0 && threshold <= 1, "a Jaccard threshold of \(threshold)")
        self.threshold = threshold
        var groupOfItems: [[Int]: Int] = [:]
        var groups: [[Int]] = []
        var contents: [[Int]] = []
        for (position, outfit) in outfits.enumerated() where !outfit.items.isEmpty {
            let items = Set(outfit.items).sorted()
            if let group = groupOfItems[items] {
                groups[group].append(position)
            } else {
                groupOfItems[items] = groups.count
                groups.append([position])
                contents.append(items)
            }
        }
        var frequency: [Int: Int] = [:]
        for items in contents { for row in items { frequency[row, default: 0] += 1 } }
        let byRarity = frequency.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        let rank = Dictionary(uniqueKeysWithValues: byRarity.enumerated().map { ($0.element.key, Int32($0.offset)) })
        self.groups = groups
        rankCount = byRarity.count
        itemRanks = contents.map { items in items.compactMap { rank[$0] }.sorted() }
    }

    /// Calls `body` once for each pair of different groups that overlap enough, in an order that only the outfits decide.
    ///
    /// - Parameter isSettled: true for a pair that need not be looked at, as when both are known to be connected.
    package func forEachPair(skipping isSettled: (Int, Int) -> Bool = { _, _ in false }, _ body: (Int, Int) -> Void) {
        // Smaller outfits first: what is indexed is never larger than what looks it up, which shortens its prefix.
        let order = itemRanks.indices.sorted { (itemRanks[$0].count, $0) < (itemRanks[$1].count, $1) }
        var postings = [[Posting]](repeating: [], count: rankCount)
        var firstLive = [Int](repeating: 0, count: rankCount)
        var overlap = [Int32](repeating: 0, count: itemRanks.count)
        var candidates: [Int] = []
        for group in order {
            let items = itemRanks[group]
            let smallest = ceiling(threshold * Double(items.count))
            candidates.removeAll(keepingCapacity: true)
            for place in 0...(items.count - smallest) {
                let token = Int(items[place])
                // Sizes ascend along a list and so does `smallest`: what is too small now stays too small.
                while firstLive[token] < postings[token].count,
                    itemRanks[Int(postings[token][firstLive[token]].group)].count < smallest
                { firstLive[token] += 1 }
                for posting in postings[token][firstLive[token]...] {
                    let other = Int(posting.group)
                    guard overlap[other] >= 0 else { continue }
                    if overlap[other] == 0 { candidates.append(other) }
                    let rest = min(items.count - place, itemRanks[other].count - Int(posting.place)) - 1
                    let reachable = Int(overlap[other]) + 1 + rest
                    overlap[other] =
                        reachable >= neededOverlap(items.count, itemRanks[other].count) ? overlap[other] + 1 : -1
                }
            }
            for other in candidates {
                if overlap[other] > 0, !isSettled(other, group),
                    commonCount(itemRanks[other], items) >= neededOverlap(items.count, itemRanks[other].count)
                {
                    body(other, group)
                }
                overlap[other] = 0
            }
            let indexed = items.count - ceiling(2 * threshold / (1 + threshold) * Double(items.count)) + 1
            for place in 0..<indexed {
                postings[Int(items[place])].append(Posting(group: Int32(group), place: Int32(place)))
            }
        }
    }

    /// The connected components over all outfits: near duplicates of near duplicates belong together. An outfit without
    /// items is a component by itself. Members ascend; components are in the order of their first members.
    package func components(outfitCount: Int) -> [[Int]] {
        // Two closures share the sets, hence the box.
        final class Box {
            var sets: DisjointSets
            init(_ sets: DisjointSets) { self.sets = sets }
        }
        let box = Box(DisjointSets(count: outfitCount))
        for group in groups { for position in group.dropFirst() { box.sets.merge(group[0], position) } }
        forEachPair(skipping: { a, b in
            box.sets.representative(of: groups[a][0]) == box.sets.representative(of: groups[b][0])
        }) { a, b in
            box.sets.merge(groups[a][0], groups[b][0])
        }
        return box.sets.sets()
    }

    private struct Posting {
        var group: Int32
        var place: Int32
    }

    /// The least |a ∩ b| with |a ∩ b| ≥ threshold · (|a| + |b| − |a ∩ b|).
    private func neededOverlap(_ a: Int, _ b: Int) -> Int {
        max(1, ceiling(threshold / (1 + threshold) * Double(a + b)))
    }

    /// Rounded up, but for what is above a whole number only by the error of the arithmetic.
    private func ceiling(_ value: Double) -> Int { Int((value - 1e-9).rounded(.up)) }

    private func commonCount(_ a: [Int32], _ b: [Int32]) -> Int {
        var i = 0
        var j = 0
        var common = 0
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                common += 1
                i += 1
                j += 1
            } else if a[i] < b[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return common
    }
}
