package import LinearAlgebra

/// What single items are like, for networks that otherwise see how pairs of them relate: of each block of features its first
/// principal components.
///
/// Whole blocks would be learned by heart: there are hundreds of columns, and of most items few outfits. No training outfit
/// enters here, so the folds of a fit share it.
package struct ItemContent: Sendable, Equatable {
    /// One row an item. In each block the first component has a variance of 1, and later ones keep their proportion to it.
    package let rows: Matrix

    /// Components further from the mean than this many deviations of the first are cut to it.
    private static let limit: Float = 6
    /// Sparse blocks of more columns than this are hashed to so many.
    private static let largestWidth = 512

    package var columnCount: Int { rows.columnCount }

    package init(rows: Matrix) { self.rows = rows }

    /// - Parameters:
    ///   - blocks: an item without one gets the mean of those with it.
    ///   - components: of each block, at most.
    package init(itemCount: Int, blocks: [FeatureBlock], components: Int) {
        let parts = blocks.compactMap { Self.part(of: $0, components: components) }
        var rows = Matrix(rowCount: itemCount, columnCount: parts.reduce(0) { $0 + $1.columnCount })
        var column = 0
        for part in parts {
            for row in 0..<itemCount {
                for place in 0..<part.columnCount { rows[row, column + place] = part[row, place] }
            }
            column += part.columnCount
        }
        self.rows = rows
    }

    /// Nil for a block that is the same for all items.
    private static func part(of block: FeatureBlock, components: Int) -> Matrix? {
        let matrix = standardised(block)
        guard let found = PrincipalComponents(of: matrix, count: components, isUsed: block.isPresent),
            let greatest = found.variances.first, greatest > 1e-12
        else { return nil }
        var rows = found.projected(matrix)
        let scale = 1 / greatest.squareRoot()
        for row in 0..<rows.rowCount {
            for column in 0..<rows.columnCount {
                rows[row, column] =
                    block.isPresent[row] ? min(limit, max(-limit, rows[row, column] * scale)) : 0
            }
        }
        return rows
    }

    /// Dense columns as the tower of an embedding standardises them; sparse ones as they are.
    private static func standardised(_ block: FeatureBlock) -> Matrix {
        switch block.values {
        case .dense(let matrix):
            return BlockNormalisation(measuring: block).standardised(matrix)
        case .sparse(let sparse):
            let width = min(sparse.columnCount, largestWidth)
            var matrix = Matrix(rowCount: sparse.rowCount, columnCount: width)
            for row in 0..<sparse.rowCount {
                for entry in sparse.rowOffsets[row]..<sparse.rowOffsets[row + 1] {
                    let column = Int(sparse.columns[Int(entry)])
                    let value = sparse.values[Int(entry)]
                    guard width < sparse.columnCount else {
                        matrix[row, column] += value
                        continue
                    }
                    // Signed, so that what falls together cancels as often as it adds up (Weinberger et al., 2009).
                    let hash = SeededHash.mixed(UInt64(column))
                    matrix[row, Int(hash % UInt64(width))] += hash >> 63 == 0 ? value : -value
                }
            }
            return matrix
        }
    }

    /// Copies the rows of some items, one after another.
    func copy(_ items: some Sequence<Int32>, to output: UnsafeMutablePointer<Float>) {
        rows.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            var output = output
            for item in items {
                output.update(from: base + Int(item) * columnCount, count: columnCount)
                output += columnCount
            }
        }
    }
}
