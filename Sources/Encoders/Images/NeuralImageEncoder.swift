package import LinearAlgebra
package import Media

/// Turns pictures into vectors through a network from an ONNX file.
///
/// A picture's vector depends on the picture alone: each run is one picture unless the model (or the job) fixes another
/// batch, arithmetic is on one thread a run, and grouping and thread count change nothing. With a fixed batch, a run's
/// missing pictures are stood in for by its last one.
package struct NeuralImageEncoder: Sendable {
    /// Goes up whenever the same picture and model would get another vector; part of every key that vectors are cached
    /// under, beside the model's digest and the configuration.
    ///
    /// 1: the first.
    package static let version = 1

    package let configuration: ImageEncoderConfiguration
    /// Values of a vector.
    package private(set) var dimension: Int
    package let batchSize: Int
    package let inputWidth: Int
    package let inputHeight: Int
    private let session: OnnxSession
    private let inputName: String
    private let outputName: String
    private let preparation: PicturePreparation

    /// Loads the model and runs it once.
    ///
    /// - Parameter files: the model's bytes; nil reads them.
    /// - Throws: `.modelUnreadable`, `.modelInParts`; `.tensorNotFound`, `.tensorUnsuitable`, `.settingDisagrees` and
    ///   `.settingMissing` where the model and the configuration do not fit each other; `.runFailed`.
    package init(
        _ configuration: ImageEncoderConfiguration, runtime: OnnxRuntime, files: EncoderFiles? = nil
    ) throws(EncoderError) {
        let session = try OnnxSession(modelPath: configuration.modelPath, runtime: runtime, files: files)
        let input = try ImageInput(configuration, session: session)
        let output = try Self.output(configuration, session: session)
        self.configuration = configuration
        self.session = session
        inputName = input.name
        outputName = output.name
        batchSize = input.batchSize
        inputWidth = input.width
        inputHeight = input.height
        preparation = PicturePreparation(
            configuration, width: input.width, height: input.height, layout: input.layout)
        // What the model states may be open; what it does is not.
        let grey = PixelBuffer(width: 1, height: 1, bytes: [128, 128, 128])
        dimension = 0
        dimension = try pooledVectors(of: [grey]).first?.count ?? 0
    }

    /// The output that the job names; otherwise the only one, or the first that holds one vector a picture.
    private static func output(
        _ configuration: ImageEncoderConfiguration, session: OnnxSession
    ) throws(EncoderError) -> TensorDescription {
        let vectors = session.outputs.first { $0.shape.count == 2 && $0.elementType == .float32 }
        let name = configuration.outputName ?? (session.outputs.count > 1 ? vectors?.name : nil)
        let output = try OnnxSession.tensor(named: name, among: session.outputs, of: session.modelPath)
        guard output.elementType == .float32, (2...4).contains(output.shape.count) else {
            throw .tensorUnsuitable(
                model: session.modelPath, tensor: output.name, expected: "float32 of 2 to 4 dimensions",
                found: output.description)
        }
        return output
    }

    /// Decodes a picture at the size that this encoder makes most of.
    ///
    /// - Throws: what is wrong with the picture; `.tooNarrow` where filling the input would make it endless.
    package func decode(_ bytes: [UInt8], decoder: ImageDecoder = ImageDecoder()) throws(ImageError) -> PixelBuffer {
        let size = try decoder.size(of: bytes)
        let place = preparation.place(width: size.width, height: size.height)
        guard place.canBeScaled else { throw .tooNarrow(width: size.width, height: size.height) }
        return try decoder.decode(bytes, fitting: place.decodingSide(width: size.width, height: size.height))
    }

    /// The vectors of pictures that `decode` gave, a row each.
    ///
    /// - Throws: `.runFailed`; `.unusableVector` with the picture's index where its row is not finite or all zeros. The
    ///   first failure in the order of the pictures, whatever the thread count.
    package func vectors(
        of pictures: [PixelBuffer], parallelism: Parallelism = .serial
    ) throws(EncoderError) -> Matrix {
        let runs = parallelism.mapChunks(of: pictures.count, chunkSize: batchSize) { _, range in
            Result { () throws(EncoderError) in try finishedVectors(of: pictures[range]) }
        }
        var values: [Float] = []
        values.reserveCapacity(pictures.count * dimension)
        for run in runs { values.append(contentsOf: try run.get()) }
        return Matrix(rowCount: pictures.count, columnCount: dimension, values: values)
    }

    private func finishedVectors(of pictures: ArraySlice<PixelBuffer>) throws(EncoderError) -> [Float] {
        var values: [Float] = []
        for (index, vector) in zip(pictures.indices, try pooledVectors(of: pictures)) {
            values += try EncodedVector.finished(
                vector, isNormalised: configuration.isNormalised, model: session.modelPath, index: index)
        }
        return values
    }

    /// One run: at most `batchSize` pictures.
    private func pooledVectors(of pictures: ArraySlice<PixelBuffer>) throws(EncoderError) -> [[Float]] {
        let count = preparation.elementCount
        let elements = [Float](unsafeUninitializedCapacity: batchSize * count) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            for (slot, picture) in pictures.enumerated() {
                preparation.write(picture, to: base + slot * count)
            }
            for slot in pictures.count..<batchSize {
                (base + slot * count).initialize(from: base + (pictures.count - 1) * count, count: count)
            }
            filled = batchSize * count
        }
        let shape =
            switch preparation.layout {
            case .nchw: [batchSize, 3, inputHeight, inputWidth]
            case .nhwc: [batchSize, inputHeight, inputWidth, 3]
            }
        let input = InputTensor(name: inputName, shape: shape, elements: .float32(elements))
        return try pooled(session.run([input], output: outputName), pictureCount: pictures.count)
    }

    private func pooled(_ output: OutputTensor, pictureCount: Int) throws(EncoderError) -> [[Float]] {
        guard (2...4).contains(output.shape.count), output.shape[0] == batchSize, !output.shape.contains(0) else {
            throw .tensorUnsuitable(
                model: session.modelPath, tensor: outputName, expected: "\(batchSize) x ...",
                found: output.shape.map(String.init).joined(separator: " x "))
        }
        let count = output.values.count / batchSize
        let isPlanar = output.shape.count == 4 && preparation.layout == .nchw
        let vectorLength = output.shape.count == 4 && isPlanar ? output.shape[1] : output.shape[output.shape.count - 1]
        let pooling = configuration.pooling ?? (output.shape.count == 2 ? .none : .mean)
        return (0..<pictureCount).map { slot in
            pooling.pooled(
                output.values[slot * count..<(slot + 1) * count], placeCount: count / vectorLength,
                dimension: vectorLength, isPlanar: isPlanar)
        }
    }
}
