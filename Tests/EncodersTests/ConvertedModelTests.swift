import Encoders
import LinearAlgebra
import Media
import Testing

/// The models that the scripts in jobs/encoders write, against what other programs make of the same weights.
@Suite(.enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime))
struct ConvertedModelTests {
    @Test(.enabled(if: Installed.model("efficientnet-lite0.onnx") != nil, Installed.withoutModels))
    func efficientNetGivesTheRecordedFeatures() throws {
        let encoder = try NeuralImageEncoder(
            ImageEncoderConfiguration(
                modelPath: try #require(Installed.model("efficientnet-lite0.onnx")), scale: 1, mean: [127, 127, 127],
                standardDeviation: [128, 128, 128]), runtime: try #require(Installed.runtime))
        #expect((encoder.dimension, encoder.inputWidth, encoder.inputHeight) == (1280, 224, 224))
        var bytes: [UInt8] = []
        for y in 0..<224 {
            for x in 0..<224 {
                let isInside = (x - 112) * (x - 112) + (y - 112) * (y - 112) < 70 * 70
                bytes += isInside ? [176, UInt8(32 + x / 4), 48] : [228, 226, UInt8(222 - y / 8)]
            }
        }
        let vector = try encoder.vectors(of: [PixelBuffer(width: 224, height: 224, bytes: bytes)]).values
        // By ONNX Runtime's Python binding: the eight greatest, and the length.
        let recorded: [Int: Float] = [
            707: 3.321497, 448: 2.852726, 2: 2.697275, 468: 2.657216, 996: 2.651119, 872: 2.594091, 1019: 2.527372,
            132: 2.525557,
        ]
        for (index, value) in recorded { #expect(abs(vector[index] - value) < 1e-3) }
        let square = vector.reduce(0) { $0 + Double($1) * Double($1) }
        #expect(abs(square.squareRoot() - 17.024483) < 1e-3)
    }

    @Test(.enabled(if: Installed.model("efficientnet-lite0.onnx") != nil, Installed.withoutModels))
    func efficientNetGivesTheSameBitsInAnyBatchAndOnAnyNumberOfThreads() throws {
        var configuration = ImageEncoderConfiguration(
            modelPath: try #require(Installed.model("efficientnet-lite0.onnx")), scale: 1, mean: [127, 127, 127],
            standardDeviation: [128, 128, 128])
        let runtime = try #require(Installed.runtime)
        var stream = RandomStream(seed: 3)
        let pictures = (0..<7).map { index in
            let (width, height) = (60 + 30 * index, 90 + 7 * index)
            return PixelBuffer(
                width: width, height: height,
                bytes: (0..<width * height * 3).map { _ in UInt8(truncatingIfNeeded: stream.next()) })
        }
        let single = try NeuralImageEncoder(configuration, runtime: runtime)
        let expected = try single.vectors(of: pictures)
        #expect(try single.vectors(of: pictures, parallelism: Parallelism(width: 3)) == expected)
        configuration.batchSize = 4
        let batched = try NeuralImageEncoder(configuration, runtime: runtime)
        #expect(try batched.vectors(of: pictures, parallelism: Parallelism(width: 2)) == expected)
    }

    @Test(.enabled(if: Installed.model("minilm/model.onnx") != nil, Installed.withoutModels))
    func miniLMGivesTheSentenceVectorsOfItsOwnLibrary() throws {
        let encoder = try NeuralTextEncoder(
            TextEncoderConfiguration(
                modelPath: try #require(Installed.model("minilm/model.onnx")),
                vocabularyPath: try #require(Installed.model("minilm/vocab.txt")), tokenLimit: 256),
            runtime: try #require(Installed.runtime))
        let rows = try encoder.vectors(of: ["Ärmelloses Kleid, Größe 38 – weiß", "青いワンピース 👗"])
        #expect(rows.columnCount == 384)
        // By sentence-transformers: the six greatest of each.
        let recorded: [[Int: Float]] = [
            [19: 0.143046, 45: 0.134202, 4: -0.130198, 1: 0.126424, 176: 0.126230, 141: -0.116022],
            [97: -0.154070, 298: -0.151960, 270: -0.147285, 330: 0.133283, 315: 0.132182, 23: 0.128995],
        ]
        for (row, values) in recorded.enumerated() {
            for (index, value) in values { #expect(abs(rows[row, index] - value) < 1e-4) }
        }
    }

    @Test(.enabled(if: Installed.model("minilm/model.onnx") != nil, Installed.withoutModels))
    func aTextModelIsNoImageModel() throws {
        let model = try #require(Installed.model("minilm/model.onnx"))
        #expect(throws: EncoderError.self) {
            try NeuralImageEncoder(
                ImageEncoderConfiguration(modelPath: model), runtime: try #require(Installed.runtime))
        }
    }
}
