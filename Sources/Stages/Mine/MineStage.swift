internal import Compatibility
internal import Foundation
internal import LinearAlgebra
internal import Logging
internal import Pipeline

extension MiningConfiguration: StageParameters {
    package func validate() throws(ParameterProblem) {
        guard let problem else { return }
        let requirement = problem.reason.hasPrefix("must ") ? String(problem.reason.dropFirst(5)) : problem.reason
        throw ParameterProblem(problem.key, must: requirement)
    }
}

/// Hard negatives from the warm-up model's rankings. Sharded by anchors; memory is that of a block of scores.
struct MineStage: ShardedStage {
    /// `MiningConfiguration`, and how the work is cut.
    struct Parameters: StageParameters {
        var mining = MiningConfiguration()
        /// Anchors a shard.
        var shardSize = 2048

        private enum Keys: String, CodingKey {
            case shardSize = "shard_size"
        }

        init() {}

        init(from decoder: any Decoder) throws {
            mining = try MiningConfiguration(from: decoder)
            let values = try decoder.container(keyedBy: Keys.self)
            shardSize = try values.value(.shardSize, or: shardSize)
        }

        func encode(to encoder: any Encoder) throws {
            try mining.encode(to: encoder)
            var values = encoder.container(keyedBy: Keys.self)
            try values.encode(shardSize, forKey: .shardSize)
        }

        func validate() throws(ParameterProblem) {
            try mining.validate()
            try ParameterProblem.require("shard_size", shardSize, in: 1...1_000_000)
        }
    }

    /// Anchors between two looks at the cancellation flag.
    private static let blockSize = 256

    let settings: Parameters
    let retry: RetryPolicy
    private let miner = OnceLoaded<HardNegativeMiner>()

    init(settings: Parameters, retry: RetryPolicy) {
        self.settings = settings
        self.retry = retry
    }

    let name: StageName = "mine"
    let version = 3
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["catalog", "features", "labels", "warmup"]
    let outputs: [ArtifactName] = ["mined"]
    let unit = "anchors"
    var parameters: [String: String] { settings.canonicalParameters() }
    var shardFamily: String {
        ContentDigest.sha256(
            ofFields: ["mine", "\(version)"] + parameters.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }

    func planShards(_ context: StageContext) throws -> [Shard] {
        let itemCount = try CatalogReader(folder: context.input("catalog")).catalog(attributes: .none).items.count
        let digests = inputs.map { context.inputDigests[$0] ?? "" }
        return stride(from: 0, to: itemCount, by: settings.shardSize).map { start in
            let end = min(itemCount, start + settings.shardSize)
            return Shard(
                key: "\(start)-\(end - 1)",
                fingerprint: ContentDigest.sha256(ofFields: [shardFamily] + digests + ["\(start)", "\(end)"]),
                weight: end - start)
        }
    }

    func runShard(_ shard: Shard, _ context: ShardContext) throws {
        let miner = try miner { try load(context.stage) }
        let bounds = shard.key.split(separator: "-").compactMap { Int($0) }
        let anchors = bounds[0]..<bounds[1] + 1
        var result = MiningResult()
        for start in stride(from: anchors.lowerBound, to: anchors.upperBound, by: Self.blockSize) {
            try context.stage.cancellation.check()
            let end = min(start + Self.blockSize, anchors.upperBound)
            result.add(miner.mine(anchors: start..<end))
            context.stage.progress.update(done: end - anchors.lowerBound, total: shard.weight, unit: unit)
        }
        let files = ArtifactFiles(context.folder)
        try MinedFiles(files).write(result.mined)
        try files.write(
            "hard_positives.npy", vector: result.hardPositives.flatMap { [$0.anchor, $0.positive, $0.rank] })
        try files.writeJSON("mining.json", result.report)
    }

    private func load(_ context: StageContext) throws -> HardNegativeMiner {
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog(attributes: .none)
        let labelled = try LabelFiles(ArtifactFiles(context.input("labels"))).read()
        let warmup = ArtifactFiles(context.input("warmup"))
        var colour: ColourMatches?
        if settings.mining.colourMatched > 0 {
            let features = try FeatureFiles(ArtifactFiles(context.input("features"))).read(["palette"])
            if let palette = features.blocks.first.flatMap({ PaletteSimilarity(palette: $0) }) {
                colour = ColourMatches(
                    similarity: palette, groups: ItemGroups(groupOfItem: catalog.categoryOfItem),
                    seed: settings.mining.seed)
            }
        }
        return HardNegativeMiner(
            configuration: settings.mining, model: try warmup.readModel(ModelTraining.modelName),
            embeddings: try warmup.readMatrix(WarmupStage.embeddingsName), categoryOfItem: catalog.categoryOfItem,
            partners: PartnerIndex(outfits: labelled.outfits(in: .train), itemCount: catalog.items.count),
            colour: colour, parallelism: Parallelism(width: context.width))
    }

    func merge(_ shards: [CompletedShard], _ context: StageContext) throws {
        let output = ArtifactFiles(context.output("mined"))
        if settings.mining.inCluster > 0, let clusters = try miner({ try load(context) }).clusters {
            // Training may draw from them too.
            try MinedFiles(output).write(clusters)
        }
        miner.release()
        var mined = MinedSet()
        var hard: [Int32] = []
        var report = MiningReport()
        for shard in shards {
            let files = ArtifactFiles(shard.folder)
            mined.append(contentsOf: try MinedFiles(files).read())
            hard += try files.readVector("hard_positives.npy", of: Int32.self)
            report.add(try files.readJSON("mining.json", as: MiningReport.self))
        }
        try MinedFiles(output).write(mined)
        try output.write("hard_positives.npy", vector: hard)
        try output.writeJSON("mining.json", report)
        context.logger.info(
            "mined", metadata: ["negatives": "\(mined.count)", "hard_positives": "\(report.hardPositives)"])
    }
}
