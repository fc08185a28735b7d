internal import Compatibility
internal import Encoders
internal import Features
internal import Foundation
internal import LinearAlgebra
internal import Logging
internal import Media
internal import Pipeline

/// Pictures and words into feature blocks.
///
/// Sharded by picture content: what a picture yields depends on its bytes, the code's version and the picture's size
/// alone, so a picture that any kept shard covers is never decoded again, whatever else changed. Each neural encoder has
/// shards of its own, in a family of its own: another model computes its own block anew and nothing else.
struct FeaturizeStage: ShardedStage {
    let settings: FeaturizeParameters
    let retry: RetryPolicy
    let encoders: [EncoderBlock]
    let pictures = OnceLoaded<PictureStore>()
    let runtime = OnceLoaded<OnnxRuntime>()
    /// What this run's shards have seen on pictures, for the texts of the same run.
    let seen = SeenDescriptions()
    /// What relative paths are relative to.
    let base: URL

    /// - Throws: `FeaturizeError.modelFileMissing`.
    init(settings: FeaturizeParameters, relativeTo base: URL, retry: RetryPolicy) throws(FeaturizeError) {
        self.settings = settings
        self.base = base
        self.retry = retry
        var encoders: [EncoderBlock] = []
        for image in settings.encoders.images {
            encoders.append(try EncoderBlock(image, maximumPixels: settings.maximumPixels, base: base))
        }
        for text in settings.encoders.texts { encoders.append(try EncoderBlock(text, base: base)) }
        self.encoders = encoders
    }

    let name: StageName = "featurize"
    let version = 1
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["catalog", "pictures"]
    let outputs: [ArtifactName] = ["features"]
    var unit: String { encoders.isEmpty ? "pictures" : "inputs" }

    var parameters: [String: String] {
        // Where the library lies decides nothing, and an empty list of encoders is no setting.
        settings.canonicalParameters().filter { key, _ in
            key != "onnxruntime" && !(encoders.isEmpty && key.hasPrefix("encoders."))
        }
    }

    /// Models and vocabularies, each file once.
    var externalInputs: [ExternalInput] {
        var files: [ExternalInput] = []
        for file in encoders.flatMap(\.files) where !files.contains(where: { $0.label == file.label }) {
            files.append(file)
        }
        return files
    }

    /// None: each file is read once, and what was read is held against the digest then (`EncoderBlock.encoder`). One that is
    /// replaced later is not read any more.
    func externalInputs(readFor shard: Shard?) -> [ExternalInput] { [] }

    let asksForFinishedShards = true
    var shardFamily: String {
        ContentDigest.sha256(ofFields: [
            "picture features", "\(PictureFeatureExtractor.version)", "\(settings.pictureSide)",
            "\(settings.maximumPixels)",
        ])
    }

    // MARK: Shards

    func planShards(_ context: StageContext) throws -> [Shard] {
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog()
        let lists = shardLists(context)
        try FileManager.default.createDirectory(at: lists, withIntermediateDirectories: true)
        var (plan, descriptions) = try planPictures(of: catalog, context)
        for encoder in encoders {
            let planned = Set(plan.map(\.fingerprint))
            plan += try self.plan(encoder, of: catalog, descriptions: descriptions, context)
                .filter { !planned.contains($0.fingerprint) }
        }
        return plan
    }

    /// Picture shards, and what the finished ones among them say of their pictures.
    private func planPictures(
        of catalog: OutfitCatalog, _ context: StageContext
    ) throws -> (plan: [Shard], descriptions: [String: String]) {
        let needed = Set(catalog.items.compactMap(\.pictureDigest))
        var uncovered = needed
        var plan: [Shard] = []
        var descriptions: [String: String] = [:]
        for completed in try finishedShards(shardFamily, context) {
            let shard = PictureShard(completed.folder)
            let (measured, refused) = (try shard.digests(), try shard.refused().map(\.digest))
            guard (measured + refused).contains(where: uncovered.contains) else { continue }
            uncovered.subtract(measured + refused)
            plan.append(completed.shard)
            guard readsDescriptions else { continue }
            for (digest, words) in zip(measured, try shard.descriptions()) { descriptions[digest] = words.text }
            for digest in refused { descriptions[digest] = "" }
        }
        let remaining = uncovered.sorted()
        for start in stride(from: 0, to: remaining.count, by: settings.shardSize) {
            let digests = remaining[start..<min(remaining.count, start + settings.shardSize)]
            let fingerprint = ContentDigest.sha256(ofFields: [shardFamily] + digests)
            try Data(digests.joined(separator: "\n").utf8).write(
                to: shardLists(context).appendingPathComponent(fingerprint))
            plan.append(Shard(key: String(fingerprint.prefix(8)), fingerprint: fingerprint, weight: digests.count))
        }
        context.logger.info("planned", metadata: ["pictures": "\(needed.count)", "to_decode": "\(remaining.count)"])
        return (plan, descriptions)
    }

    /// Whether any text encoder reads what pictures show.
    private var readsDescriptions: Bool {
        encoders.contains { encoder in
            if case .texts(_, let template) = encoder.kind { template.usesDescription } else { false }
        }
    }

    /// Finished shards that may serve; none where the stage is to compute everything anew.
    func finishedShards(_ family: String, _ context: StageContext) throws -> [CompletedShard] {
        guard !context.isForced else { return [] }
        return try context.completedShards(family).sorted { $0.shard.fingerprint < $1.shard.fingerprint }
    }

    /// Where the plan says what each new shard is made of.
    func shardLists(_ context: StageContext) -> URL { context.scratchFolder.appendingPathComponent("shards") }

    func runShard(_ shard: Shard, _ context: ShardContext) throws {
        let stage = context.stage
        if let family = shard.family, family != shardFamily,
            let encoder = try encoders.first(where: { try $0.family(stage) == family })
        {
            return try encode(shard, encoder, context)
        }
        let digests = try String(
            contentsOf: shardLists(stage).appendingPathComponent(shard.fingerprint), encoding: .utf8
        ).split(separator: "\n").map(String.init)
        let measure = try measuring(stage)
        var measured: [(digest: String, features: PictureFeatures)] = []
        var refused: [PictureShard.Refused] = []
        for (index, digest) in digests.enumerated() {
            try stage.cancellation.check()
            switch try measure(digest) {
            case .success(let features): measured.append((digest, features))
            case .failure(let refusal): refused.append(PictureShard.Refused(digest: digest, reason: refusal.reason))
            }
            stage.progress.update(done: index + 1, total: shard.weight, unit: unit)
        }
        try PictureShard(context.folder).write(measured, refused: refused)
        guard readsDescriptions else { return }
        for entry in measured { seen[entry.digest] = entry.features.description.text }
        for entry in refused { seen[entry.digest] = "" }
    }

    /// The store of pictures, opened once.
    func store(_ context: StageContext) throws -> PictureStore {
        try pictures { try PictureStore(folder: context.input("pictures")) }
    }

    /// Measures a picture by its digest, or says why it cannot.
    ///
    /// - Throws: `FeaturizeError.outOfMemory`: a finished shard is never computed again, so that a picture refused for what
    ///   passes would stay refused for ever.
    func measuring(
        _ context: StageContext
    ) throws -> (_ digest: String) throws -> Result<PictureFeatures, PictureRefusal> {
        let store = try store(context)
        let decoder = ImageDecoder(limits: ImageLimits(pixelCount: settings.maximumPixels))
        let extractor = PictureFeatureExtractor(side: settings.pictureSide)
        return { digest in
            do {
                let picture = try decoder.decode(store.bytes(of: digest), fitting: settings.pictureSide)
                return .success(try extractor.features(of: picture))
            } catch ImageError.outOfMemory {
                throw FeaturizeError.outOfMemory(picture: digest)
            } catch let error as ImageError {
                return .failure(PictureRefusal(reason: "\(error)"))
            } catch let error as FeatureRowError {
                return .failure(PictureRefusal(reason: "\(error)"))
            }
        }
    }

    // MARK: Outputs

    func merge(_ shards: [CompletedShard], _ context: StageContext) throws {
        pictures.release()
        runtime.release()
        seen.release()
        for encoder in encoders { encoder.release() }
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog()
        let files = ArtifactFiles(context.output("features"))
        let gathered = try GatheredPictures(
            catalog: catalog,
            shards: shards.filter { $0.shard.family ?? shardFamily == shardFamily }.map { PictureShard($0.folder) })
        try context.cancellation.check()

        let described = gathered.descriptions
        let encoded = try encoders.map {
            try gather($0, catalog: catalog, descriptions: described, shards: shards, context)
        }
        let blocks =
            gathered.blocks() + TextBlocks(settings.text).blocks(of: catalog, descriptions: described)
            + encoded.filter { $0.inputCount > 0 }.map { reduced($0.block) }
        try FeatureFiles(files).write(FeatureSet(itemCount: catalog.items.count, blocks: blocks))
        try files.writeJSONLines(
            "descriptions.jsonl",
            zip(catalog.items, described).compactMap { item, description in
                description.map { DescribedItem(itemID: item.id.rawValue, description: $0) }
            })
        try quarantine(gathered, encoded, in: files, context)

        let share = Double(gathered.refusedCount) / Double(max(1, gathered.pictureCount))
        if share > settings.quarantineFractionLimit {
            throw FeaturizeError.tooManyRefused(
                count: gathered.refusedCount, of: gathered.pictureCount, limit: settings.quarantineFractionLimit,
                example: gathered.quarantine.first?.example ?? "")
        }
        try encoded.forEach(requireVectors)
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
