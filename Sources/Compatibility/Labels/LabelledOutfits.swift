/// Outfits and the split that each belongs to: what the label stage makes and every later stage reads.
package struct LabelledOutfits: Sendable, Equatable {
    package let outfits: [Outfit]
    /// One for each outfit.
    package let split: [Split]

    package init(outfits: [Outfit], split: [Split]) {
        precondition(outfits.count == split.count, "\(split.count) splits for \(outfits.count) outfits")
        self.outfits = outfits
        self.split = split
    }

    /// Positions in `outfits`, ascending.
    package func positions(of wanted: Split) -> [Int] {
        split.indices.filter { split[$0] == wanted }
    }

    /// The outfits of one split, in their order.
    package func outfits(in wanted: Split) -> [Outfit] {
        positions(of: wanted).map { outfits[$0] }
    }

    /// For each item, in how many outfits of the split it occurs: its popularity.
    package func outfitCounts(in wanted: Split, itemCount: Int) -> [Int] {
        outfits(in: wanted).outfitCounts(itemCount: itemCount)
    }

    /// For each item, whether any outfit of the split holds it. An item that no training outfit holds is *cold*.
    package func itemsSeen(in wanted: Split, itemCount: Int) -> [Bool] {
        outfitCounts(in: wanted, itemCount: itemCount).map { $0 > 0 }
    }
}
