internal import Foundation
internal import Logging
internal import Media
internal import Pipeline
internal import Stages
import Testing

/// Makes miniature archives in a temporary folder and runs the stage over them as the engine would.
final class IngestBench {
    let folder: URL
    private var runs = 0

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ingest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// A member of a miniature archive.
    struct Member {
        let path: String
        let bytes: [UInt8]

        init(_ path: String, _ text: String) {
            self.init(path, Array(text.utf8))
        }

        init(_ path: String, _ bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }

        /// Bytes that begin as a JPEG does: ingest looks no further.
        static func picture(_ path: String, _ content: String = "") -> Member {
            Member(path, IngestBench.picture(content.isEmpty ? path : content))
        }
    }

    static func picture(_ content: String) -> [UInt8] { [0xFF, 0xD8, 0xFF, 0xE0] + Array(content.utf8) }

    /// Tables of `sku` and `family`, and of `outfit` and `sku`.
    static func mapSkus(_ parameters: inout IngestParameters) {
        parameters.tables.products.id = "sku"
        parameters.tables.products.category = ["family"]
        parameters.tables.outfits.outfit = "outfit"
        parameters.tables.outfits.item = "sku"
    }

    @discardableResult
    func archive(
        _ name: String, _ members: [Member], format: ArchiveFormat = .tar, filter: CompressionFilter = .none
    ) throws -> String {
        let writer = try ArchiveWriter(path: folder.appendingPathComponent(name).path, format: format, filter: filter)
        for member in members { try writer.add(path: member.path, bytes: member.bytes) }
        try writer.finish()
        return name
    }

    func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    /// - Parameter reversed: run the last shard first; the merge keeps the plan's order.
    func ingest(
        _ archives: [String], reversed: Bool = false, _ configure: (inout IngestParameters) -> Void = { _ in }
    ) throws -> IngestedDataset {
        let (stage, context) = try prepare(archives, CancellationFlag(), configure)
        let plan = try stage.planShards(context)
        var done: [Int: CompletedShard] = [:]
        for number in reversed ? plan.indices.reversed() : Array(plan.indices) {
            let shard = ShardContext(stage: context, folder: try makeFolder("shard-\(number)"))
            try stage.runShard(plan[number], shard)
            done[number] = CompletedShard(shard: plan[number], folder: shard.folder)
        }
        let shards = plan.indices.compactMap { done[$0] }
        try stage.merge(shards, context)
        return try IngestedDataset(context, shards)
    }

    func plan(_ archives: [String], _ configure: (inout IngestParameters) -> Void = { _ in }) throws -> [Shard] {
        let (stage, context) = try prepare(archives, CancellationFlag(), configure)
        return try stage.planShards(context)
    }

    /// Runs the first shard with the flag set already.
    func runCancelled(_ archives: [String]) throws {
        let flag = CancellationFlag()
        flag.cancel()
        let (stage, context) = try prepare(archives, flag) { _ in }
        let plan = try stage.planShards(context)
        try stage.runShard(plan[0], ShardContext(stage: context, folder: try makeFolder("shard-0")))
    }

    private func prepare(
        _ archives: [String], _ flag: CancellationFlag, _ configure: (inout IngestParameters) -> Void
    ) throws -> (IngestStage, StageContext) {
        var parameters = IngestParameters()
        parameters.archives = archives
        parameters.quarantineFractionLimit = 1
        configure(&parameters)
        try parameters.validate()
        let stage = IngestStage(parameters, relativeTo: folder)
        var digests: [String: String] = [:]
        for input in stage.externalInputs {
            digests[input.label] = PictureDigest(of: Array(try Data(contentsOf: input.url))).description
        }
        runs += 1
        let context = StageContext(
            stage: stage.name, inputFolders: [:], inputDigests: [:], externalDigests: digests,
            outputFolders: [
                IngestStage.catalog: try makeFolder("catalog"), IngestStage.pictures: try makeFolder("pictures"),
            ],
            scratchFolder: try makeFolder("scratch"), width: 2, cancellation: flag, progress: .silent,
            logger: Logger(label: "test"), completedShards: { _ in [] })
        return (stage, context)
    }

    /// A folder of the run in hand.
    private func makeFolder(_ name: String) throws -> URL {
        let made = folder.appendingPathComponent("run-\(runs)").appendingPathComponent(name)
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        return made
    }
}

/// What ingest wrote, read back.
struct IngestedDataset {
    let catalogFolder: URL
    let picturesFolder: URL
    let shardFolders: [URL]
    let reader: CatalogReader
    let pictures: PictureStore

    init(_ context: StageContext, _ shards: [CompletedShard]) throws {
        catalogFolder = context.output(IngestStage.catalog)
        picturesFolder = context.output(IngestStage.pictures)
        shardFolders = shards.map(\.folder)
        reader = try CatalogReader(folder: catalogFolder)
        pictures = try PictureStore(folder: picturesFolder)
    }

    /// Refusals as "member: subject: reason", in the order of the table.
    func refusals() throws -> [String] {
        try reader.quarantine().map {
            [$0.member, $0.subject, $0.reason].filter { !$0.isEmpty }.joined(separator: ": ")
        }
    }

    /// The content that `Member.picture` was given.
    func pictureContent(_ digest: String?) throws -> String? {
        try digest.map { String(decoding: try pictures.bytes(of: $0).dropFirst(4), as: UTF8.self) }
    }

    /// A number of `ingest.json`, by its path.
    func count(_ path: String) throws -> Int? {
        let summary = try JSONSerialization.jsonObject(
            with: Data(contentsOf: catalogFolder.appendingPathComponent("ingest.json")))
        var value: Any? = summary
        for key in path.split(separator: ".") {
            if let list = value as? [Any], let position = Int(key) {
                value = list.indices.contains(position) ? list[position] : nil
            } else {
                value = (value as? [String: Any])?[String(key)]
            }
        }
        return value as? Int
    }

    /// Every file of a folder, by name.
    static func bytes(of folder: URL) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            files[name] = try Data(contentsOf: folder.appendingPathComponent(name))
        }
        return files
    }
}
