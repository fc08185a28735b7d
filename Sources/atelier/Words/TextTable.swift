internal import Stages

/// Rows in columns as wide as they need, for a person at a terminal.
package struct TextTable {
    package struct Column {
        let title: String
        let isNumber: Bool

        /// Aligned left.
        package static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        /// Aligned right.
        package static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    package init(_ columns: Column...) { self.columns = columns }

    package mutating func add(_ cells: String...) { rows.append(cells) }

    /// The lines, titles first; two spaces between columns, none at a line's end.
    ///
    /// - Parameter width: where to cut the last column, nil for nowhere.
    package func lines(width: Int? = nil) -> [String] {
        let all = [columns.map(\.title)] + rows
        let widths = columns.indices.map { column in
            all.map { column < $0.count ? $0[column].terminalColumnCount : 0 }.max() ?? 0
        }
        return all.map { row in
            var line = ""
            for (position, cell) in row.enumerated() where position < columns.count {
                if position > 0 { line += "  " }
                if position == columns.count - 1, !columns[position].isNumber {
                    line += width.map { cell.fitted(to: max(8, $0 - line.terminalColumnCount)) } ?? cell
                } else {
                    line += cell.padded(to: widths[position], alignedRight: columns[position].isNumber)
                }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
