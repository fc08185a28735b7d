internal import Stages

/// Rows in columns as wide as they need, for a person at a terminal.
package struct TextTable {
    package struct Column {
        enum Kind {
            case text, label, number, prose
        }

        let title: String
        let kind: Kind

        /// Aligned left; cut at the terminal's edge where it is the last one.
        package static func text(_ title: String) -> Column { Column(title: title, kind: .text) }
        /// As text, and cut where the terminal is too narrow for all columns: words that need not be copied whole.
        package static func label(_ title: String) -> Column { Column(title: title, kind: .label) }
        /// Aligned right.
        package static func number(_ title: String) -> Column { Column(title: title, kind: .number) }
        /// For the last column: what does not fit goes on in further lines below it.
        package static func prose(_ title: String) -> Column { Column(title: title, kind: .prose) }
    }

    private struct Row {
        var cells: [String]
        var note = ""
    }

    /// Where text is folded that stands in no column, and no terminal says how wide it is.
    private static let usualWidth = 80

    private let columns: [Column]
    private var rows: [Row] = []

    package init(_ columns: Column...) { self.columns = columns }

    /// A row; a line break within a cell, as a title may have one, is written out.
    package mutating func add(_ cells: String...) { rows.append(Row(cells: cells.map(\.terminalLine))) }

    /// Words that stand below the last row, indented.
    package mutating func addNote(_ note: String) {
        if !rows.isEmpty { rows[rows.endIndex - 1].note = note }
    }

    /// The lines, titles first; two spaces between columns, none at a line's end.
    ///
    /// - Parameter width: where to cut or fold the last column, nil for nowhere.
    package func lines(width: Int? = nil) -> [String] {
        let all = [Row(cells: columns.map(\.title))] + rows
        var widths = columns.indices.map { column in
            all.map { column < $0.cells.count ? $0.cells[column].terminalColumnCount : 0 }.max() ?? 0
        }
        if let width { narrow(&widths, to: width) }
        return all.flatMap { row in
            var line = ""
            var further: [String] = []
            for (position, cell) in row.cells.enumerated() where position < columns.count {
                if position > 0 { line += "  " }
                let column = columns[position]
                if position == columns.count - 1, column.kind != .number {
                    let margin = line.terminalColumnCount
                    let room = max(8, (width ?? Int.max) - margin)
                    if column.kind == .prose, cell.terminalColumnCount > room {
                        let folded = cell.folded(to: room)
                        line += folded[0]
                        further = folded.dropFirst().map { String(repeating: " ", count: margin) + $0 }
                    } else {
                        line += cell.fitted(to: room)
                    }
                } else {
                    let shown = column.kind == .label ? cell.fitted(to: widths[position]) : cell
                    line += shown.padded(to: widths[position], alignedRight: column.kind == .number)
                }
            }
            while line.last == " " { line.removeLast() }
            let note = row.note.isEmpty ? [] : row.note.folded(to: (width ?? Self.usualWidth) - 2).map { "  " + $0 }
            return [line] + further + note
        }
    }

    /// Takes from labels what the last column lacks.
    private func narrow(_ widths: inout [Int], to width: Int) {
        guard let last = widths.last else { return }
        let (leastLabel, leastLast) = (8, min(last, 16))
        var lacking = widths.dropLast().reduce(2 * (widths.count - 1) + leastLast - width, +)
        for column in widths.indices.dropLast() where columns[column].kind == .label {
            let taken = max(0, min(lacking, widths[column] - leastLabel))
            widths[column] -= taken
            lacking -= taken
        }
    }
}
