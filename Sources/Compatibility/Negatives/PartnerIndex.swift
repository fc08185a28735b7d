/// For each item, the items that it shares an outfit with: what must never serve as its negative.
///
/// Compressed rows: the partners of row `r` are `partners[offsets[r]..<offsets[r + 1]]`, ascending and distinct. Memory
/// grows with the pairs of the outfits, never with the square of the items.
package struct PartnerIndex: Sendable, Equatable {
    package let offsets: [Int]
    package let partners: [Int32]

    package var itemCount: Int { offsets.count - 1 }

    /// - Complexity: O(p log p) in the pairs of all outfits.
    package init(outfits: [Outfit], itemCount: Int) {
        var counts = [Int](repeating: 0, count: itemCount + 1)
        for outfit in outfits {
            for item in outfit.items { counts[item + 1] += outfit.items.count - 1 }
        }
        for row in 0..<itemCount { counts[row + 1] += counts[row] }
        var filled = counts
        var all = [Int32](repeating: 0, count: counts[itemCount])
        for outfit in outfits {
            for (place, item) in outfit.items.enumerated() {
                for (otherPlace, other) in outfit.items.enumerated() where otherPlace != place {
                    all[filled[item]] = Int32(other)
                    filled[item] += 1
                }
            }
        }
        var offsets = [0]
        offsets.reserveCapacity(itemCount + 1)
        var partners: [Int32] = []
        for row in 0..<itemCount {
            var previous: Int32 = -1
            for partner in all[counts[row]..<counts[row + 1]].sorted()
            where partner != previous && partner != Int32(row) {
                partners.append(partner)
                previous = partner
            }
            offsets.append(partners.count)
        }
        self.offsets = offsets
        self.partners = partners
    }

    /// The partners of an item, ascending.
    package func partners(of row: Int) -> ArraySlice<Int32> { partners[offsets[row]..<offsets[row + 1]] }

    /// Whether two items share an outfit. O(log p).
    package func arePartners(_ a: Int, _ b: Int) -> Bool {
        var low = offsets[a]
        var high = offsets[a + 1]
        let wanted = Int32(b)
        while low < high {
            let middle = (low + high) / 2
            if partners[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < offsets[a + 1] && partners[low] == wanted
    }
}
