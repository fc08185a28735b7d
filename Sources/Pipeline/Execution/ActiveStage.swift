internal import Foundation
internal import Logging

/// A piece of a stage that one worker does at a time.
struct WorkUnit: Sendable {
    enum Kind: Sendable, Hashable {
        /// A stage without shards, from its start to its durable outputs.
        case whole
        /// Which shards there are, and which of them are finished from before.
        case planShards
        /// One shard, to its durable folder.
        case shard(Int)
        /// The outputs from the shards.
        case merge
    }

    var position: Int
    var kind: Kind
    /// 1 for the first.
    var attempt = 1
    /// Seconds of the coordinator's clock; a retry pauses until then.
    var notBefore: Double = 0
}

/// What a worker hands back.
struct UnitResult: Sendable {
    enum Value: Sendable {
        case outputs([ArtifactName: CommittedArtifact])
        case shards([PlannedShard])
        case shard(CommittedArtifact)
    }

    var unit: WorkUnit
    var width: Int
    var lane: Int
    var started: Double
    var value: Result<Value, any Error>
}

/// What comes back from a thread that is not the coordinator's.
enum WorkerMessage: Sendable {
    case unit(UnitResult)
    /// A stage's external inputs with their digests; `position` is the stage's.
    case inputs(position: Int, Result<[KnownInput], any Error>)
}

/// A shard of the plan, with its folder where it is finished from before.
struct PlannedShard: Sendable {
    var shard: Shard
    var record: ShardRecord?
}

/// A stage that has started and not ended: the coordinator's own state, touched by no other thread.
final class ActiveStage {
    let position: Int
    let stage: any Stage
    let pool: StagePool
    let signature: StageSignature
    let fingerprint: String
    var record: StageRecord
    let started: Double
    let inputs: [ArtifactName: String]
    let scratch: URL
    let log: StageLog
    let meter: ProgressMeter
    var runningCount = 0
    /// Threads that its running units hold.
    var usedWidth = 0
    var shards: [Shard] = []
    var finishedShards: [CompletedShard?] = []
    var unfinishedShardCount = 0
    var attemptCount = 1
    /// Set where the stage cannot succeed any more; it ends when its last running unit has.
    var ending: (status: StageStatus, failure: StageFailure?)?

    init(
        position: Int, stage: any Stage, pool: StagePool, signature: StageSignature, fingerprint: String,
        record: StageRecord, started: Double, scratch: URL, log: StageLog, meter: ProgressMeter
    ) {
        self.position = position
        self.stage = stage
        self.pool = pool
        self.signature = signature
        self.fingerprint = fingerprint
        self.record = record
        self.started = started
        inputs = Dictionary(
            uniqueKeysWithValues: signature.inputs.map { (ArtifactName(rawValue: $0.name), $0.digest) })
        self.scratch = scratch
        self.log = log
        self.meter = meter
    }

    var name: StageName { stage.name }
    var usesProcessors: Bool { pool != .io }
}
