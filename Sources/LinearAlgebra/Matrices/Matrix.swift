/// A dense row-major matrix of 32-bit floats.
///
/// Rows are items, columns are dimensions. A matrix of zero rows is valid and keeps its column count.
package struct Matrix: Sendable, Equatable {
    package let rowCount: Int
    package let columnCount: Int
    /// `rowCount * columnCount` values, row after row.
    package var values: [Float]

    /// A matrix of zeros.
    package init(rowCount: Int, columnCount: Int) {
        self.init(
            rowCount: rowCount, columnCount: columnCount,
            values: [Float](repeating: 0, count: rowCount * columnCount))
    }

    package init(rowCount: Int, columnCount: Int, values: [Float]) {
        precondition(values.count == rowCount * columnCount, "values do not fill \(rowCount) x \(columnCount)")
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.values = values
    }

    package subscript(row: Int, column: Int) -> Float {
        get { values[row * columnCount + column] }
        set { values[row * columnCount + column] = newValue }
    }

    /// The values of one row, without a copy.
    package func row(_ index: Int) -> ArraySlice<Float> {
        values[index * columnCount..<(index + 1) * columnCount]
    }

    /// Rows as columns.
    package func transposed() -> Matrix {
        var turned = Matrix(rowCount: columnCount, columnCount: rowCount)
        turned.values.withUnsafeMutableBufferPointer { turned in
            values.withUnsafeBufferPointer { values in
                for row in 0..<rowCount {
                    for column in 0..<columnCount {
                        turned[column * rowCount + row] = values[row * columnCount + column]
                    }
                }
            }
        }
        return turned
    }

    /// A copy of a range of rows.
    package func rows(_ range: Range<Int>) -> Matrix {
        Matrix(
            rowCount: range.count, columnCount: columnCount,
            values: Array(values[range.lowerBound * columnCount..<range.upperBound * columnCount]))
    }

    /// A copy of the named rows, in the order of `indices`.
    package func rows(at indices: some Collection<Int>) -> Matrix {
        var gathered: [Float] = []
        gathered.reserveCapacity(indices.count * columnCount)
        for index in indices { gathered.append(contentsOf: row(index)) }
        return Matrix(rowCount: indices.count, columnCount: columnCount, values: gathered)
    }
}
