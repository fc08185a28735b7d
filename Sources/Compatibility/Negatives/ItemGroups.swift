/// A partition of the items: by category, by a finer category, by cluster, by any attribute.
///
/// Samplers draw negatives from the positive's group.
package struct ItemGroups: Sendable, Equatable {
    /// For each row, its group.
    package let groupOfItem: [Int32]
    /// The members of group `g` are `members[offsets[g]..<offsets[g + 1]]`, ascending.
    package let offsets: [Int]
    package let members: [Int32]

    package var groupCount: Int { offsets.count - 1 }

    /// - Parameter groupOfItem: for each row a group of 0 or above.
    package init(groupOfItem: [Int]) {
        let groupCount = (groupOfItem.max() ?? -1) + 1
        var offsets = [Int](repeating: 0, count: groupCount + 1)
        for group in groupOfItem { offsets[group + 1] += 1 }
        for group in 0..<groupCount { offsets[group + 1] += offsets[group] }
        var next = offsets
        var members = [Int32](repeating: 0, count: groupOfItem.count)
        for (row, group) in groupOfItem.enumerated() {
            members[next[group]] = Int32(row)
            next[group] += 1
        }
        self.groupOfItem = groupOfItem.map(Int32.init)
        self.offsets = offsets
        self.members = members
    }

    /// Groups by any key; groups are numbered in the order in which their first item stands.
    package init(keys: [some Hashable]) {
        var numbers: [AnyHashable: Int] = [:]
        var groupOfItem: [Int] = []
        groupOfItem.reserveCapacity(keys.count)
        for key in keys {
            let group = numbers[key] ?? numbers.count
            numbers[key] = group
            groupOfItem.append(group)
        }
        self.init(groupOfItem: groupOfItem)
    }

    /// Groups by the first `level` names of the category path; shorter paths are groups of their own.
    package init(items: [CatalogItem], level: Int) {
        self.init(keys: items.map { Array($0.categoryPath.prefix(max(1, level))) })
    }

    /// The finer of two partitions: items are together where they are together in both.
    package func divided(by other: ItemGroups) -> ItemGroups {
        ItemGroups(keys: zip(groupOfItem, other.groupOfItem).map { Int64($0) << 32 | Int64($1) })
    }

    package func members(ofGroup group: Int) -> ArraySlice<Int32> { members[offsets[group]..<offsets[group + 1]] }
}
