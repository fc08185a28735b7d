package import LinearAlgebra

/// One kind of feature for all items: a palette, a shape descriptor, an encoder's vector, hashed words.
package struct FeatureBlock: Sendable {
    package enum Values: Sendable {
        /// One row an item; the row of an item that lacks the block is zero and must not be read.
        case dense(Matrix)
        /// One row an item; for one-hots and hashed words.
        case sparse(SparseMatrix)
    }

    /// Unique within a set, and a file name: lowercase letters, digits and hyphens.
    package let name: String
    package let values: Values
    /// For each row, whether the item has this block. A missing block is a learned stand-in in the model, not zeros.
    package let isPresent: [Bool]
    /// Whether all columns keep their sizes relative to each other in the model: so for principal components, of which
    /// the last are noise that must not be blown up to the size of the first.
    package let hasCommonScale: Bool

    package init(name: String, values: Values, isPresent: [Bool], hasCommonScale: Bool = false) {
        self.name = name
        self.values = values
        self.isPresent = isPresent
        self.hasCommonScale = hasCommonScale
    }

    /// One for each item.
    package var rowCount: Int {
        switch values {
        case .dense(let matrix): matrix.rowCount
        case .sparse(let matrix): matrix.rowCount
        }
    }

    package var dimension: Int {
        switch values {
        case .dense(let matrix): matrix.columnCount
        case .sparse(let matrix): matrix.columnCount
        }
    }
}

/// All blocks of a build, their rows in the order of the catalogue.
package struct FeatureSet: Sendable {
    package let itemCount: Int
    /// Ascending by name.
    package let blocks: [FeatureBlock]

    package init(itemCount: Int, blocks: [FeatureBlock]) {
        for block in blocks { precondition(block.isPresent.count == itemCount, "block \(block.name) has other rows") }
        self.itemCount = itemCount
        self.blocks = blocks.sorted { $0.name < $1.name }
    }
}
