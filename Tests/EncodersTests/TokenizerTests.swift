import Encoders
import Foundation
import Testing

/// Texts and what the `tokenizers` library (0.23) makes of them with the full vocabularies of all-MiniLM-L6-v2 and CLIP.
///
/// The fixtures hold those parts of the vocabularies that can matter to these texts: pieces that occur in one of their
/// words. `ids` are the full vocabularies'.
struct RecordedTokens: Decodable {
    let text: String
    let tokens: [String]
    let ids: [Int]

    static func all(_ name: String) throws -> [RecordedTokens] {
        let data = try #require(FileManager.default.contents(atPath: Fixture.path(name)))
        return try JSONDecoder().decode([RecordedTokens].self, from: data)
    }
}

enum Fixture {
    static func path(_ name: String) -> String {
        ((#filePath as NSString).deletingLastPathComponent as NSString).appendingPathComponent("Fixtures/\(name)")
    }
}

struct TokenizerTests {
    private static func spellings(_ text: String, _ tokenizer: any TextTokenizer, limit: Int = 10_000) -> [String] {
        tokenizer.tokenIDs(of: text, limit: limit).map { tokenizer.spelling(of: $0) ?? "?" }
    }

    @Test func wordPieceCutsAsTheReferenceDoes() throws {
        let tokenizer = try WordPieceTokenizer(vocabularyPath: Fixture.path("wordpiece.txt"))
        let recorded = try RecordedTokens.all("wordpiece.json")
        #expect(recorded.count >= 30)
        for record in recorded {
            let found = Self.spellings(record.text, tokenizer)
            // As scalars: Swift takes composed and decomposed strings for equal.
            #expect(found.map { Array($0.utf8) } == record.tokens.map { Array($0.utf8) }, "\(record.text)")
        }
    }

    @Test func clipsPairsMergeAsTheReferencesDo() throws {
        let tokenizer = try ByteLevelBPETokenizer(
            vocabularyPath: Fixture.path("clip-vocab.json"), mergesPath: Fixture.path("clip-merges.txt"))
        let recorded = try RecordedTokens.all("clip.json")
        #expect(recorded.count >= 30)
        for record in recorded {
            let found = Self.spellings(record.text, tokenizer)
            #expect(found.map { Array($0.utf8) } == record.tokens.map { Array($0.utf8) }, "\(record.text)")
        }
    }

    @Test(.enabled(if: Installed.model("minilm/vocab.txt") != nil, Installed.withoutModels))
    func theFullVocabularyGivesTheRecordedNumbers() throws {
        let path = try #require(Installed.model("minilm/vocab.txt"))
        let tokenizer = try WordPieceTokenizer(vocabularyPath: path)
        for record in try RecordedTokens.all("wordpiece.json") {
            #expect(tokenizer.tokenIDs(of: record.text, limit: 10_000) == record.ids, "\(record.text)")
        }
    }

    @Test func longTextsAreCutBeforeTheEndToken() throws {
        let wordPiece = try WordPieceTokenizer(vocabularyPath: Fixture.path("wordpiece.txt"))
        let text = String(repeating: "red dress ", count: 50)
        let cut = Self.spellings(text, wordPiece, limit: 6)
        #expect(cut == ["[CLS]", "red", "dress", "red", "dress", "[SEP]"])
        let clip = try ByteLevelBPETokenizer(
            vocabularyPath: Fixture.path("clip-vocab.json"), mergesPath: Fixture.path("clip-merges.txt"))
        #expect(
            Self.spellings(text, clip, limit: 5)
                == ["<|startoftext|>", "red</w>", "dress</w>", "red</w>", "<|endoftext|>"])
        #expect(clip.tokenIDs(of: text, limit: clip.standardLimit).count == 77)
        // A word of several pieces is cut within.
        let long = Self.spellings("supercalifragilisticexpialidocious", wordPiece, limit: 4)
        #expect(long.count == 4 && long.last == "[SEP]" && long[2].hasPrefix("##"))
    }

    @Test func specialTokensInATextAreText() throws {
        let wordPiece = try WordPieceTokenizer(vocabularyPath: Fixture.path("wordpiece.txt"))
        let found = Self.spellings("red [SEP] dress", wordPiece)
        #expect(found.filter { $0 == "[SEP]" }.count == 1)
        #expect(found.last == "[SEP]")
        let clip = try ByteLevelBPETokenizer(
            vocabularyPath: Fixture.path("clip-vocab.json"), mergesPath: Fixture.path("clip-merges.txt"))
        #expect(clip.tokenIDs(of: "<|endoftext|>", limit: 77).filter { $0 == clip.endID }.count == 1)
    }

    @Test func aVocabularyWithoutItsSpecialTokensIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("vocab.txt")
        try Data("[PAD]\n[UNK]\n[CLS]\nred\n".utf8).write(to: path)
        let error = #expect(throws: EncoderError.self) { try WordPieceTokenizer(vocabularyPath: path.path) }
        guard case .vocabularyUnfit(let named, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(named == path.path)
        #expect(reason.contains("[SEP]"))
    }

    @Test func damagedVocabulariesAreNamed() throws {
        let folder = try TemporaryFolder()
        func written(_ name: String, _ bytes: [UInt8]) throws -> String {
            let file = folder.url.appendingPathComponent(name)
            try Data(bytes).write(to: file)
            return file.path
        }
        let absent = folder.url.appendingPathComponent("absent").path
        #expect(throws: EncoderError.vocabularyUnreadable(path: absent, reason: "cannot be read")) {
            try WordPieceTokenizer(vocabularyPath: absent)
        }
        let latin = try written("latin.txt", [0x63, 0xE9, 0x0A])
        #expect(throws: EncoderError.vocabularyUnreadable(path: latin, reason: "not UTF-8")) {
            try WordPieceTokenizer(vocabularyPath: latin)
        }
        let list = try written("vocab.json", Array("[1, 2]".utf8))
        let merges = Fixture.path("clip-merges.txt")
        #expect(
            throws: EncoderError.vocabularyUnreadable(
                path: list, reason: "not a JSON object of tokens and their numbers")
        ) { try ByteLevelBPETokenizer(vocabularyPath: list, mergesPath: merges) }
        // The merges of one model with the vocabulary of another.
        let small = try written("small.json", Array(#"{"<|startoftext|>": 0, "<|endoftext|>": 1, "a": 2}"#.utf8))
        let error = #expect(throws: EncoderError.self) {
            try ByteLevelBPETokenizer(vocabularyPath: small, mergesPath: merges)
        }
        guard case .vocabularyUnfit(merges, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let words = try written("merges.txt", Array("#version: 0.2\na b c\n".utf8))
        #expect(throws: EncoderError.vocabularyUnreadable(path: words, reason: "line 2 is not two tokens")) {
            try ByteLevelBPETokenizer(vocabularyPath: small, mergesPath: words)
        }
    }
}
