/// The positive pairs of a list of outfits: each two items that some outfit shows together, and in how many.
///
/// Stored once a pair, `first` < `second`, ascending by both; memory is that of the distinct pairs.
package struct PairSet: Sendable, Equatable {
    package let first: [Int32]
    package let second: [Int32]
    /// In how many outfits the two stand together.
    package let outfitCount: [Int32]

    package var count: Int { first.count }

    /// O(p log p) in the number of pairs p of all outfits. An item that an outfit repeats is no partner of itself.
    package init(outfits: [Outfit]) {
        var keys: [UInt64] = []
        for outfit in outfits {
            let items = Set(outfit.items).sorted()
            for i in items.indices {
                for j in items.index(after: i)..<items.endIndex {
                    keys.append(UInt64(UInt32(items[i])) << 32 | UInt64(UInt32(items[j])))
                }
            }
        }
        keys.sort()
        var first: [Int32] = []
        var second: [Int32] = []
        var counts: [Int32] = []
        for (position, key) in keys.enumerated() {
            if position > 0, keys[position - 1] == key {
                counts[counts.count - 1] += 1
            } else {
                first.append(Int32(truncatingIfNeeded: key >> 32))
                second.append(Int32(truncatingIfNeeded: key & 0xFFFF_FFFF))
                counts.append(1)
            }
        }
        self.first = first
        self.second = second
        outfitCount = counts
    }

    /// In how many outfits two items stand together; 0 for items that never met. O(log pairs).
    package func outfitCount(of a: Int, _ b: Int) -> Int {
        let wanted = (Int32(min(a, b)), Int32(max(a, b)))
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if (first[middle], second[middle]) < wanted { low = middle + 1 } else { high = middle }
        }
        return low < count && first[low] == wanted.0 && second[low] == wanted.1 ? Int(outfitCount[low]) : 0
    }

    /// How many pairs join two categories.
    package func crossCategoryCount(categoryOfItem: [Int]) -> Int {
        zip(first, second).count { categoryOfItem[Int($0)] != categoryOfItem[Int($1)] }
    }
}
