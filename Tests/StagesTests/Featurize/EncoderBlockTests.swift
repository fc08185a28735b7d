import Compatibility
import Encoders
import Foundation
import LinearAlgebra
import OnnxModelFixtures
import Pipeline
import Stages
import Testing

enum EncoderLibrary {
    static let runtime: OnnxRuntime? = try? OnnxRuntime.find(folders: [
        FileManager.default.currentDirectoryPath, (#filePath as NSString).deletingLastPathComponent + "/../../..",
    ])
    static let withoutRuntime: Comment =
        "no ONNX Runtime: set ATELIER_ONNXRUNTIME, or python3 -m venv .onnxruntime && .onnxruntime/bin/pip install onnxruntime"
}

/// Whole `featurize` stages with tiny networks: the mean of each channel, and a table of three values a token.
@Suite(.serialized, .enabled(if: EncoderLibrary.runtime != nil, EncoderLibrary.withoutRuntime))
struct EncoderBlockTests {
    private let job: SampleJob
    private let library: String

    init() throws {
        job = try SampleJob()
        library = try #require(EncoderLibrary.runtime).path
        try Self.writeModels(in: job.folder)
    }

    static func writeModels(in folder: URL) throws {
        _ = try OnnxModelBytes.channelMeans().write(in: folder, name: "pictures.onnx")
        let words =
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + "abcdefghijklmnopqrstuvwxyz".flatMap { ["\($0)", "##\($0)"] }
        try writeTexts(in: folder, rowCount: words.count, scale: 1)
        try Data((words.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("vocab.txt"))
    }

    private static func writeTexts(in folder: URL, rowCount: Int, scale: Float) throws {
        let table = (0..<rowCount).flatMap { row -> [Float] in [scale * Float(row), Float(row * row % 17), 1] }
        _ = try OnnxModelBytes(
            inputs: [OnnxModelBytes.Tensor(name: "input_ids", type: 7, shape: [nil, nil])],
            outputs: [OnnxModelBytes.Tensor(name: "last_hidden_state", shape: [nil, nil, 3])],
            nodes: [
                OnnxModelBytes.Node(
                    kind: "Gather", inputs: ["table", "input_ids"], outputs: ["last_hidden_state"],
                    attributes: [("axis", 0)])
            ],
            constants: [("table", [rowCount, 3], table)]
        ).write(in: folder, name: "texts.onnx")
    }

    static let images =
        "featurize.encoders.images=[{name: tiny, model: pictures.onnx, scale: 1, mean: [0, 0, 0], deviation: [1, 1, 1]}]"
    static let texts = "featurize.encoders.texts=[{name: table, model: texts.onnx, vocabulary: vocab.txt}]"

    private func run(
        _ overrides: [String] = [images, texts], jobs: Int = 2, forced: Set<StageName> = []
    ) throws -> RunSummary {
        try job.run(["featurize.onnxruntime=\(library)"] + overrides, jobs: jobs, forced: forced, until: ["featurize"])
    }

    private func features(_ summary: RunSummary) throws -> FeatureSet {
        try FeatureFiles(ArtifactFiles(#require(job.artifact("features", of: summary)))).read()
    }

    /// A dense block's row for each item, nil where it has none.
    private func vectors(_ name: String, in set: FeatureSet) throws -> [[Float]?] {
        let block = try #require(set.blocks.first { $0.name == name })
        guard case .dense(let rows) = block.values else {
            Issue.record("\(name) is sparse")
            return []
        }
        return (0..<rows.rowCount).map { block.isPresent[$0] ? Array(rows.row($0)) : nil }
    }

    @Test func encodersBecomeBlocksOfTheirOwn() throws {
        let summary = try run()
        #expect(summary.status == .succeeded)
        let set = try features(summary)
        for (name, dimension) in [("image-tiny", 3), ("text-table", 3)] {
            let block = try #require(set.blocks.first { $0.name == name })
            #expect(block.dimension == dimension)
            #expect(block.isPresent.count { $0 } > set.itemCount / 2)
            guard case .dense(let rows) = block.values else {
                Issue.record("\(name) is sparse")
                continue
            }
            for row in 0..<rows.rowCount {
                let square = rows.row(row).reduce(0) { $0 + $1 * $1 }
                #expect(square.isFinite && (square > 0) == block.isPresent[row], "\(name), row \(row)")
            }
        }
        // The blocks that were there before are the same bytes with and without encoders.
        let with = try #require(job.artifact("features", of: summary))
        let without = try #require(try job.artifact("features", of: run([])))
        for name in try FileManager.default.contentsOfDirectory(atPath: without.path)
        where name.hasSuffix(".npy") || name.hasSuffix("lines") {
            let bytes = try Data(contentsOf: without.appendingPathComponent(name))
            #expect(try Data(contentsOf: with.appendingPathComponent(name)) == bytes, "\(name)")
        }
        // Descriptions came from memory in the first run; now they come from finished shards, or are made anew.
        let again = try run(forced: ["featurize"])
        #expect(again["featurize"]?.outputs == summary["featurize"]?.outputs)
        let other = try SampleJob()
        try Self.writeModels(in: other.folder)
        let serial = try other.run(
            ["featurize.onnxruntime=\(library)", "featurize.shard_size=31", Self.images, Self.texts], jobs: 1,
            until: ["featurize"])
        #expect(serial["featurize"]?.outputs == summary["featurize"]?.outputs)
    }

    @Test func wideBlocksBecomeTheirPrincipalComponentsWithoutEncodingAgain() throws {
        let first = try run()
        let second = try run([Self.images, Self.texts, "featurize.components=2"])
        #expect(second["featurize"]?.reusedShardCount == second["featurize"]?.shardCount)
        let (before, after) = (try features(first), try features(second))
        for name in ["image-tiny", "text-table"] {
            let wide = try #require(before.blocks.first { $0.name == name })
            let narrow = try #require(after.blocks.first { $0.name == name })
            #expect(wide.dimension == 3 && !wide.hasCommonScale)
            #expect(narrow.dimension == 2 && narrow.hasCommonScale && narrow.isPresent == wide.isPresent)
            guard case .dense(let rows) = narrow.values else {
                Issue.record("\(name) is sparse")
                continue
            }
            let columns = (0..<2).map { column in (0..<rows.rowCount).map { rows[$0, column] } }
            let squares = columns.map { $0.reduce(0) { $0 + $1 * $1 } }
            #expect(squares[0] >= squares[1])
            for row in 0..<rows.rowCount where !narrow.isPresent[row] {
                #expect(rows.row(row).allSatisfy { $0 == 0 }, "\(name), row \(row)")
            }
        }
        // The palette has as many columns as before: only encoders' blocks are reduced.
        #expect(after.blocks.first { $0.name == "palette" }?.dimension == 26)
    }

    @Test func anotherModelComputesItsOwnBlockAlone() throws {
        let first = try #require(try run()["featurize"])
        try Self.writeTexts(in: job.folder, rowCount: 56, scale: 2)
        let second = try #require(try run()["featurize"])
        #expect(second.status == .succeeded && second.outputs != first.outputs)
        let renewed = second.shardCount - second.reusedShardCount
        // Pictures and the image encoder's vectors, which are as many shards, were all found.
        #expect(renewed > 0 && second.reusedShardCount >= 2 * 4)
        let third = try #require(try run([Self.images])["featurize"])
        #expect(third.reusedShardCount == third.shardCount)
    }

    @Test func anotherResizeComputesItsOwnBlockAlone() throws {
        let first = try #require(try run()["featurize"])
        let fitted = Self.images.replacingOccurrences(of: "scale: 1", with: "resize: fit, scale: 1")
        let second = try #require(try run([fitted, Self.texts])["featurize"])
        #expect(second.status == .succeeded && second.outputs != first.outputs)
        // As many shards anew as there are shards of pictures; those of pictures and texts were found.
        #expect(second.shardCount == first.shardCount)
        #expect(second.shardCount - second.reusedShardCount == first.shardCount / 3)
        // And the old resize is still there.
        let third = try #require(try run()["featurize"])
        #expect(third.reusedShardCount == third.shardCount && third.outputs == first.outputs)
    }

    /// A text that holds what a picture shows changes with the side at which pictures are measured.
    @Test func picturesMeasuredOtherwiseGiveOtherTexts() throws {
        let first = try #require(try run()["featurize"])
        let smaller = ["featurize.picture_side=16", Self.images, Self.texts]
        let result = try job.executor(
            ["featurize.onnxruntime=\(library)"] + smaller, until: ["featurize"]
        ).run()
        #expect(result.summary.status == .succeeded, "\(result.failures.map(\.cause))")
        let second = try #require(result.summary["featurize"])
        #expect(second.outputs != first.outputs)
        // As a job that never measured them at another side.
        let other = try SampleJob()
        try Self.writeModels(in: other.folder)
        let alone = try other.run(["featurize.onnxruntime=\(library)"] + smaller, until: ["featurize"])
        #expect(alone["featurize"]?.outputs == second.outputs)
    }

    /// Encoders of one model share what is encoded, and not how texts are made.
    @Test func encodersOfOneModelEncodeTextsOfTheirOwn() throws {
        func encoder(_ name: String, _ template: String) -> String {
            "{name: \(name), model: texts.onnx, vocabulary: vocab.txt, template: '\(template)'}"
        }
        let titles = encoder("titles", "{title}")
        let kinds = encoder("kinds", "{category}: {description}")
        let both = ["featurize.encoders.texts=[\(titles), \(kinds)]"]
        let result = try job.executor(["featurize.onnxruntime=\(library)"] + both, until: ["featurize"]).run()
        #expect(result.summary.status == .succeeded, "\(result.failures.map(\.cause))")
        let together = try features(result.summary)
        for (name, encoder) in [("text-titles", titles), ("text-kinds", kinds)] {
            let other = try SampleJob()
            try Self.writeModels(in: other.folder)
            let alone = try other.run(
                ["featurize.onnxruntime=\(library)", "featurize.encoders.texts=[\(encoder)]"], until: ["featurize"])
            let folder = try #require(other.artifact("features", of: alone))
            let expected = try vectors(name, in: try FeatureFiles(ArtifactFiles(folder)).read())
            #expect(try vectors(name, in: together) == expected, "\(name)")
        }
        #expect(try vectors("text-titles", in: together) != vectors("text-kinds", in: together))
        // One of them alone finds its vectors among those of both.
        let one = try #require(try run(["featurize.encoders.texts=[\(kinds)]"])["featurize"])
        #expect(one.status == .succeeded && one.reusedShardCount == one.shardCount)
    }

    @Test func onlyArrivalsAreEncoded() throws {
        let first = try #require(try run()["featurize"])
        let archives = ["catalogue.tar.gz", "polyvore.zip", "maryland.tar.xz", "arrivals.tar.zst"]
            .map { job.archive($0).path }.joined(separator: ", ")
        let arrivals = ["ingest.archives=[\(archives)]", Self.images, Self.texts]
        let second = try #require(try run(arrivals)["featurize"])
        #expect(second.status == .succeeded)
        #expect(second.reusedShardCount == first.shardCount)
        #expect(second.shardCount - second.reusedShardCount == 3)
    }

    @Test func aModelThatIsNoneEndsTheStageBeforeAnyShard() throws {
        try Data("not a model".utf8).write(to: job.folder.appendingPathComponent("pictures.onnx"))
        let result = try job.executor(
            ["featurize.onnxruntime=\(library)", Self.images], until: ["featurize"]
        ).run()
        #expect(result.summary.status == .failed)
        let failure = try #require(result.failures.first)
        guard case .modelUnreadable? = failure.cause as? EncoderError else {
            Issue.record("\(failure.cause)")
            return
        }
        #expect(result.summary["featurize"]?.shardCount == 0)
    }
}

struct MissingEncoderTests {
    @Test func aMissingLibraryIsSaidWithItsCommands() throws {
        let job = try SampleJob()
        try EncoderBlockTests.writeModels(in: job.folder)
        let result = try job.executor(
            ["featurize.onnxruntime=nowhere", EncoderBlockTests.images], until: ["featurize"]
        ).run()
        #expect(result.summary.status == .failed)
        let cause = try #require(result.failures.first?.cause)
        #expect("\(cause)".contains("python3 -m venv .onnxruntime && .onnxruntime/bin/pip install onnxruntime"))
    }

    @Test func aMissingModelIsSaidWithTheCommandsThatBringOne() throws {
        let job = try SampleJob()
        let error = #expect(throws: FeaturizeError.self) { try job.run([EncoderBlockTests.images]) }
        #expect(error == .modelFileMissing(encoder: "image-tiny", path: "pictures.onnx"))
        #expect(error?.description.contains("./jobs/encoders/efficientnet-lite0.sh") == true)
    }

    @Test(arguments: [
        ("featurize.encoders.images=[{model: a.onnx}]", "name"),
        ("featurize.encoders.images=[{name: A/b, model: a.onnx}]", "name"),
        ("featurize.encoders.images=[{name: a, model: a.onnx, mean: [1]}]", "mean"),
        ("featurize.encoders.images=[{name: a, model: b}, {name: a, model: c}]", "name"),
        ("featurize.encoders.images=[{name: a, model: b, resize: squash}]", "resize"),
        ("featurize.encoders.texts=[{name: a, model: b}]", "vocabulary"),
        ("featurize.encoders.texts=[{name: a, model: b, vocabulary: c, template: '{colour}'}]", "template"),
        ("featurize.encoders.texts=[{name: a, model: b, vocabulary: c, tokenizer: clip}]", "merges"),
    ])
    func anImpossibleEncoderIsRefused(override: String, key: String) throws {
        let error = #expect(throws: JobFileErrors.self) { try SampleJob().run([override]) }
        #expect(error.map { "\($0)".contains(key) } == true, "\(String(describing: error))")
    }
}
