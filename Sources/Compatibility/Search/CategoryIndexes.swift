package import LinearAlgebra

/// One flat index for each top-level category, of the items that may be recommended.
package struct CategoryIndexes: Sendable {
    /// In the order of the catalogue's categories.
    package let indexes: [FlatIndex]

    package init(_ indexes: [FlatIndex]) {
        self.indexes = indexes
    }

    /// - Parameters:
    ///   - categoryOfItem: for each row of `embeddings` its category.
    ///   - isEligible: whether a row may be recommended at all; an unavailable item is not.
    package init(
        embeddings: Matrix, categoryOfItem: [Int], categoryCount: Int, isEligible: (_ row: Int) -> Bool = { _ in true }
    ) {
        precondition(categoryOfItem.count == embeddings.rowCount, "a category for each row")
        var rows = [[Int32]](repeating: [], count: categoryCount)
        for (row, category) in categoryOfItem.enumerated() where isEligible(row) { rows[category].append(Int32(row)) }
        indexes = rows.map { FlatIndex(rows: $0, of: embeddings) }
    }

    /// The indexes of a catalogue's available items.
    package init(catalog: OutfitCatalog, embeddings: Matrix) {
        self.init(
            embeddings: embeddings, categoryOfItem: catalog.categoryOfItem, categoryCount: catalog.categories.count,
            isEligible: { catalog.items[$0].isAvailable })
    }

    package subscript(category: Int) -> FlatIndex { indexes[category] }
}
