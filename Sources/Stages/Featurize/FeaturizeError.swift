package import Encoders
internal import Pipeline

/// Why the stage gives up.
package enum FeaturizeError: Error, Sendable, Equatable {
    /// More pictures were refused than the job file allows.
    case tooManyRefused(count: Int, of: Int, limit: Double, example: String)
    /// An encoder gave no vector for more of its pictures or texts than the job file allows.
    case tooFewVectors(encoder: String, refused: Int, of: Int, limit: Double, example: String)
    /// A model or vocabulary file that the job names is not there.
    case modelFileMissing(encoder: String, path: String)
    /// A file's bytes are not those that its digest was taken of: it was replaced since the run began.
    case modelFileChanged(encoder: String, path: String)
    /// A text encoder without a vocabulary or with a malformed template.
    case textEncoderUnsuitable(encoder: String)
    /// The shards do not cover an item: the stage's own mistake, or files changed beneath it.
    case vectorMissing(encoder: String, item: String)
    /// The machine had too little memory for a picture, which says nothing of the picture.
    case outOfMemory(picture: String)
}

extension FeaturizeError: AttemptError {
    /// The digest in the key stays what it is until the next run looks at the file again.
    package var isFinal: Bool { if case .modelFileChanged = self { true } else { false } }
}

extension EncoderError: AttemptError {
    /// So do the vectors that are recorded under it.
    package var isFinal: Bool { if case .probeDisagrees = self { true } else { false } }
}

extension FeaturizeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooManyRefused(let count, let total, let limit, let example):
            """
            \(count) of \(total) pictures were refused, more than the share of \(limit) that \
            featurize.quarantine_fraction_limit allows; \(example)
            """
        case .tooFewVectors(let encoder, let count, let total, let limit, let example):
            """
            \(encoder): \(count) of \(total) inputs gave no vector, more than the share of \(limit) that \
            featurize.quarantine_fraction_limit allows; \(example)
            """
        case .modelFileMissing(let encoder, let path):
            """
            encoder '\(encoder)': no file \(path); ./jobs/encoders/efficientnet-lite0.sh and ./jobs/encoders/minilm.sh \
            bring a model of pictures and one of texts
            """
        case .modelFileChanged(let encoder, let path):
            "encoder '\(encoder)': \(path) was replaced while the run read it; run again"
        case .textEncoderUnsuitable(let encoder): "encoder '\(encoder)': no vocabulary, or a malformed template"
        case .vectorMissing(let encoder, let item): "encoder '\(encoder)': no vector for item '\(item)'"
        case .outOfMemory(let picture):
            """
            not enough memory for picture \(picture); run again with fewer --jobs or more memory, or refuse pictures of \
            so many pixels by featurize.maximum_pixels
            """
        }
    }
}
