internal import Stages

extension String {
    /// The text as lines of at most `columnCount` columns, broken at spaces; only a word longer than that is cut.
    package func folded(to columnCount: Int) -> [String] {
        let width = max(1, columnCount)
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ") {
            var rest = String(word)
            if !line.isEmpty {
                if line.terminalColumnCount + 1 + rest.terminalColumnCount <= width {
                    line += " " + rest
                    continue
                }
                lines.append(line)
            }
            while rest.terminalColumnCount > width {
                let piece = rest.piece(of: width)
                lines.append(piece)
                rest.removeFirst(piece.count)
            }
            line = rest
        }
        return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
    }

    /// As much of the beginning as fits, at least one character.
    private func piece(of columnCount: Int) -> String {
        var piece = ""
        var width = 0
        for character in self {
            width += character.terminalColumnCount
            if width > columnCount && !piece.isEmpty { break }
            piece.append(character)
        }
        return piece
    }

    /// Each line of a message as a terminal of `columnCount` columns shows it well: what does not fit goes on below,
    /// indented. A command to copy stays in one piece, on a line of its own.
    package func foldedMessage(to columnCount: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let line = String(line)
            guard line.terminalColumnCount > columnCount else { return line }
            let command =
                line.hasPrefix("hint: ") ? line.firstRange(of: ": atelier ") : line.firstRange(of: ": python3 -c ")
            if let command {
                let start = line[..<command.lowerBound] + ":"
                return String(start).foldedMessage(to: columnCount) + "\n  "
                    + line[command.lowerBound...].dropFirst(2)
            }
            let margin = String(line.prefix { $0 == " " })
            let lines = line.folded(to: columnCount - margin.count - 2)
            return lines.enumerated().map { margin + ($0 == 0 ? "" : "  ") + $1 }.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
