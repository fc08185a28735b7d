import Encoders
import Foundation
import LinearAlgebra
import OnnxModelFixtures
import Testing

@Suite(.enabled(if: Installed.isRuntimeHere, Installed.withoutRuntime))
struct TextEncoderTests {
    private let folder: TemporaryFolder
    private let runtime: OnnxRuntime
    private static let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "blue", "dress", "shoe", "##s"]

    init() throws {
        folder = try TemporaryFolder()
        runtime = try #require(Installed.runtime)
    }

    /// A model that looks up (number, number squared, 1) for each token.
    private func configuration(
        rowCount: Int = vocabulary.count, tokenCount: Int? = nil, batch: Int? = nil
    ) throws -> TextEncoderConfiguration {
        let table = (0..<rowCount).flatMap { row -> [Float] in [Float(row), Float(row * row), 1] }
        let model = OnnxModelBytes(
            inputs: [
                OnnxModelBytes.Tensor(name: "input_ids", type: 7, shape: [batch, tokenCount]),
                OnnxModelBytes.Tensor(name: "attention_mask", type: 7, shape: [batch, tokenCount]),
            ],
            outputs: [OnnxModelBytes.Tensor(name: "last_hidden_state", shape: [batch, tokenCount, 3])],
            nodes: [
                OnnxModelBytes.Node(
                    kind: "Gather", inputs: ["table", "input_ids"], outputs: ["last_hidden_state"],
                    attributes: [("axis", 0)])
            ],
            constants: [("table", [rowCount, 3], table)])
        let words = folder.url.appendingPathComponent("vocab.txt")
        try Data((Self.vocabulary.joined(separator: "\n") + "\n").utf8).write(to: words)
        return TextEncoderConfiguration(
            modelPath: try model.write(in: folder.url), vocabularyPath: words.path, isNormalised: false)
    }

    @Test func tokensArePooled() throws {
        var configuration = try configuration()
        // [CLS] red dress ##s [SEP]
        let numbers: [Float] = [2, 4, 6, 8, 3]
        let means = try NeuralTextEncoder(configuration, runtime: runtime)
        #expect(means.dimension == 3)
        let mean = numbers.reduce(0, +) / 5
        let square = numbers.map { $0 * $0 }.reduce(0, +) / 5
        #expect(try means.vectors(of: ["Red dresss"]).values == [mean, square, 1])
        configuration.pooling = .first
        #expect(try NeuralTextEncoder(configuration, runtime: runtime).vectors(of: ["red"]).values == [2, 4, 1])
        configuration.pooling = .endOfText
        #expect(try NeuralTextEncoder(configuration, runtime: runtime).vectors(of: ["red"]).values == [3, 9, 1])
    }

    @Test func paddingDoesNotCount() throws {
        let texts = ["red dress", "", "blue shoes and more", "shoe"]
        let open = try NeuralTextEncoder(configuration(), runtime: runtime).vectors(of: texts)
        let fixed = try NeuralTextEncoder(configuration(tokenCount: 12, batch: 3), runtime: runtime)
        #expect(fixed.tokenLimit == 12)
        #expect(try fixed.vectors(of: texts) == open)
        #expect(try fixed.vectors(of: texts, parallelism: Parallelism(width: 3)) == open)
    }

    @Test func textsAreCutAtTheLimit() throws {
        var configuration = try configuration()
        configuration.tokenLimit = 4
        let encoder = try NeuralTextEncoder(configuration, runtime: runtime)
        let rows = try encoder.vectors(of: ["red blue", "red blue dress shoe"])
        #expect(rows.row(0) == rows.row(1))
        configuration = try self.configuration(tokenCount: 8)
        configuration.tokenLimit = 9
        #expect(
            throws: EncoderError.settingDisagrees(
                model: configuration.modelPath, setting: "token-limit", stated: "9", found: "8")
        ) { try NeuralTextEncoder(configuration, runtime: runtime) }
    }

    @Test func aVocabularyThatReachesPastTheModelIsRefused() throws {
        let configuration = try configuration(rowCount: Self.vocabulary.count - 1)
        let error = #expect(throws: EncoderError.self) { try NeuralTextEncoder(configuration, runtime: runtime) }
        guard case .vocabularyUnfit(let path, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == configuration.vocabularyPath)
        #expect(!reason.isEmpty)
    }

    @Test func aModelThatTakesNoTokensIsRefused() throws {
        var configuration = try configuration()
        configuration.modelPath = try OnnxModelBytes.channelMeans().write(in: folder.url, name: "pictures.onnx")
        let error = #expect(throws: EncoderError.self) { try NeuralTextEncoder(configuration, runtime: runtime) }
        guard case .tensorUnsuitable(_, "pixels", let expected, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(expected == "int64 or int32 n x tokens")
    }

    @Test func theProbeOfTextsCatchesAnotherVocabulary() throws {
        let configuration = try configuration()
        let encoder = try NeuralTextEncoder(configuration, runtime: runtime)
        let recorded = try encoder.probe()
        try encoder.check(recorded)
        var reversed = Array(Self.vocabulary.dropFirst(4).reversed())
        reversed = Self.vocabulary.prefix(4) + reversed + ["a", "with", "."]
        try Data(reversed.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: configuration.vocabularyPath))
        #expect(throws: EncoderError.self) {
            try NeuralTextEncoder(configuration, runtime: runtime).check(recorded)
        }
    }
}
