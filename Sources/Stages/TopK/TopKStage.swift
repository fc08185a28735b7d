internal import Compatibility
internal import Foundation
internal import LinearAlgebra
internal import Pipeline

/// For each item the best candidates of each adjacent category: found by exact search over the embeddings, then put in order
/// by the model's completion scores where it has them. Sharded by items.
struct TopKStage: ShardedStage {
    struct Parameters: StageParameters {
        /// Candidates of each adjacent category.
        var candidates = 100
        /// Items a shard.
        var shardSize = 2048

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require("candidates", candidates, in: 1...10_000)
            try ParameterProblem.require("shard_size", shardSize, in: 1...1_000_000)
        }
    }

    /// What every shard reads.
    private struct Loaded: Sendable {
        let finder: CandidateFinder
        let scorer: EmbeddingScorer
        let completion: CompletionScorer?
    }

    let settings: Parameters
    let retry: RetryPolicy
    private let loaded = OnceLoaded<Loaded>()

    init(settings: Parameters, retry: RetryPolicy) {
        self.settings = settings
        self.retry = retry
    }

    let name: StageName = "topk"
    let version = 4
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["catalog", "index", "model"]
    let outputs: [ArtifactName] = ["candidates"]
    let unit = "items"
    var parameters: [String: String] { settings.canonicalParameters() }
    var shardFamily: String {
        ContentDigest.sha256(ofFields: ["topk", "\(version)", "\(settings.candidates)", "\(settings.shardSize)"])
    }

    func planShards(_ context: StageContext) throws -> [Shard] {
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog(attributes: .none)
        let digests = inputs.map { context.inputDigests[$0] ?? "" }
        return stride(from: 0, to: catalog.items.count, by: settings.shardSize).map { start in
            let end = min(catalog.items.count, start + settings.shardSize)
            return Shard(
                key: "\(start)-\(end - 1)",
                fingerprint: ContentDigest.sha256(ofFields: [shardFamily] + digests + ["\(start)", "\(end)"]),
                weight: end - start)
        }
    }

    func runShard(_ shard: Shard, _ context: ShardContext) throws {
        let loaded = try loaded { try load(context.stage) }
        let bounds = shard.key.split(separator: "-").compactMap { Int($0) }
        // Items count once they are searched for and once their candidates are scored.
        let passes = loaded.completion == nil ? 1 : 2
        func report(_ done: Int, _ pass: Int) throws {
            try context.stage.cancellation.check()
            context.stage.progress.update(
                done: (pass * shard.weight + done) / passes, total: shard.weight, unit: unit)
        }
        let found = try loaded.finder.candidates(for: bounds[0]..<bounds[1] + 1, queries: loaded.scorer) {
            try report($0, 0)
        }
        var lists = found.lists
        if let completion = loaded.completion { lists = try lists.rescored(by: completion) { try report($0, 1) } }
        let files = ArtifactFiles(context.folder)
        try CandidateFiles(files).write(lists)
        try files.writeJSONLines("shortfalls.jsonl", found.shortfalls)
    }

    private func load(_ context: StageContext) throws -> Loaded {
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog(attributes: .none)
        let index = try IndexFiles(ArtifactFiles(context.input("index"))).read()
        let model = try ArtifactFiles(context.input("model")).readModel(ModelTraining.modelName)
        let scorer = EmbeddingScorer(
            model: model, embeddings: index.embeddings, categoryOfItem: catalog.categoryOfItem)
        return Loaded(
            finder: CandidateFinder(
                indexes: index.indexes, adjacency: index.adjacency, categoryOfItem: catalog.categoryOfItem,
                variants: VariantGroups(catalog), count: settings.candidates),
            scorer: scorer, completion: scorer.completion)
    }

    /// Shards stay files of their own, linked and not copied: readers go through them one after another.
    func merge(_ shards: [CompletedShard], _ context: StageContext) throws {
        loaded.release()
        let output = ArtifactFiles(context.output("candidates"))
        var folders: [String] = []
        var counts: [String: Int] = [:]
        for (number, shard) in shards.enumerated() {
            let folder = "shard-" + String(String(100_000 + number).dropFirst())
            folders.append(folder)
            try FileManager.default.createDirectory(at: output.url(folder), withIntermediateDirectories: true)
            for file in try FileManager.default.contentsOfDirectory(atPath: shard.folder.path).sorted()
            where file.hasSuffix(".npy") || file.hasSuffix(".jsonl") {
                try linkOrCopy(
                    shard.folder.appendingPathComponent(file), to: output.url(folder).appendingPathComponent(file))
            }
            for shortfall in try ArtifactFiles(shard.folder).readJSONLines("shortfalls.jsonl", as: Shortfall.self) {
                counts[shortfall.reason.rawValue, default: 0] += 1
            }
        }
        try output.writeJSON("candidates.json", CandidateSummary(shards: folders, shortfalls: counts))
    }
}

/// `candidates.json`: the folders of the shards, in order of items, and how many lists fell short for which reason.
struct CandidateSummary: Codable, Sendable, Equatable {
    var shards: [String]
    var shortfalls: [String: Int]

    /// The candidates of each shard of a `candidates` artifact, in order of items.
    static func shards(of folder: URL) throws -> [CandidateFiles] {
        let files = ArtifactFiles(folder)
        return try files.readJSON("candidates.json", as: CandidateSummary.self).shards.map {
            CandidateFiles(ArtifactFiles(files.url($0)))
        }
    }
}
