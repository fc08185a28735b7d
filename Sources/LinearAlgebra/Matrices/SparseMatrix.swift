/// A sparse matrix in compressed rows (CSR): what one-hot attributes and hashed words are kept in.
///
/// Row `r` holds the entries `rowOffsets[r]..<rowOffsets[r + 1]` of `columns` and `values`; its columns ascend.
package struct SparseMatrix: Sendable, Equatable {
    package let columnCount: Int
    /// `rowCount + 1` positions, the first 0 and the last the number of entries.
    package private(set) var rowOffsets: [Int32]
    package private(set) var columns: [Int32]
    package private(set) var values: [Float]

    package var rowCount: Int { rowOffsets.count - 1 }

    /// A matrix without rows; append them.
    package init(columnCount: Int) {
        self.columnCount = columnCount
        rowOffsets = [0]
        columns = []
        values = []
    }

    /// A matrix from its three arrays, or nil where they do not fit together.
    package init?(columnCount: Int, rowOffsets: [Int32], columns: [Int32], values: [Float]) {
        guard rowOffsets.first == 0, rowOffsets.last.map(Int.init) == columns.count, columns.count == values.count,
            zip(rowOffsets, rowOffsets.dropFirst()).allSatisfy({ $0 <= $1 }),
            columns.allSatisfy({ $0 >= 0 && $0 < columnCount })
        else { return nil }
        self.columnCount = columnCount
        self.rowOffsets = rowOffsets
        self.columns = columns
        self.values = values
    }

    /// Adds a row. Entries of the same column are summed; the row is stored with ascending columns.
    package mutating func appendRow(_ entries: [(column: Int, value: Float)]) {
        let start = columns.count
        for entry in entries.sorted(by: { $0.column < $1.column }) {
            precondition(entry.column >= 0 && entry.column < columnCount, "column out of range")
            if columns.count > start, columns[columns.count - 1] == Int32(entry.column) {
                values[values.count - 1] += entry.value
            } else {
                columns.append(Int32(entry.column))
                values.append(entry.value)
            }
        }
        rowOffsets.append(Int32(columns.count))
    }

    /// The positions in `columns` and `values` of one row.
    package func entryRange(ofRow row: Int) -> Range<Int> {
        Int(rowOffsets[row])..<Int(rowOffsets[row + 1])
    }
}
