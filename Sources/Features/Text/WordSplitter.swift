private import Foundation

/// Cuts a text of any language into words.
///
/// Texts are brought to Unicode's compatibility form (full-width letters become plain ones) and lower case. Words are
/// runs of letters, digits and marks; a change between a script that is written without spaces and another ends a word;
/// an emoji is a word. Everything else separates.
package enum WordSplitter {
    package struct Word: Sendable, Equatable {
        package let text: String
        /// Chinese, Japanese, Thai, Lao, Khmer, Burmese: the run is a phrase, and its words are not marked.
        package let isUnspaced: Bool
    }

    package static func words(of text: String) -> [Word] {
        var words: [Word] = []
        var current = String.UnicodeScalarView()
        var isUnspaced = false
        func close() {
            if !current.isEmpty { words.append(Word(text: String(current), isUnspaced: isUnspaced)) }
            current = String.UnicodeScalarView()
        }
        for character in text.precomposedStringWithCompatibilityMapping.lowercased() {
            let first = character.unicodeScalars[character.unicodeScalars.startIndex]
            if isWordScalar(first) {
                let unspaced = isUnspacedScript(first)
                if unspaced != isUnspaced { close() }
                isUnspaced = unspaced
                current.append(contentsOf: character.unicodeScalars)
            } else {
                close()
                // Signs such as © count as emoji too, but only these look like one by themselves.
                if first.properties.isEmojiPresentation
                    || (first.properties.isEmoji && character.unicodeScalars.count > 1)
                {
                    words.append(Word(text: String(character), isUnspaced: false))
                }
            }
        }
        close()
        return words
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    private static func isUnspacedScript(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF,  // Thai, Lao
            0x1000...0x109F,  // Burmese
            0x1780...0x17FF,  // Khmer
            0x3005...0x3007, 0x3040...0x30FF, 0x31F0...0x31FF,  // Japanese
            0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF:  // Han
            return true
        default: return false
        }
    }
}
