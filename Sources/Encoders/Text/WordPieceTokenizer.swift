/// WordPiece as BERT and its family use it: words are cut into the longest pieces that the vocabulary knows, from the
/// left (Wu et al. 2016; Devlin et al. 2018).
///
/// Token by token what the reference library makes of the same vocabulary, except that special tokens written out in a
/// text stay text, and that characters younger than Unicode 8, whose class the reference does not know, have theirs.
package struct WordPieceTokenizer: TextTokenizer {
    package let vocabularyPath: String
    package let greatestID: Int
    package let paddingID: Int
    package let endID: Int
    package let standardLimit = 512
    private let startID: Int
    private let unknownID: Int
    private let words: BasicWords
    private let vocabulary: [TokenSpelling: Int]
    private let spellings: [String]
    private let longestSpelling: Int

    /// Words of more scalars than this are unknown as a whole.
    private static let longestWord = 100
    private static let continuation = Array("##".utf8)

    /// Reads a `vocab.txt`: one token a line, numbered from 0.
    ///
    /// - Parameters:
    ///   - isCased: whether case and accents are kept; models named "uncased" want them gone.
    ///   - files: the vocabulary's bytes; nil reads them.
    /// - Throws: `.vocabularyUnreadable`; `.vocabularyUnfit` where [PAD], [UNK], [CLS] or [SEP] is missing.
    package init(
        vocabularyPath: String, isCased: Bool = false, files: EncoderFiles? = nil
    ) throws(EncoderError) {
        var vocabulary: [TokenSpelling: Int] = [:]
        let lines = try VocabularyFile.lines(of: vocabularyPath, files)
        for (number, line) in lines.enumerated() { vocabulary[TokenSpelling(line)] = number }
        func special(_ token: String) throws(EncoderError) -> Int {
            guard let number = vocabulary[TokenSpelling(token)] else {
                throw .vocabularyUnfit(
                    path: vocabularyPath, reason: "it has no \(token), as WordPiece vocabularies have")
            }
            return number
        }
        self.vocabularyPath = vocabularyPath
        paddingID = try special("[PAD]")
        unknownID = try special("[UNK]")
        startID = try special("[CLS]")
        endID = try special("[SEP]")
        greatestID = lines.count - 1
        words = BasicWords(isCased: isCased)
        spellings = lines.map { String(decoding: $0, as: UTF8.self) }
        longestSpelling = lines.map(\.count).max() ?? 0
        self.vocabulary = vocabulary
    }

    package func spelling(of id: Int) -> String? {
        spellings.indices.contains(id) ? spellings[id] : nil
    }

    package func tokenIDs(of text: String, limit: Int) -> [Int] {
        var ids = [startID]
        for word in words.split(text) {
            guard ids.count < limit - 1 else { break }
            append(word, to: &ids)
        }
        if ids.count > max(1, limit - 1) { ids.removeLast(ids.count - max(1, limit - 1)) }
        return ids + [endID]
    }

    private func append(_ word: String.UnicodeScalarView, to ids: inout [Int]) {
        guard word.count <= Self.longestWord else {
            ids.append(unknownID)
            return
        }
        let bytes = Array(String(word).utf8)
        // Where scalars begin, and the end.
        let bounds = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
        let countBefore = ids.count
        var start = 0
        while start < bounds.count - 1 {
            let prefix = start == 0 ? [] : Self.continuation
            let found = ((start + 1)..<bounds.count).reversed().lazy.compactMap { end -> (end: Int, id: Int)? in
                let piece = bytes[bounds[start]..<bounds[end]]
                guard piece.count + prefix.count <= longestSpelling else { return nil }
                return vocabulary[TokenSpelling(prefix + piece)].map { (end, $0) }
            }.first
            guard let found else {
                // One piece unknown: the whole word is.
                ids.removeLast(ids.count - countBefore)
                ids.append(unknownID)
                return
            }
            ids.append(found.id)
            start = found.end
        }
    }
}
