internal import Compatibility
internal import Features
internal import Foundation
internal import LinearAlgebra
internal import Logging
internal import Media
internal import Pipeline

/// Pictures and words into feature blocks.
///
/// Sharded by picture content: what a picture yields depends on its bytes, the code's version and the picture's size
/// alone, so a picture that any kept shard covers is never decoded again, whatever else changed.
struct FeaturizeStage: ShardedStage {
    let settings: FeaturizeParameters
    let retry: RetryPolicy
    private let pictures = OnceLoaded<PictureStore>()

    init(settings: FeaturizeParameters, retry: RetryPolicy) {
        self.settings = settings
        self.retry = retry
    }

    let name: StageName = "featurize"
    let version = 1
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["catalog", "pictures"]
    let outputs: [ArtifactName] = ["features"]
    let unit = "pictures"
    var parameters: [String: String] { settings.canonicalParameters() }

    var shardFamily: String {
        ContentDigest.sha256(ofFields: [
            "picture features", "\(PictureFeatureExtractor.version)", "\(settings.pictureSide)",
            "\(settings.maximumPixels)",
        ])
    }

    // MARK: Shards

    func planShards(_ context: StageContext) throws -> [Shard] {
        let needed = try Set(
            CatalogReader(folder: context.input("catalog")).catalog().items.compactMap(\.pictureDigest))
        var uncovered = needed
        var plan: [Shard] = []
        let lists = context.scratchFolder.appendingPathComponent("shards")
        try FileManager.default.createDirectory(at: lists, withIntermediateDirectories: true)
        func write(_ digests: some Sequence<String>, of fingerprint: String) throws {
            try Data(digests.joined(separator: "\n").utf8).write(to: lists.appendingPathComponent(fingerprint))
        }
        for completed in try context.completedShards(shardFamily).sorted(by: {
            $0.shard.fingerprint < $1.shard.fingerprint
        }) {
            let shard = PictureShard(completed.folder)
            let covered = try shard.digests() + shard.refused().map(\.digest)
            guard covered.contains(where: uncovered.contains) else { continue }
            uncovered.subtract(covered)
            plan.append(completed.shard)
            // A forced run computes what is finished once more.
            if context.isForced { try write(covered.sorted(), of: completed.shard.fingerprint) }
        }
        let remaining = uncovered.sorted()
        for start in stride(from: 0, to: remaining.count, by: settings.shardSize) {
            let digests = remaining[start..<min(remaining.count, start + settings.shardSize)]
            let fingerprint = ContentDigest.sha256(ofFields: [shardFamily] + digests)
            try write(digests, of: fingerprint)
            plan.append(Shard(key: String(fingerprint.prefix(8)), fingerprint: fingerprint, weight: digests.count))
        }
        context.logger.info("planned", metadata: ["pictures": "\(needed.count)", "to_decode": "\(remaining.count)"])
        return plan
    }

    func runShard(_ shard: Shard, _ context: ShardContext) throws {
        let store = try pictures { try PictureStore(folder: context.stage.input("pictures")) }
        let list = context.stage.scratchFolder.appendingPathComponent("shards").appendingPathComponent(
            shard.fingerprint)
        let digests = try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map(String.init)
        let decoder = ImageDecoder(limits: ImageLimits(pixelCount: settings.maximumPixels))
        let extractor = PictureFeatureExtractor(side: settings.pictureSide)
        var measured: [(digest: String, features: PictureFeatures)] = []
        var refused: [PictureShard.Refused] = []
        for digest in digests {
            try context.stage.cancellation.check()
            do {
                let picture = try decoder.decode(store.bytes(of: digest), fitting: settings.pictureSide)
                measured.append((digest, try extractor.features(of: picture)))
            } catch let error as ImageError {
                refused.append(PictureShard.Refused(digest: digest, reason: "\(error)"))
            } catch let error as FeatureRowError {
                refused.append(PictureShard.Refused(digest: digest, reason: "\(error)"))
            }
        }
        try PictureShard(context.folder).write(measured, refused: refused)
    }

    // MARK: Outputs

    func merge(_ shards: [CompletedShard], _ context: StageContext) throws {
        pictures.release()
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog()
        let files = ArtifactFiles(context.output("features"))
        let gathered = try GatheredPictures(catalog: catalog, shards: shards.map { PictureShard($0.folder) })
        try context.cancellation.check()

        let described = gathered.descriptions
        let blocks = gathered.blocks() + TextBlocks(settings.text).blocks(of: catalog, descriptions: described)
        try FeatureFiles(files).write(FeatureSet(itemCount: catalog.items.count, blocks: blocks))
        try files.writeJSONLines(
            "descriptions.jsonl",
            zip(catalog.items, described).compactMap { item, description in
                description.map { DescribedItem(itemID: item.id.rawValue, description: $0) }
            })
        try files.writeJSONLines("quarantine.jsonl", gathered.quarantine)

        let share = Double(gathered.refusedCount) / Double(max(1, gathered.pictureCount))
        context.logger.info(
            "pictures",
            metadata: [
                "measured": "\(gathered.pictureCount - gathered.refusedCount)", "refused": "\(gathered.refusedCount)",
            ])
        if share > settings.quarantineFractionLimit {
            throw FeaturizeError.tooManyRefused(
                count: gathered.refusedCount, of: gathered.pictureCount, limit: settings.quarantineFractionLimit,
                example: gathered.quarantine.first.map { "\($0.itemIDs.first ?? "?"): \($0.reason)" } ?? "")
        }
    }
}

/// A line of `descriptions.jsonl`.
private struct DescribedItem: Encodable {
    let itemID: String
    let description: VisualDescription

    enum CodingKeys: String, CodingKey {
        case itemID = "item_id"
        case colours, pattern, proportions, text
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(itemID, forKey: .itemID)
        try container.encode(description.colours, forKey: .colours)
        try container.encode(description.pattern, forKey: .pattern)
        try container.encode(description.proportions, forKey: .proportions)
        try container.encode(description.text, forKey: .text)
    }
}

/// Why the stage gives up.
package enum FeaturizeError: Error, Sendable, Equatable {
    /// More pictures were refused than the job file allows.
    case tooManyRefused(count: Int, of: Int, limit: Double, example: String)
}
