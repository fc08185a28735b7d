internal import Encoders

/// One element of `featurize.encoders.texts`; what is not said is read from the model.
struct TextEncoderParameters: StageParameters {
    enum TokenizerChoice: String, Codable, Sendable, CaseIterable {
        case wordPiece = "word_piece"
        case clip
    }

    /// The block of features is called `text-<name>`.
    var name = ""
    /// The ONNX file, relative to the job's base, as are the vocabulary's.
    var model = ""
    var tokenizer = TokenizerChoice.wordPiece
    /// `vocab.txt`, or `vocab.json` for CLIP.
    var vocabulary = ""
    /// `merges.txt`, for CLIP alone.
    var merges = ""
    var cased = false
    /// The most tokens of a text, special ones included.
    var tokenLimit: Int?
    var outputName: String?
    var pooling: PoolingChoice?
    /// Whether vectors are brought to length 1.
    var normalised = true
    /// What is encoded of an item; `{title}`, `{category}`, `{attributes}` and `{description}` are filled in.
    var template = "{title} {attributes} {description}"

    /// What says where the files lie, how the block is called and which texts there are, and changes no vector.
    static let outward: Set<String> = ["name", "model", "vocabulary", "merges", "template"]

    func validate() throws(ParameterProblem) {
        try EncoderParameters.require(name: name, model: model)
        try ParameterProblem.require(!vocabulary.isEmpty, "vocabulary", must: "name the model's vocabulary file")
        try ParameterProblem.require(
            (tokenizer == .clip) == !merges.isEmpty, "merges",
            must: "be named for the tokenizer 'clip', and for no other")
        if let tokenLimit { try ParameterProblem.require("token_limit", tokenLimit, in: 3...8192) }
        try ParameterProblem.require(
            TextTemplate(template) != nil, "template",
            must: "name at least one of {title}, {category}, {attributes}, {description}, and nothing else in braces")
    }

    func configuration(modelPath: String, vocabularyPath: String, mergesPath: String?) -> TextEncoderConfiguration {
        TextEncoderConfiguration(
            modelPath: modelPath, tokenizer: tokenizer == .clip ? .clip : .wordPiece, vocabularyPath: vocabularyPath,
            mergesPath: mergesPath, isCased: cased, tokenLimit: tokenLimit, outputName: outputName,
            pooling: pooling?.pooling, isNormalised: normalised)
    }
}
