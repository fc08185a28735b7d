package import LinearAlgebra

/// Scores two items 1 where an attribute names one colour group for both, and 0 otherwise: also where either names none.
package struct ColourGroups: PairScorer {
    /// -1 where the item names none.
    private let groupOfItem: [Int32]

    /// - Parameter attribute: the attribute that names an item's colour group, as `ColourAgreement` counts it.
    package init(_ catalog: OutfitCatalog, attribute: String) {
        let groups = catalog.items.map { $0.attributes[attribute] }
        groupOfItem = zip(ItemGroups(keys: groups).groupOfItem, groups).map { $1 == nil ? -1 : $0 }
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        for (row, anchor) in anchors.enumerated() where groupOfItem[anchor] >= 0 {
            for (column, candidate) in candidates.enumerated() where groupOfItem[candidate] == groupOfItem[anchor] {
                scores[row, column] = 1
            }
        }
        return scores
    }
}
