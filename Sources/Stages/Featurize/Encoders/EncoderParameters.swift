internal import Encoders

/// The `featurize.encoders` section: networks from ONNX files, each a block of features of its own.
struct EncoderParameters: StageParameters {
    var images: [ImageEncoderParameters] = []
    var texts: [TextEncoderParameters] = []

    var isEmpty: Bool { images.isEmpty && texts.isEmpty }

    func requireDistinctNames() throws(ParameterProblem) {
        try Self.requireDistinct(images.map(\.name), key: "encoders.images")
        try Self.requireDistinct(texts.map(\.name), key: "encoders.texts")
    }

    private static func requireDistinct(_ names: [String], key: String) throws(ParameterProblem) {
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw ParameterProblem("\(key)[\(index)].name", must: "differ from the other encoders' names")
        }
    }

    /// Names become part of file names.
    static func require(name: String, model: String) throws(ParameterProblem) {
        let isPlain = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || byte == UInt8(ascii: "-")
        }
        try ParameterProblem.require(
            !name.isEmpty && isPlain, "name", must: "be of small letters, digits and hyphens")
        try ParameterProblem.require(!model.isEmpty, "model", must: "name an ONNX file")
    }
}

/// How a model's output becomes one vector, as the job file says it.
enum PoolingChoice: String, Codable, Sendable, CaseIterable {
    case whole = "none"
    case mean
    case generalisedMean = "generalised_mean"
    case first
    case endOfText = "end_of_text"

    var pooling: VectorPooling {
        switch self {
        case .whole: VectorPooling.none
        case .mean: .mean
        case .generalisedMean: .generalisedMean
        case .first: .first
        case .endOfText: .endOfText
        }
    }
}
