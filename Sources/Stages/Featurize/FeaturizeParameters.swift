internal import Features

/// The `featurize` section of a job file.
struct FeaturizeParameters: StageParameters {
    /// Pictures are measured at this length of their longer side, in pixels.
    var pictureSide = 128
    /// Pictures a shard; a finished shard is never computed again.
    var shardSize = 256
    /// Pictures of more pixels than this are refused before any is decoded.
    var maximumPixels = 50_000_000
    /// The stage fails where more than this share of the pictures could not be decoded.
    var quarantineFractionLimit = 0.05
    var text = TextParameters()
    /// ONNX Runtime's library, a folder that holds it, or the Python environment it was installed into; empty looks at
    /// `ATELIER_ONNXRUNTIME` and in the usual places. Only encoders need it.
    var onnxruntime = ""
    var encoders = EncoderParameters()
    /// Encoders' blocks of more columns than this are reduced to that many principal components, so that training costs
    /// no more for a wide encoder; 0 keeps every column.
    var components = 192

    func validate() throws(ParameterProblem) {
        try ParameterProblem.require("picture_side", pictureSide, in: 16...4096)
        try ParameterProblem.require("shard_size", shardSize, in: 1...1_000_000)
        try ParameterProblem.require("maximum_pixels", maximumPixels, in: 1...4_000_000_000)
        try ParameterProblem.require("quarantine_fraction_limit", quarantineFractionLimit, in: 0...1)
        try ParameterProblem.require("text.dimension", text.dimension, in: 16...1_048_576)
        try ParameterProblem.require("text.minimum_count", text.minimumCount, atLeast: 1)
        try ParameterProblem.require("components", components, in: 0...65_536)
        try encoders.requireDistinctNames()
    }
}

/// How titles and attributes become features.
struct TextParameters: StageParameters {
    /// Columns of the hashed words.
    var dimension = 4096
    /// Attribute values of fewer items get no one-hot column.
    var minimumCount = 2
    /// Attributes that become features; empty means all.
    var attributes: [String] = []
    /// Attributes left out of one-hots and words, and of what the completion model compares.
    var excludedAttributes: [String] = []

    var selection: AttributeSelection {
        AttributeSelection(included: attributes.isEmpty ? nil : attributes, excluded: excludedAttributes)
    }
}
