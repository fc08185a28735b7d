/// A text that people wrote: the job file, or one `--set` argument. Kept whole, so that a message can show the line.
package final class SourceText: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// A file; messages start with `path:line:column:`.
        case file(path: String)
        /// The argument of `--set`, one line long.
        case override
    }

    package let kind: Kind
    /// Lines without their ends. Ends are those that libyaml counts, so that its line numbers can be looked up here.
    package let lines: [String]

    package init(kind: Kind, text: String) {
        self.kind = kind
        lines = Self.splitIntoLines(text)
    }

    /// `jobs/nightly.yaml`, or `--set`.
    package var name: String {
        switch kind {
        case .file(let path): path
        case .override: "--set"
        }
    }

    package static func == (a: SourceText, b: SourceText) -> Bool { a === b }

    private static func splitIntoLines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var previousIsReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where previousIsReturn:
                previousIsReturn = false
                continue
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
                lines.append(String(line))
                line = String.UnicodeScalarView()
            default:
                line.append(scalar)
            }
            previousIsReturn = scalar == "\r"
        }
        lines.append(String(line))
        return lines
    }
}

/// A place in a `SourceText`. Lines and columns start at 1; columns count Unicode scalars, as libyaml does.
package struct SourceLocation: Sendable, Equatable {
    package let source: SourceText
    package let line: Int
    package let column: Int

    package init(source: SourceText, line: Int, column: Int) {
        self.source = source
        self.line = line
        self.column = column
    }

    /// The line itself and, below it, a caret under the column. Tabs of the line are kept as tabs in the second line, and
    /// wide characters count for two, so that the caret stands where it should. Nil where the line does not exist.
    package var excerpt: [String]? {
        guard source.lines.indices.contains(line - 1) else { return nil }
        let text = source.lines[line - 1]
        var pad = ""
        for scalar in text.unicodeScalars.prefix(max(0, column - 1)) {
            pad += scalar == "\t" ? "\t" : String(repeating: " ", count: Character(scalar).terminalColumnCount)
        }
        let missing = column - 1 - text.unicodeScalars.count
        if missing > 0 { pad += String(repeating: " ", count: missing) }
        return [text, pad + "^"]
    }

    /// The text from here to the line's end.
    var remainder: Substring.UnicodeScalarView {
        guard source.lines.indices.contains(line - 1) else { return Substring().unicodeScalars }
        return Substring(source.lines[line - 1]).unicodeScalars.dropFirst(column - 1)
    }

    func advanced(by columnCount: Int) -> SourceLocation {
        SourceLocation(source: source, line: line, column: column + columnCount)
    }
}
