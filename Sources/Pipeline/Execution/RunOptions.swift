internal import Foundation
package import Logging

/// How a run is to be made.
package struct RunOptions: Sendable {
    /// How history calls the job: the job file's name.
    package var job: String
    package var selection: StageSelection
    /// Stages that run whatever their state.
    package var forced: Set<StageName>
    /// After a failure, stages that do not depend on it still start.
    package var keepsGoing: Bool
    /// Threads for the `cpu` and `exclusive` stages together, and as many for the `io` stages.
    package var jobs: Int
    package var retention: Retention
    /// Pools that the job file gives to stages instead of their own.
    package var pools: [StageName: StagePool] = [:]
    /// What goes into the logs of the stages.
    package var logLevel: Logger.Level
    /// What the ledger and the logs keep of an error: the words that the terminal has for it.
    package var errorWords: @Sendable (any Error) -> String = { "\($0)" }

    package init(
        job: String, selection: StageSelection = .all, forced: Set<StageName> = [], keepsGoing: Bool = false,
        jobs: Int = ProcessInfo.processInfo.activeProcessorCount, retention: Retention = Retention(),
        logLevel: Logger.Level = .info
    ) {
        self.job = job
        self.selection = selection
        self.forced = forced
        self.keepsGoing = keepsGoing
        self.jobs = max(1, jobs)
        self.retention = retention
        self.logLevel = logLevel
    }

    func pool(of stage: any Stage) -> StagePool { pools[stage.name] ?? stage.pool }
}

/// How much of the past is kept.
package struct Retention: Codable, Hashable, Sendable {
    package var builds: Int
    /// Folders of logs, traces and summaries; the ledger's history stays.
    package var runs: Int

    package init(builds: Int = 5, runs: Int = 30) {
        self.builds = builds
        self.runs = runs
    }
}

/// What a run did, with the failures as they were thrown.
package struct RunResult: Sendable {
    package let summary: RunSummary
    package let failures: [StageFailure]
    package let operations: OperationCount
}
