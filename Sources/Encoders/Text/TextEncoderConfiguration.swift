/// What the job says of a text encoder; everything that is nil is read from the model.
package struct TextEncoderConfiguration: Sendable, Equatable, Hashable, Codable {
    package enum Tokenizer: String, Sendable, Codable, CaseIterable {
        /// `vocab.txt`; BERT and its family.
        case wordPiece
        /// `vocab.json` and `merges.txt`; CLIP.
        case clip
    }

    package var modelPath: String
    package var tokenizer: Tokenizer
    package var vocabularyPath: String
    /// For `.clip` alone.
    package var mergesPath: String?
    /// For `.wordPiece`: whether case and accents are kept.
    package var isCased: Bool
    /// The most tokens of a text, special ones included; nil for the model's own fixed length, or the tokenizer's usual.
    package var tokenLimit: Int?
    package var outputName: String?
    /// Nil: `.none` for an output n x d; otherwise the mean for `.wordPiece` and the end of text for `.clip`.
    package var pooling: VectorPooling?
    /// Whether vectors are brought to length 1.
    package var isNormalised: Bool

    package init(
        modelPath: String, tokenizer: Tokenizer = .wordPiece, vocabularyPath: String, mergesPath: String? = nil,
        isCased: Bool = false, tokenLimit: Int? = nil, outputName: String? = nil, pooling: VectorPooling? = nil,
        isNormalised: Bool = true
    ) {
        self.modelPath = modelPath
        self.tokenizer = tokenizer
        self.vocabularyPath = vocabularyPath
        self.mergesPath = mergesPath
        self.isCased = isCased
        self.tokenLimit = tokenLimit
        self.outputName = outputName
        self.pooling = pooling
        self.isNormalised = isNormalised
    }

    func makeTokenizer(_ files: EncoderFiles?) throws(EncoderError) -> any TextTokenizer {
        switch tokenizer {
        case .wordPiece: return try WordPieceTokenizer(vocabularyPath: vocabularyPath, isCased: isCased, files: files)
        case .clip:
            guard let mergesPath else {
                throw .settingMissing(model: modelPath, setting: "merges", reason: "CLIP's vocabulary is two files")
            }
            return try ByteLevelBPETokenizer(vocabularyPath: vocabularyPath, mergesPath: mergesPath, files: files)
        }
    }
}
