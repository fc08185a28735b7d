package import LinearAlgebra

/// Turns texts into vectors through a network from an ONNX file.
///
/// Each run is one text at its own length (or at the model's, where that is fixed), so that a text's vector depends on
/// the text alone: never on its neighbours' lengths, on grouping or on the thread count.
package struct NeuralTextEncoder: Sendable {
    /// Goes up whenever the same text and model would get another vector; part of every key that vectors are cached
    /// under, beside the model's and the vocabulary's digests and the configuration.
    ///
    /// 1: the first.
    package static let version = 1

    package let configuration: TextEncoderConfiguration
    /// Values of a vector.
    package private(set) var dimension: Int
    /// The most tokens of a text, special ones included.
    package let tokenLimit: Int
    package let tokenizer: any TextTokenizer
    private let session: OnnxSession
    private let inputs: TextInputs
    private let outputName: String

    /// Loads the model and runs it once, with the vocabulary's last token.
    ///
    /// - Parameter files: the bytes of model and vocabulary; nil reads them.
    /// - Throws: `.modelUnreadable`, `.modelInParts`, `.vocabularyUnreadable`; `.vocabularyUnfit`, `.tensorNotFound`,
    ///   `.tensorUnsuitable`, `.settingDisagrees` where model, vocabulary and configuration do not fit each other.
    package init(
        _ configuration: TextEncoderConfiguration, runtime: OnnxRuntime, files: EncoderFiles? = nil
    ) throws(EncoderError) {
        let tokenizer = try configuration.makeTokenizer(files)
        let session = try OnnxSession(
            modelPath: configuration.modelPath, runtime: runtime, shapesVary: true, files: files)
        let inputs = try TextInputs(session: session)
        if let stated = configuration.tokenLimit, let fixed = inputs.fixedTokenCount, stated > fixed {
            throw .settingDisagrees(
                model: session.modelPath, setting: "token-limit", stated: "\(stated)", found: "\(fixed)")
        }
        let limit = configuration.tokenLimit ?? inputs.fixedTokenCount ?? tokenizer.standardLimit
        guard limit >= 3 else {
            throw .settingDisagrees(
                model: session.modelPath, setting: "token-limit", stated: "\(limit)", found: "3 tokens at least")
        }
        self.configuration = configuration
        self.tokenizer = tokenizer
        self.session = session
        self.inputs = inputs
        tokenLimit = limit
        outputName = try Self.output(configuration, session: session)
        dimension = 0
        do throws(EncoderError) {
            dimension = try pooledVector(ofTokens: [tokenizer.greatestID, tokenizer.endID]).count
        } catch {
            guard case .runFailed(_, let message) = error else { throw error }
            // Whether it is the number of tokens or anything else that the model does not take.
            guard (try? pooledVector(ofTokens: [0, min(1, tokenizer.endID)])) != nil else { throw error }
            throw .vocabularyUnfit(path: tokenizer.vocabularyPath, reason: message)
        }
    }

    /// The output that the job names, the only one, or the one that exporters give a text's whole vector in.
    private static func output(
        _ configuration: TextEncoderConfiguration, session: OnnxSession
    ) throws(EncoderError) -> String {
        let usual = ["sentence_embedding", "text_embeds"]
        let whole = session.outputs.first { usual.contains($0.name) }?.name
        let name = configuration.outputName ?? (session.outputs.count > 1 ? whole : nil)
        let output = try OnnxSession.tensor(named: name, among: session.outputs, of: session.modelPath)
        guard output.elementType == .float32, (2...3).contains(output.shape.count) else {
            throw .tensorUnsuitable(
                model: session.modelPath, tensor: output.name, expected: "float32 of 2 or 3 dimensions",
                found: output.description)
        }
        return output.name
    }

    /// The vectors of texts, a row each; an empty text has one as well.
    ///
    /// - Throws: `.runFailed`; `.unusableVector` with the text's index where its row is not finite or all zeros. The
    ///   first failure in the order of the texts, whatever the thread count.
    package func vectors(of texts: [String], parallelism: Parallelism = .serial) throws(EncoderError) -> Matrix {
        let runs = parallelism.mapChunks(of: texts.count, chunkSize: 1) { index, _ in
            Result { () throws(EncoderError) in try vector(of: texts[index], index: index) }
        }
        var values: [Float] = []
        values.reserveCapacity(texts.count * dimension)
        for run in runs { values.append(contentsOf: try run.get()) }
        return Matrix(rowCount: texts.count, columnCount: dimension, values: values)
    }

    private func vector(of text: String, index: Int) throws(EncoderError) -> [Float] {
        let pooled = try pooledVector(ofTokens: tokenizer.tokenIDs(of: text, limit: tokenLimit))
        return try EncodedVector.finished(
            pooled, isNormalised: configuration.isNormalised, model: session.modelPath, index: index)
    }

    private func pooledVector(ofTokens ids: [Int]) throws(EncoderError) -> [Float] {
        let tensors = inputs.tensors(ids, paddingID: tokenizer.paddingID)
        let output = try session.run(tensors, output: outputName)
        let tokenCount = inputs.fixedTokenCount ?? ids.count
        let shape = output.shape
        guard shape.first == inputs.batchSize, !shape.contains(0),
            shape.count == 2 || shape.count == 3 && shape[1] == tokenCount
        else {
            throw .tensorUnsuitable(
                model: session.modelPath, tensor: outputName, expected: "\(inputs.batchSize) x \(tokenCount) x d",
                found: shape.map(String.init).joined(separator: " x "))
        }
        let values = output.values.prefix(output.values.count / inputs.batchSize)
        guard shape.count == 3 else { return Array(values) }
        let pooling = configuration.pooling ?? (configuration.tokenizer == .clip ? .endOfText : .mean)
        return pooling.pooled(
            values, placeCount: tokenCount, dimension: shape[2], counted: (0..<tokenCount).map { $0 < ids.count },
            endOfText: ids.count - 1)
    }
}

extension NeuralTextEncoder {
    /// What the encoder makes of known texts.
    package func probe() throws(EncoderError) -> EncoderProbe {
        let rows = try vectors(of: ["A red cotton dress with a pleated skirt.", "青いワンピース 38 / été"])
        return EncoderProbe(vectors: (0..<rows.rowCount).map { Array(rows.row($0)) })
    }

    /// Checks that the encoder still makes what was recorded of it.
    ///
    /// - Throws: `.probeDisagrees`.
    package func check(_ recorded: EncoderProbe) throws(EncoderError) {
        try recorded.check(probe(), model: configuration.modelPath)
    }
}
