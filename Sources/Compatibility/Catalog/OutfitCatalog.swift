/// The items and outfits of one build, in memory.
///
/// An item's *row* is its position in `items`, which ascend by id; every matrix of the build has its rows in this order.
package struct OutfitCatalog: Sendable {
    /// Ascending by id.
    package let items: [CatalogItem]
    /// The top-level categories, ascending by name.
    package let categories: [String]
    /// For each row, the position of its top-level category in `categories`.
    package let categoryOfItem: [Int]
    /// Ascending by id.
    package let outfits: [Outfit]
    private let rowOfID: [ItemID: Int]

    /// - Parameter outfits: their `items` are rows of `items` *after* sorting by id; build them with `row(of:)`
    ///   of a catalogue made from the same items.
    package init(items: [CatalogItem], outfits: [Outfit] = []) {
        let sorted = items.sorted { $0.id < $1.id }
        self.items = sorted
        categories = Set(sorted.map { $0.categoryPath[0] }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let position = Dictionary(uniqueKeysWithValues: categories.enumerated().map { ($0.element, $0.offset) })
        categoryOfItem = sorted.map { position[$0.categoryPath[0]] ?? 0 }
        rowOfID = Dictionary(
            sorted.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        self.outfits = outfits.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    package func row(of id: ItemID) -> Int? { rowOfID[id] }

    /// For each category, its rows, ascending.
    package func rowsByCategory() -> [[Int]] {
        var rows = [[Int]](repeating: [], count: categories.count)
        for (row, category) in categoryOfItem.enumerated() { rows[category].append(row) }
        return rows
    }
}
