package import Foundation

/// How a run ended.
package enum RunStatus: String, Codable, Sendable {
    /// At least one stage ran, none failed.
    case succeeded
    /// Nothing had to run.
    case upToDate = "up_to_date"
    case failed
    /// The quality gate refused the build.
    case refused
    case interrupted
    /// Still going on; in the ledger also where its process was killed.
    case running
    /// It still says `running`, and its process does not hold the lock. Found when records are read, never written.
    case killed
}

/// How a stage ended within a run.
package enum StageStatus: String, Codable, Sendable {
    case upToDate = "up_to_date"
    case succeeded
    case failed
    case refused
    case interrupted
    /// A stage that it depends on did not succeed.
    case skipped
    /// The run ended before it could start.
    case notStarted = "not_started"
    case notSelected = "not_selected"
    /// Still going on; in the ledger also where its process was killed.
    case running
    /// As of a run.
    case killed
}

/// What one stage did in a run. The keys of the JSON form are stable.
package struct StageSummary: Codable, Hashable, Sendable {
    package var stage: StageName
    package var status: StageStatus
    package var reasons: [RunReason] = []
    package var fingerprint: String?
    package var wallSeconds: Double = 0
    /// Processor time of the process while the stage ran, shared evenly among the stages that ran at the same time.
    package var cpuSeconds: Double = 0
    /// Largest resident memory of the process while the stage ran.
    package var peakByteCount: Int = 0
    package var attemptCount: Int = 0
    package var shardCount: Int = 0
    package var reusedShardCount: Int = 0
    /// Artifact names to digests.
    package var outputs: [String: String] = [:]
    /// The failed stages that it was skipped for.
    package var skippedBecause: [StageName] = []
    package var error: String?

    package init(stage: StageName, status: StageStatus) {
        self.stage = stage
        self.status = status
    }

    package enum CodingKeys: String, CodingKey {
        case stage, status, reasons, fingerprint, outputs, error
        case wallSeconds = "wall_seconds"
        case cpuSeconds = "cpu_seconds"
        case peakByteCount = "peak_bytes"
        case attemptCount = "attempts"
        case shardCount = "shards"
        case reusedShardCount = "shards_reused"
        case skippedBecause = "skipped_because"
    }
}

/// What a run did: `run.json`, and the object that `run --json` prints. The keys of the JSON form are stable.
package struct RunSummary: Codable, Hashable, Sendable {
    package var run: RunID
    package var job: String
    package var status: RunStatus
    package var startedAt: Date
    package var wallSeconds: Double
    /// In the order of the graph.
    package var stages: [StageSummary]
    /// What `current` names at the end.
    package var currentBuild: String?
    /// The build that this run published, if it did.
    package var publishedBuild: String?
    /// Why it failed or was refused: of several stages the first, or what kept the stages from running at all.
    package var error: String?

    package enum CodingKeys: String, CodingKey {
        case run, job, status, stages, error
        case startedAt = "started_at"
        case wallSeconds = "wall_seconds"
        case currentBuild = "current_build"
        case publishedBuild = "published_build"
    }

    package subscript(stage: StageName) -> StageSummary? { stages.first { $0.stage == stage } }

    /// The stages whose code ran, to an end or not.
    package var executedStages: [StageName] {
        stages.filter { [.succeeded, .failed, .refused, .interrupted].contains($0.status) }.map(\.stage)
    }
}

/// A stage that failed, with the cause as it was thrown.
package struct StageFailure: Error, Sendable {
    package let stage: StageName
    /// The shard that failed, where it was one.
    package let shard: String?
    package let cause: any Error

    package init(stage: StageName, shard: String? = nil, cause: any Error) {
        self.stage = stage
        self.shard = shard
        self.cause = cause
    }
}
