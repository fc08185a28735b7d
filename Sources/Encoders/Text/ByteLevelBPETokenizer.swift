internal import Foundation

/// Byte-pair encoding as CLIP uses it: words in lower case, as bytes, of which neighbours are merged in the order that
/// was learned; the last piece of a word ends in `</w>` (Sennrich et al. 2016; Radford et al. 2021).
///
/// Token by token what the reference library makes of the same files, except that special tokens written out in a text
/// stay text.
package struct ByteLevelBPETokenizer: TextTokenizer {
    package let vocabularyPath: String
    package let greatestID: Int
    package let paddingID: Int
    package let endID: Int
    package let standardLimit = 77
    private let startID: Int
    /// The number of each byte alone, inside a word and at its end; the unknown token's where the vocabulary has none.
    private let inner: [Int]
    private let last: [Int]
    private let merges: [Pair: Merge]
    private let spellings: [Int: String]

    private struct Pair: Hashable {
        let left: Int
        let right: Int
    }

    private struct Merge {
        let rank: Int
        let result: Int
    }

    /// Reads `vocab.json` and `merges.txt`.
    ///
    /// - Parameter files: the bytes of both; nil reads them.
    /// - Throws: `.vocabularyUnreadable`; `.vocabularyUnfit` where the start or end token is missing, or a merge makes a
    ///   token that the vocabulary does not have.
    package init(
        vocabularyPath: String, mergesPath: String, files: EncoderFiles? = nil
    ) throws(EncoderError) {
        let vocabulary = try VocabularyFile.numbers(of: vocabularyPath, files)
        func special(_ token: String) throws(EncoderError) -> Int {
            guard let number = vocabulary[TokenSpelling(token)] else {
                throw .vocabularyUnfit(path: vocabularyPath, reason: "it has no \(token), as CLIP's vocabularies have")
            }
            return number
        }
        self.vocabularyPath = vocabularyPath
        startID = try special("<|startoftext|>")
        let end = try special("<|endoftext|>")
        endID = end
        paddingID = end
        greatestID = vocabulary.values.max() ?? 0
        inner = ByteAlphabet.characters.map { vocabulary[TokenSpelling(String($0))] ?? end }
        last = ByteAlphabet.characters.map { vocabulary[TokenSpelling(String($0) + "</w>")] ?? end }
        merges = try Self.merges(of: mergesPath, files, vocabulary: vocabulary)
        spellings = Dictionary(
            vocabulary.map { ($0.value, String(decoding: $0.key.bytes, as: UTF8.self)) }, uniquingKeysWith: min)
    }

    private static func merges(
        of path: String, _ files: EncoderFiles?, vocabulary: [TokenSpelling: Int]
    ) throws(EncoderError) -> [Pair: Merge] {
        var merges: [Pair: Merge] = [:]
        let lines = try VocabularyFile.lines(of: path, files)
        for (number, line) in lines.enumerated() {
            if line.isEmpty || (number == 0 && line.starts(with: "#version".utf8)) { continue }
            let parts = line.split(separator: UInt8(ascii: " "))
            guard parts.count == 2 else {
                throw .vocabularyUnreadable(path: path, reason: "line \(number + 1) is not two tokens")
            }
            let ids = [TokenSpelling(parts[0]), TokenSpelling(parts[1]), TokenSpelling(parts[0] + parts[1])]
                .compactMap { vocabulary[$0] }
            guard ids.count == 3 else {
                throw .vocabularyUnfit(path: path, reason: "line \(number + 1) names a token that the vocabulary lacks")
            }
            let pair = Pair(left: ids[0], right: ids[1])
            if merges[pair] == nil { merges[pair] = Merge(rank: number, result: ids[2]) }
        }
        return merges
    }

    package func spelling(of id: Int) -> String? { spellings[id] }

    package func tokenIDs(of text: String, limit: Int) -> [Int] {
        var ids = [startID]
        let lowered = text.precomposedStringWithCanonicalMapping.unicodeScalars
            .flatMap { $0.properties.lowercaseMapping.unicodeScalars }
        for word in Self.words(lowered) {
            guard ids.count < limit - 1 else { break }
            ids += merged(word)
        }
        if ids.count > max(1, limit - 1) { ids.removeLast(ids.count - max(1, limit - 1)) }
        return ids + [endID]
    }

    /// The pieces of one word: of all neighbours that can be merged, those learned first, until none is left.
    private func merged(_ word: ArraySlice<Unicode.Scalar>) -> [Int] {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: word)
        let bytes = Array(String(view).utf8)
        var pieces = bytes.enumerated().map { index, byte in
            index == bytes.count - 1 ? last[Int(byte)] : inner[Int(byte)]
        }
        while pieces.count > 1 {
            var best: (rank: Int, pair: Pair, result: Int)?
            for index in 1..<pieces.count {
                let pair = Pair(left: pieces[index - 1], right: pieces[index])
                if let merge = merges[pair], merge.rank < best?.rank ?? .max {
                    best = (merge.rank, pair, merge.result)
                }
            }
            guard let best else { break }
            var shorter: [Int] = []
            var index = 0
            while index < pieces.count {
                if index + 1 < pieces.count, pieces[index] == best.pair.left, pieces[index + 1] == best.pair.right {
                    shorter.append(best.result)
                    index += 2
                } else {
                    shorter.append(pieces[index])
                    index += 1
                }
            }
            pieces = shorter
        }
        return pieces
    }

    /// Words as CLIP takes them: English endings after an apostrophe, runs of letters, single numerals, runs of the rest.
    private static func words(_ text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
        enum Kind { case space, letter, numeral, other }
        func kind(_ scalar: Unicode.Scalar) -> Kind {
            if scalar.properties.isWhitespace { return .space }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
            case .decimalNumber, .letterNumber, .otherNumber: return .numeral
            default: return .other
            }
        }
        var words: [ArraySlice<Unicode.Scalar>] = []
        var start = 0
        while start < text.count {
            let first = kind(text[start])
            var end = start + 1
            if first == .space {
                start = end
                continue
            }
            if let ending = endings.first(where: { text[start...].starts(with: $0) }) {
                end = start + ending.count
            } else if first != .numeral {
                while end < text.count, kind(text[end]) == first { end += 1 }
            }
            words.append(text[start..<end])
            start = end
        }
        return words
    }

    private static let endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }
}

/// A printable character for each byte, as GPT-2 chose them: itself where it is one, otherwise one from U+0100 on.
enum ByteAlphabet {
    static let characters: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (UInt32(0)..<256).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(UInt8(byte))
            default:
                defer { next += 1 }
                return Unicode.Scalar(next) ?? "?"
            }
        }
    }()
}
