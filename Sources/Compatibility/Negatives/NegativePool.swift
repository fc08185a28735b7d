package import LinearAlgebra

/// A random part of the catalogue that one batch draws its easy negatives from.
///
/// A batch's cost is that of its distinct items: the fewer of them its examples share as negatives, the cheaper it is. With
/// negatives from everywhere, a batch of a thousand examples runs nearly a whole catalogue of ten thousand through the tower.
package struct NegativePool: Sendable {
    /// Ascending.
    package let items: [Int32]
    /// By the group of a partition, then ascending: the group in the upper half of a word, the item in the lower.
    private let family: [UInt64]
    private let context: [UInt64]
    private let category: [UInt64]

    /// A group of fewer members in the pool is drawn from as a whole: the same two or three would be everyone's negatives.
    package static let leastMembers = 4

    /// - Parameter count: of the draws: items that are drawn twice stand in the pool once.
    package init(count: Int, category: ItemGroups, groups: NegativeGroups, random: inout RandomStream) {
        var drawn = (0..<count).map { _ in Int32(random.index(below: category.groupOfItem.count)) }
        drawn.sort()
        var items: [Int32] = []
        items.reserveCapacity(count)
        for item in drawn where item != items.last { items.append(item) }
        self.items = items
        func sorted(by groups: ItemGroups) -> [UInt64] {
            items.map { UInt64(UInt32(groups.groupOfItem[Int($0)])) << 32 | UInt64(UInt32($0)) }.sorted()
        }
        self.category = sorted(by: category)
        family = sorted(by: groups.family ?? category)
        context = sorted(by: groups.context ?? groups.family ?? category)
    }

    /// An item of the pool that shares the positive's group, or nil where the pool has too few.
    func draw(_ source: NegativeSource, from groups: ItemGroups, positive: Int32, random: inout RandomStream) -> Int32?
    {
        let members: [UInt64]
        switch source {
        case .sameCategory: members = category
        case .sameFamily: members = family
        case .sameContext: members = context
        default: return nil
        }
        let group = UInt64(UInt32(groups.groupOfItem[Int(positive)]))
        let start = Self.lowerBound(of: group << 32, in: members)
        let end = Self.lowerBound(of: (group + 1) << 32, in: members)
        guard end - start >= Self.leastMembers else { return nil }
        return Int32(truncatingIfNeeded: members[start + random.index(below: end - start)])
    }

    private static func lowerBound(of value: UInt64, in words: [UInt64]) -> Int {
        var (low, high) = (0, words.count)
        while low < high {
            let middle = (low + high) / 2
            if words[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
