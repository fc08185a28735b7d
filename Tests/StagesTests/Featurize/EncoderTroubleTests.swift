import Compatibility
import Encoders
import Foundation
import GRDB
import LinearAlgebra
import Media
import OnnxModelFixtures
import Pipeline
import Stages
import Testing

/// What goes wrong with models and pictures, through whole `featurize` stages.
@Suite(.serialized, .enabled(if: EncoderLibrary.runtime != nil, EncoderLibrary.withoutRuntime))
struct EncoderTroubleTests {
    private let job: SampleJob
    private let library: String

    init() throws {
        job = try SampleJob()
        library = try #require(EncoderLibrary.runtime).path
        try EncoderBlockTests.writeModels(in: job.folder)
    }

    private func run(_ overrides: [String]) throws -> (summary: RunSummary, failures: [any Error]) {
        let result = try job.executor(["featurize.onnxruntime=\(library)"] + overrides, until: ["featurize"]).run()
        return (result.summary, result.failures.map(\.cause))
    }

    // MARK: Models

    /// The mean of each channel, times a factor.
    private func writeModel(factor: Float, externalFile: String? = nil) throws {
        var model = OnnxModelBytes(
            inputs: [OnnxModelBytes.Tensor(name: "pixels", shape: [nil, 3, 4, 4])],
            outputs: [OnnxModelBytes.Tensor(name: "features", shape: [nil, 3])],
            nodes: [
                OnnxModelBytes.Node(kind: "GlobalAveragePool", inputs: ["pixels"], outputs: ["pooled"]),
                OnnxModelBytes.Node(
                    kind: "Flatten", inputs: ["pooled"], outputs: ["flat"], attributes: [("axis", 1)]),
                OnnxModelBytes.Node(kind: "Mul", inputs: ["flat", "factor"], outputs: ["features"]),
            ], constants: [("factor", [1], [factor])])
        model.externalFile = externalFile
        _ = try model.write(in: job.folder, name: "pictures.onnx")
    }

    /// Enters a file's digest into the ledger as if it had been read just now and had been `digest`.
    private func remember(_ digest: String, of file: URL) throws {
        var status = stat()
        try #require(lstat(file.path, &status) == 0)
        func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
        try DatabaseQueue(path: job.workspace.ledgerFile.path).write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO file_digests(device, inode, bytes, modified, changed, sha256, path)
                    VALUES(?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Int64(status.st_dev), Int64(status.st_ino), Int64(status.st_size), nanoseconds(status.st_mtim),
                    nanoseconds(status.st_ctim), digest, file.path,
                ])
        }
    }

    @Test func aModelSwappedUnseenIsCaughtByItsProbe() throws {
        try writeModel(factor: 1)
        let model = job.folder.appendingPathComponent("pictures.onnx")
        let digest = ContentDigest.sha256(of: try Data(contentsOf: model))
        let first = try run([EncoderBlockTests.images])
        #expect(first.summary.status == .succeeded)
        // Other weights under the same name, and a ledger that takes the file for the old one.
        try writeModel(factor: 2)
        try remember(digest, of: model)
        let archives = ["catalogue.tar.gz", "polyvore.zip", "maryland.tar.xz", "arrivals.tar.zst"]
            .map { job.archive($0).path }.joined(separator: ", ")
        let arrivals = ["ingest.archives=[\(archives)]", EncoderBlockTests.images]
        let second = try run(arrivals)
        #expect(second.summary.status == .failed)
        guard case .probeDisagrees(let name, let difference)? = second.failures.first as? EncoderError else {
            Issue.record("\(second.failures)")
            return
        }
        #expect(name == "pictures.onnx")
        #expect(abs(difference - 1) < 1e-3)
        #expect("\(try #require(second.failures.first))".contains("swapped or damaged"))
        // With the old weights back the arrivals are encoded.
        try writeModel(factor: 1)
        #expect(try run(arrivals).summary.status == .succeeded)
    }

    /// With nothing recorded to hold a probe against, the bytes that are run are held against those of the key.
    @Test func aModelSwappedUnseenIsCaughtByItsDigest() throws {
        #expect(try job.run(until: ["ingest"]).status == .succeeded)
        try writeModel(factor: 1)
        let model = job.folder.appendingPathComponent("pictures.onnx")
        let digest = ContentDigest.sha256(of: try Data(contentsOf: model))
        try writeModel(factor: 2)
        try remember(digest, of: model)
        let outcome = try run([EncoderBlockTests.images])
        #expect(outcome.summary.status == .failed && outcome.summary["featurize"]?.shardCount == 0)
        #expect(
            outcome.failures.first as? FeaturizeError
                == .modelFileChanged(encoder: "image-tiny", path: "pictures.onnx"), "\(outcome.failures)")
    }

    /// What was read under another digest stays so until the next run looks at its inputs: pauses would be spent in vain.
    @Test func aModelThatChangedFailsAtOnceWhateverTheRetries() throws {
        try writeModel(factor: 1)
        let model = job.folder.appendingPathComponent("pictures.onnx")
        let digest = ContentDigest.sha256(of: try Data(contentsOf: model))
        let retries = "featurize.retry={count: 3, backoff_seconds: 0}"
        #expect(try job.run(until: ["ingest"]).status == .succeeded)
        try writeModel(factor: 2)
        try remember(digest, of: model)
        let changed = try run([EncoderBlockTests.images, retries])
        #expect(changed.failures.first is FeaturizeError, "\(changed.failures)")
        #expect(changed.summary["featurize"]?.attemptCount == 1)

        // Where shards are finished, their probe notices first.
        try writeModel(factor: 1)
        #expect(try run([EncoderBlockTests.images]).summary.status == .succeeded)
        try writeModel(factor: 2)
        try remember(digest, of: model)
        let archives = ["catalogue.tar.gz", "polyvore.zip", "maryland.tar.xz", "arrivals.tar.zst"]
            .map { job.archive($0).path }.joined(separator: ", ")
        let swapped = try run(["ingest.archives=[\(archives)]", EncoderBlockTests.images, retries])
        #expect(swapped.failures.first is EncoderError, "\(swapped.failures)")
        #expect(swapped.summary["featurize"]?.attemptCount == 1)
    }

    /// Also where shards of a whole one are finished: another file is another key.
    @Test func aModelWithWeightsInAnotherFileIsRefused() throws {
        try writeModel(factor: 1)
        #expect(try run([EncoderBlockTests.images]).summary.status == .succeeded)
        try writeModel(factor: 1, externalFile: "pictures.onnx.data")
        let one: Float = 1
        try Data(withUnsafeBytes(of: one) { Array($0) }).write(
            to: job.folder.appendingPathComponent("pictures.onnx.data"))
        let outcome = try run([EncoderBlockTests.images])
        #expect(outcome.summary.status == .failed && outcome.summary["featurize"]?.shardCount == 0)
        // From any folder, the command finds the model.
        let path = job.folder.appendingPathComponent("pictures.onnx").path
        let error = try #require(outcome.failures.first as? EncoderError)
        #expect(error == .modelInParts(path: path, tensor: "factor", file: "pictures.onnx.data"))
        #expect(error.description.contains("onnx.save(onnx.load('\(path)'), 'whole.onnx')"))
    }

    @Test func aWrongInputSizeEndsTheStageBeforeAnyShard() throws {
        let outcome = try run([
            "featurize.encoders.images=[{name: tiny, model: pictures.onnx, width: 224, height: 224}]"
        ])
        #expect(outcome.summary.status == .failed)
        #expect(outcome.summary["featurize"]?.shardCount == 0)
        guard case .settingDisagrees(_, "height", "224", "4")? = outcome.failures.first as? EncoderError else {
            Issue.record("\(outcome.failures)")
            return
        }
    }

    @Test func aVocabularyThatDoesNotFitEndsTheStageBeforeAnyShard() throws {
        let vocabulary = job.folder.appendingPathComponent("vocab.txt")
        var words = try String(contentsOf: vocabulary, encoding: .utf8)
        for number in 0..<40 { words += "further\(number)\n" }
        try Data(words.utf8).write(to: vocabulary)
        let outcome = try run([EncoderBlockTests.texts])
        #expect(outcome.summary.status == .failed)
        #expect(outcome.summary["featurize"]?.shardCount == 0)
        guard case .vocabularyUnfit(let path, _)? = outcome.failures.first as? EncoderError else {
            Issue.record("\(outcome.failures)")
            return
        }
        #expect(path == vocabulary.path)
    }

    // MARK: Pictures

    /// An 8 x 8 JPEG of four inks, an 8 x 8 PNG of 16 bits a sample, and two frames of 8 x 8 in an animated WebP.
    private static let inks =
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
        + "/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAoI/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwB/CHxj"
        + "yQH/2Q=="
    private static let deep =
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIEAIAAAAb/fWfAAAAF0lEQVR42mNoaFBQ+P+feJJhVAMtNAAAacrPgWrw000AAAAASUVORK5CYII="
    private static let film =
        "UklGRogAAABXRUJQVlA4WAoAAAACAAAABwAABwAAQU5JTQYAAAAAAAAAAABBTk1GKgAAAAAAAAAAAAcAAAcAADIAAAJWUDhMEQAAAC8HwAEAB1CFIleh"
        + "/4GI6H8AAEFOTUYqAAAAAAAAAAAABwAABwAAMgAAAFZQOEwRAAAALwfAAQAHUOQqVKH/gYjofwAA"

    /// Left half red, right half blue; with EXIF that says: turn it clockwise.
    private static func turned() throws -> [UInt8] {
        let row: [UInt8] = (0..<32).flatMap { x in x < 16 ? [220, 20, 20] as [UInt8] : [20, 20, 220] }
        let jpeg = try ImageEncoder.jpeg(
            PixelBuffer(width: 32, height: 32, bytes: (0..<32).flatMap { _ in row }), quality: 95)
        let exif: [UInt8] =
            Array("Exif\0\0MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
        return jpeg[0..<2] + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + jpeg[2...]
    }

    private func archive(adding more: [(id: String, name: String, bytes: [UInt8])] = []) throws -> URL {
        let pictures: [(id: String, name: String, bytes: [UInt8])] =
            more + [
                ("a-point", "a.png", try ImageEncoder.png(PixelBuffer(width: 1, height: 1, bytes: [90, 100, 110]))),
                ("b-inks", "b.jpg", [UInt8](try #require(Data(base64Encoded: Self.inks)))),
                ("c-deep", "c.png", [UInt8](try #require(Data(base64Encoded: Self.deep)))),
                ("d-turned", "d.jpg", try Self.turned()),
                ("e-film", "e.webp", [UInt8](try #require(Data(base64Encoded: Self.film)))),
            ]
        var members = pictures.map { ($0.name, $0.bytes) }
        var (products, outfits) = ("item_id,category,family,title,image,price,available\n", "outfit_id,item_id\n")
        for (number, picture) in pictures.enumerated() {
            products += "\(picture.id),\(number % 2 == 0 ? "tops" : "shoes"),all,Thing,\(picture.name),5,1\n"
            outfits += "one,\(picture.id)\n"
        }
        members += [("products.csv", Array(products.utf8)), ("outfits.csv", Array(outfits.utf8))]
        let file = job.folder.appendingPathComponent("odd.tar")
        let writer = try ArchiveWriter(path: file.path, format: .tar)
        for (name, bytes) in members { try writer.add(path: name, bytes: bytes) }
        try writer.finish()
        return file
    }

    @Test func everyOddPictureHasItsOutcome() throws {
        _ = try OnnxModelBytes.identity(shape: [nil, 3, 4, 4]).write(in: job.folder, name: "whole.onnx")
        let place = "scale: 1, mean: [0, 0, 0], deviation: [1, 1, 1], resize: fit"
        let outcome = try run([
            "ingest.archives=[\(archive().path)]", "ingest.quarantine_fraction_limit=1",
            "featurize.quarantine_fraction_limit=1",
            "featurize.encoders.images=[{name: mean, model: pictures.onnx, \(place)}, {name: whole, model: whole.onnx, \(place), pooling: none}]",
        ])
        try #require(outcome.summary.status == .succeeded, "\(outcome.failures)")
        let folder = try #require(job.artifact("features", of: outcome.summary))
        let set = try FeatureFiles(ArtifactFiles(folder)).read()
        let mean = try #require(set.blocks.first { $0.name == "image-mean" })
        #expect(mean.isPresent == [true, true, true, true, false])
        guard case .dense(let rows) = mean.values else {
            Issue.record("an encoder's block is dense")
            return
        }
        #expect(Array(rows.row(0)) == [90, 100, 110])
        // Ink as Adobe stores it, 255 for none: 255, 100, 50, and black 200.
        #expect(Array(rows.row(1)) == [200, 78, 39])
        #expect(Array(rows.row(2)) == [128, 32, 255])
        let whole = try #require(set.blocks.first { $0.name == "image-whole" })
        guard case .dense(let places) = whole.values else {
            Issue.record("an encoder's block is dense")
            return
        }
        // Turned clockwise, what was left is above: red rows over blue ones.
        for place in 0..<16 where !(4..<12).contains(place) {
            let (red, blue) = (places[3, place], places[3, 32 + place])
            #expect(place < 8 ? red > 180 && blue < 60 : red < 60 && blue > 180, "place \(place): \(red), \(blue)")
        }
        // The film is no picture: its item has none, and a line says why.
        let lines = try String(contentsOf: folder.appendingPathComponent("quarantine.jsonl"), encoding: .utf8)
            .split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines.first?.contains("e-film") == true && lines.first?.contains("animated WebP") == true, "\(lines)")
    }

    /// One column of pixels, whose height would leave all bounds where it fills a model's whole input.
    @Test func aPictureTooNarrowForAnEncoderIsQuarantined() throws {
        _ = try OnnxModelBytes.channelMeans(side: 512).write(in: job.folder, name: "large.onnx")
        let height = 500_000
        let thread = try ImageEncoder.png(
            PixelBuffer(width: 1, height: height, bytes: [UInt8](repeating: 90, count: 3 * height)))
        let outcome = try run([
            "ingest.archives=[\(archive(adding: [("a-thread", "t.png", thread)]).path)]",
            "ingest.quarantine_fraction_limit=1", "featurize.quarantine_fraction_limit=1",
            "featurize.encoders.images=[{name: large, model: large.onnx, resize: fill, kept_fraction: 0.1}]",
        ])
        try #require(outcome.summary.status == .succeeded, "\(outcome.failures)")
        let folder = try #require(job.artifact("features", of: outcome.summary))
        let blocks = try FeatureFiles(ArtifactFiles(folder)).read().blocks
        // a-point, a-thread, and the others; the film is no picture.
        #expect(blocks.first { $0.name == "image-large" }?.isPresent == [true, false, true, true, true, false])
        #expect(blocks.first { $0.name == "palette" }?.isPresent == [true, true, true, true, true, false])
        let lines = try String(contentsOf: folder.appendingPathComponent("quarantine.jsonl"), encoding: .utf8)
            .split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            lines.contains {
                $0.contains("a-thread") && $0.contains("image-large: 1 x 500000 pixels, too narrow to be scaled")
            }, "\(lines)")
    }
}
