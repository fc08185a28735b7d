/// For each item, the outfits that hold it: the inverted index of a list of outfits, in compressed rows.
package struct OutfitMembership: Sendable {
    /// `itemCount + 1` positions in `outfitPositions`.
    package let offsets: [Int]
    /// Positions of outfits, ascending within an item.
    package let outfitPositions: [Int32]

    /// O(item slots) time and memory. An item that an outfit repeats counts once.
    package init(outfits: [Outfit], itemCount: Int) {
        let distinct = outfits.map { Set($0.items).sorted() }
        var offsets = [Int](repeating: 0, count: itemCount + 1)
        for items in distinct { for row in items { offsets[row + 1] += 1 } }
        for row in 0..<itemCount { offsets[row + 1] += offsets[row] }
        var next = offsets
        var positions = [Int32](repeating: 0, count: offsets[itemCount])
        for (position, items) in distinct.enumerated() {
            for row in items {
                positions[next[row]] = Int32(position)
                next[row] += 1
            }
        }
        self.offsets = offsets
        outfitPositions = positions
    }

    package func outfits(holding row: Int) -> ArraySlice<Int32> {
        outfitPositions[offsets[row]..<offsets[row + 1]]
    }
}
