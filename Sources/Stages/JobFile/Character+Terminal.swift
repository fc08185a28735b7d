internal import Media

extension Character {
    /// Columns that a terminal gives to the character: 0 for marks that combine and for controls, 2 for East Asian wide
    /// characters and emoji, else 1. An approximation of Unicode Standard Annex #11 by its large blocks.
    package var terminalColumnCount: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension String {
    /// Columns that a terminal gives to the text.
    package var terminalColumnCount: Int { reduce(0) { $0 + $1.terminalColumnCount } }

    /// The text in one line of a terminal, which would obey control characters: they are written out.
    package var terminalLine: String { showingControlCharacters() }

    /// The same of a text of several lines; tabs stay, too.
    package var terminalText: String { showingControlCharacters(except: ["\n", "\t"]) }

    /// The text cut to at most `columnCount` columns, its end shown as "…" where something was cut.
    package func fitted(to columnCount: Int) -> String {
        guard terminalColumnCount > columnCount else { return self }
        var kept = ""
        var width = 1
        for character in self {
            width += character.terminalColumnCount
            if width > columnCount { break }
            kept.append(character)
        }
        return columnCount > 0 ? kept + "…" : ""
    }

    /// The text with spaces after it (or before it) up to `columnCount` columns.
    package func padded(to columnCount: Int, alignedRight: Bool = false) -> String {
        let pad = String(repeating: " ", count: max(0, columnCount - terminalColumnCount))
        return alignedRight ? pad + self : self + pad
    }
}
