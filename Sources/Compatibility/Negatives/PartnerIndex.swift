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
        let table = PairTable(PairSet(outfits: outfits), itemCount: itemCount) { _, _, _ in 0 }
        offsets = table.offsets
        partners = table.partners
    }

    /// The partners of an item, ascending.
    package func partners(of row: Int) -> ArraySlice<Int32> { partners[offsets[row]..<offsets[row + 1]] }

    /// Whether two items share an outfit. O(log p).
    package func arePartners(_ a: Int, _ b: Int) -> Bool {
        let partners = partners(of: a)
        let place = partners.lowerBound(of: Int32(b))
        return place < partners.endIndex && partners[place] == Int32(b)
    }
}
