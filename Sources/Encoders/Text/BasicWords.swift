internal import Foundation

/// The words that WordPiece goes on to cut up: text cleaned, split at spaces, at punctuation, and around every Chinese
/// character; lower-cased and without accents unless `isCased`.
struct BasicWords: Sendable {
    let isCased: Bool

    func split(_ text: String) -> [String.UnicodeScalarView] {
        var cleaned = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !Self.isDropped(scalar) {
            if Self.isChinese(scalar) {
                cleaned.append(contentsOf: [" ", scalar, " "])
            } else {
                cleaned.append(scalar.properties.isWhitespace ? " " : scalar)
            }
        }
        if !isCased {
            let bare = String(cleaned).decomposedStringWithCanonicalMapping.unicodeScalars
                .filter { $0.properties.generalCategory != .nonspacingMark }
            cleaned = String.UnicodeScalarView()
            for scalar in bare { cleaned.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars) }
        }
        var words: [String.UnicodeScalarView] = []
        var word = String.UnicodeScalarView()
        func close() {
            if !word.isEmpty { words.append(word) }
            word = String.UnicodeScalarView()
        }
        for scalar in cleaned {
            if scalar.properties.isWhitespace {
                close()
            } else if Self.isPunctuation(scalar) {
                close()
                words.append(String.UnicodeScalarView([scalar]))
            } else {
                word.append(scalar)
            }
        }
        close()
        return words
    }

    /// Control characters, formatting such as joiners, private ones, and the two that stand for nothing readable.
    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r": return false
        case "\0", "\u{FFFD}": return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate: return true
        default: return false
        }
    }

    /// ASCII's symbols count as punctuation, "$" and "^" among them.
    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 33...47, 58...64, 91...96, 123...126: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    /// The blocks that BERT takes for Chinese; kana and hangul are not among them.
    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }
}
