/// The part of the data that an outfit belongs to.
package enum Split: String, Sendable, Codable, CaseIterable {
    case train
    case validation
    case test
}

/// A set of items that a stylist or user put together.
package struct Outfit: Sendable, Equatable {
    package var id: String
    /// The split that the dataset itself states; nil where it states none.
    package var statedSplit: Split?
    /// Rows of the catalogue, distinct, in the order of the source.
    package var items: [Int]

    package init(id: String, statedSplit: Split? = nil, items: [Int]) {
        self.id = id
        self.statedSplit = statedSplit
        self.items = items
    }
}

extension Collection<Outfit> {
    /// For each item, in how many of the outfits it occurs: its popularity.
    package func outfitCounts(itemCount: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: itemCount)
        for outfit in self { for row in Set(outfit.items) { counts[row] += 1 } }
        return counts
    }

    /// Items that have others beside them: what can be asked for.
    package var slotCount: Int { reduce(0) { $0 + ($1.items.count > 1 ? $1.items.count : 0) } }
}
