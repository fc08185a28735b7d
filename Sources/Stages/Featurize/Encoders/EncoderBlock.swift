internal import Encoders
internal import Foundation
internal import Pipeline

/// One encoder of the job: a block of features with a family of shards of its own.
struct EncoderBlock: Sendable {
    enum Kind: Sendable {
        case pictures(ImageEncoderConfiguration)
        case texts(TextEncoderConfiguration, TextTemplate)

        /// What tells this encoder's new shards from those of others of the family: how its texts are made.
        var texts: [String] {
            switch self {
            case .pictures: []
            case .texts(_, let template): [template.pattern]
            }
        }
    }

    /// A loaded encoder, and what it made of known inputs.
    enum Loaded: Sendable {
        case pictures(NeuralImageEncoder, EncoderProbe)
        case texts(NeuralTextEncoder, EncoderProbe)
    }

    /// The block's name, `image-<name>` or `text-<name>`.
    let name: String
    let kind: Kind
    /// The model, then the vocabulary's files.
    let files: [ExternalInput]
    /// What decides a vector beside the files and the input.
    private let settings: [String]
    private let loaded = OnceLoaded<Loaded>()

    init(_ parameters: ImageEncoderParameters, maximumPixels: Int, base: URL) throws(FeaturizeError) {
        name = "image-\(parameters.name)"
        files = [try Self.file(parameters.model, of: name, base: base)]
        kind = .pictures(parameters.configuration(modelPath: files[0].url.path))
        settings =
            ["image encoder", "\(NeuralImageEncoder.version)", "\(maximumPixels)"]
            + Self.fields(parameters.canonicalParameters(), without: ImageEncoderParameters.outward)
    }

    init(_ parameters: TextEncoderParameters, base: URL) throws(FeaturizeError) {
        name = "text-\(parameters.name)"
        var files: [ExternalInput] = []
        for path in [parameters.model, parameters.vocabulary, parameters.merges] where !path.isEmpty {
            files.append(try Self.file(path, of: name, base: base))
        }
        self.files = files
        guard let template = TextTemplate(parameters.template), files.count >= 2 else {
            throw .textEncoderUnsuitable(encoder: name)
        }
        kind = .texts(
            parameters.configuration(
                modelPath: files[0].url.path, vocabularyPath: files[1].url.path,
                mergesPath: files.count > 2 ? files[2].url.path : nil),
            template)
        settings =
            ["text encoder", "\(NeuralTextEncoder.version)"]
            + Self.fields(parameters.canonicalParameters(), without: TextEncoderParameters.outward)
    }

    private static func file(_ path: String, of encoder: String, base: URL) throws(FeaturizeError) -> ExternalInput {
        let url = JobFile.url(of: path, from: base)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue else {
            throw .modelFileMissing(encoder: encoder, path: path)
        }
        return ExternalInput(label: path, url: url)
    }

    private static func fields(_ parameters: [String: String], without outward: Set<String>) -> [String] {
        parameters.filter { !outward.contains($0.key) }.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    }

    /// Groups the shards that this encoder may be served from: the files' content, the preparation of inputs and the
    /// code's version, whatever the encoder and its files are called.
    func family(_ context: StageContext) throws -> String {
        var digests: [String] = []
        for file in files {
            guard let digest = context.externalDigests[file.label] else {
                throw FeaturizeError.modelFileMissing(encoder: name, path: file.label)
            }
            digests.append(digest)
        }
        return ContentDigest.sha256(ofFields: settings + digests)
    }

    /// The encoder, loaded by whichever thread comes first and held against what finished shards recorded of it.
    ///
    /// - Throws: `EncoderError`; `.probeDisagrees` where it no longer gives the recorded vectors;
    ///   `FeaturizeError.modelFileChanged` where what was loaded is not what the key has the digest of.
    func encoder(_ context: StageContext, runtime: () throws -> OnnxRuntime) throws -> Loaded {
        try loaded {
            let recorded = try context.isForced ? nil : context.completedShards(family(context)).first
            let bytes = EncoderFiles(reading: files.map(\.url.path))
            let probe: EncoderProbe
            let encoder: Loaded
            switch kind {
            case .pictures(let configuration):
                let loaded = try NeuralImageEncoder(configuration, runtime: runtime(), files: bytes)
                probe = try loaded.probe()
                encoder = .pictures(loaded, probe)
            case .texts(let configuration, _):
                let loaded = try NeuralTextEncoder(configuration, runtime: runtime(), files: bytes)
                probe = try loaded.probe()
                encoder = .texts(loaded, probe)
            }
            if let recorded { try EncodedShard(recorded.folder).probe().check(probe, model: files[0].label) }
            try requireDigests(of: bytes, context)
            return encoder
        }
    }

    private func requireDigests(of bytes: EncoderFiles, _ context: StageContext) throws(FeaturizeError) {
        for file in files {
            let digest = bytes.bytes(of: file.url.path).map { ContentDigest.sha256(of: $0) }
            guard digest != nil, digest == context.externalDigests[file.label] else {
                throw .modelFileChanged(encoder: name, path: file.label)
            }
        }
    }

    func release() { loaded.release() }
}
