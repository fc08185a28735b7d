package import Foundation

/// One attempt at a stage, as the ledger keeps it.
package struct StageRecord: Sendable, Hashable, Codable {
    package var id: Int64
    package var run: RunID
    package var signature: StageSignature
    package var fingerprint: String
    package var reasons: [RunReason]
    /// Artifact names to digests; empty where the attempt did not succeed.
    package var outputs: [String: String]
    package var status: StageStatus
    package var error: String?
    package var startedAt: Date
    package var endedAt: Date?
    package var cpuSeconds: Double = 0
    package var peakByteCount: Int = 0
    package var attemptCount: Int = 0
    package var shardCount: Int = 0
    package var reusedShardCount: Int = 0
    package var family: String?

    package var stage: StageName { signature.stage }
    package var wallSeconds: Double? { endedAt.map { $0.timeIntervalSince(startedAt) } }

    /// As `StageSummary` names the same things.
    package enum CodingKeys: String, CodingKey {
        case id, run, signature, fingerprint, reasons, outputs, status, error, family
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case cpuSeconds = "cpu_seconds"
        case peakByteCount = "peak_bytes"
        case attemptCount = "attempts"
        case shardCount = "shards"
        case reusedShardCount = "shards_reused"
    }
}

/// One run, as the ledger keeps it.
package struct RunRecord: Sendable, Hashable, Codable {
    package var run: RunID
    package var job: String
    package var processID: Int
    package var startedAt: Date
    package var endedAt: Date?
    /// `running` also where the process was killed.
    package var status: RunStatus
    /// Why it failed.
    package var error: String?

    package enum CodingKeys: String, CodingKey {
        case run, job, status, error
        case processID = "process"
        case startedAt = "started_at"
        case endedAt = "ended_at"
    }
}

/// A finished shard, as the ledger keeps it.
struct ShardRecord: Sendable, Hashable {
    /// Of a stage that asks for no finished shards.
    static let noFamily = ""

    var stage: StageName
    var family: String
    var shard: Shard
    var digest: String
    /// The stage run that used it last.
    var lastUsed: Int64
}
