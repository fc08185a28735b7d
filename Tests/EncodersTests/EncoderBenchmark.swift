import Encoders
import Foundation
import LinearAlgebra
import Media
import Testing

/// The Swift half of Tests/Benchmarks/encoders/run.sh; skipped in an ordinary run of the tests.
struct EncoderBenchmark {
    private static let environment = ProcessInfo.processInfo.environment
    private static let folder = environment["ATELIER_ENCODER_BENCHMARK"]

    private struct Figures: Encodable {
        var pictures = 0
        /// Milliseconds of processor time a picture.
        var decoding = 0.0
        var preparation = 0.0
        var network = 0.0
        var textsPerSecondOnOneThread = 0.0
    }

    /// Seconds of processor time of this process.
    private static func processorTime() -> Double {
        var usage = rusage()
        #if canImport(Glibc)
            getrusage(__rusage_who_t(0), &usage)
        #else
            getrusage(RUSAGE_SELF, &usage)
        #endif
        let parts = [usage.ru_utime, usage.ru_stime]
        return parts.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let elapsed = try clock.measure(body)
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }

    @Test(.enabled(if: folder != nil, "run it by Tests/Benchmarks/encoders/run.sh"))
    func measureEncoders() throws {
        let folder = try #require(Self.folder)
        let runtime = try OnnxRuntime.find()
        let paths = try lines("\(folder)/pictures.txt")
        let pictures = try paths.map { path in Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
        let encoder = try NeuralImageEncoder(
            ImageEncoderConfiguration(
                modelPath: try #require(Self.environment["ATELIER_IMAGE_MODEL"]), scale: 1, mean: [127, 127, 127],
                standardDeviation: [128, 128, 128],
                batchSize: Self.environment["ATELIER_BATCH"].flatMap { Int($0) }), runtime: runtime)
        let decoder = ImageDecoder()

        /// As a stage does it: each worker takes a picture and goes through it to the end.
        func encode(_ part: Range<Int>, width: Int) -> [[Float]] {
            Parallelism(width: width).mapChunks(of: part.count, chunkSize: encoder.batchSize) { _, range in
                let decoded = range.compactMap {
                    try? encoder.decode(pictures[part.lowerBound + $0], decoder: decoder)
                }
                return (try? encoder.vectors(of: decoded).values) ?? []
            }
        }
        var figures = Figures()
        figures.pictures = pictures.count
        let vectors = encode(0..<pictures.count, width: 1)
        #expect(encode(0..<pictures.count, width: 2) == vectors)
        // Slices as the other program orders them, so that both work in turns and what else the machine does falls on
        // both alike: "first end threads", answered by seconds of the clock and of processor time.
        let orders = try #require(FileHandle(forReadingAtPath: "\(folder)/orders"))
        let answers = try #require(FileHandle(forWritingAtPath: "\(folder)/answers"))
        while case let order = String(decoding: orders.availableData, as: UTF8.self), !order.isEmpty {
            let numbers = order.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            try #require(numbers.count == 3)
            let before = Self.processorTime()
            let elapsed = Self.seconds { _ = encode(numbers[0]..<numbers[1], width: numbers[2]) }
            try answers.write(contentsOf: Data("\(elapsed) \(Self.processorTime() - before)\n".utf8))
        }

        let preparation = PicturePreparation(
            encoder.configuration, width: encoder.inputWidth, height: encoder.inputHeight, layout: .nchw)
        let marks =
            try [Self.processorTime()]
            + {
                let decoded = try pictures.map { try encoder.decode($0, decoder: decoder) }
                let afterDecoding = Self.processorTime()
                var sum: Float = 0
                for picture in decoded { sum += preparation.input(of: picture)[0] }
                #expect(sum.isFinite)
                let afterPreparation = Self.processorTime()
                _ = try encoder.vectors(of: decoded)
                return [afterDecoding, afterPreparation, Self.processorTime()]
            }()
        let share = 1000 / Double(pictures.count)
        figures.decoding = (marks[1] - marks[0]) * share
        figures.preparation = (marks[2] - marks[1]) * share
        figures.network = (marks[3] - marks[2]) * share - figures.preparation

        let values = vectors.flatMap { $0 }
        let rows = Matrix(rowCount: pictures.count, columnCount: encoder.dimension, values: values)
        try Data(NPYFile.encode(rows)).write(to: URL(fileURLWithPath: "\(folder)/pictures-atelier.npy"))
        try measureTexts(folder, runtime, &figures)
        let json = JSONEncoder()
        json.outputFormatting = [.sortedKeys, .prettyPrinted]
        try json.encode(figures).write(to: URL(fileURLWithPath: "\(folder)/atelier.json"))
    }

    private func measureTexts(_ folder: String, _ runtime: OnnxRuntime, _ figures: inout Figures) throws {
        guard let model = Self.environment["ATELIER_TEXT_MODEL"] else { return }
        let encoder = try NeuralTextEncoder(
            TextEncoderConfiguration(
                modelPath: "\(model)/model.onnx", vocabularyPath: "\(model)/vocab.txt", tokenLimit: 256),
            runtime: runtime)
        let texts = try lines("\(folder)/texts.txt")
        var rows = Matrix(rowCount: 0, columnCount: 0)
        let elapsed = try Self.seconds { rows = try encoder.vectors(of: texts) }
        figures.textsPerSecondOnOneThread = Double(texts.count) / elapsed
        try Data(NPYFile.encode(rows)).write(to: URL(fileURLWithPath: "\(folder)/texts-atelier.npy"))
        let tokens = texts.map { encoder.tokenizer.tokenIDs(of: $0, limit: 256).map(String.init) }
        try Data(tokens.map { $0.joined(separator: " ") }.joined(separator: "\n").utf8)
            .write(to: URL(fileURLWithPath: "\(folder)/tokens-atelier.txt"))
    }

    private func lines(_ path: String) throws -> [String] {
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        return text.unicodeScalars.split(separator: "\n").map { String($0) }
    }
}
