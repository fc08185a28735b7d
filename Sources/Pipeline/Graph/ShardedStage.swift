package import Foundation

/// A part of a stage that is computed, checkpointed and reused on its own.
package struct Shard: Hashable, Sendable {
    /// Short and unique within the stage: what progress and logs show.
    package let key: String
    /// Lowercase hexadecimal SHA-256 over all that determines the shard's bytes: code version, the parameters that
    /// matter to it and the content it reads. A finished shard of the same fingerprint is never run again.
    package let fingerprint: String
    /// How much work it is, in `unit`s of the stage: for the rate and the time left.
    package let weight: Int
    /// The group that the shard's result may serve; nil for the stage's `shardFamily`. A stage that computes several
    /// things independent of one another gives each a family of its own.
    package let family: String?

    package init(key: String, fingerprint: String, weight: Int, family: String? = nil) {
        self.key = key
        self.fingerprint = fingerprint
        self.weight = weight
        self.family = family
    }
}

/// A finished shard: an immutable folder.
package struct CompletedShard: Sendable {
    package let shard: Shard
    package let folder: URL

    package init(shard: Shard, folder: URL) {
        self.shard = shard
        self.folder = folder
    }
}

/// A stage whose work is cut into shards; shards run side by side, each checkpointed when it is done.
package protocol ShardedStage: Stage {
    /// Groups shards whose results may serve one another whatever the rest of the inputs is (a cache key): code version
    /// and the parameters that matter to one shard, as lowercase hexadecimal SHA-256.
    var shardFamily: String { get }
    /// Whether its plans ask for finished shards of a family, so that any of them may serve again. By default not: a plan
    /// names all its shards, and `prune` removes those that the current state did without.
    var asksForFinishedShards: Bool { get }
    /// What a weight counts: "pictures", "anchors".
    var unit: String { get }

    /// The shards that this run needs. `context.completedShards(family:)` gives those of earlier runs, so that a stage that
    /// asks for finished shards may plan only for what they do not cover.
    func planShards(_ context: StageContext) throws -> [Shard]
    /// Computes one shard into `context.folder`. A pure function of the inputs and the shard, on any thread.
    func runShard(_ shard: Shard, _ context: ShardContext) throws
    /// Writes the outputs from all shards of the plan, in the order of the plan.
    func merge(_ shards: [CompletedShard], _ context: StageContext) throws
}

extension ShardedStage {
    package var asksForFinishedShards: Bool { false }

    /// The family of the ledger: none where no plan asks for it.
    var recordedFamily: String? { asksForFinishedShards ? shardFamily : nil }

    /// The engine runs a sharded stage shard by shard; `run` is for stages without shards.
    package func run(_ context: StageContext) throws {
        preconditionFailure("sharded stage \(name) is run by its shards")
    }
}
