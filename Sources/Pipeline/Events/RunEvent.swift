/// What happens in a run, told as it happens.
package enum RunEvent: Sendable {
    case runStarted(job: String, stages: [StageName])
    /// The ledger could not be read: it was moved aside and a new one begun. Artifacts stand; stages may run again.
    case ledgerRebuilt(movedTo: String, cause: String)
    /// Bytes of a stage's external inputs that nothing is remembered of, and how many of them are read: before the stage
    /// can be decided on. At most about twenty times a second, from any thread.
    case readingInputs(StageName, done: Int, total: Int)
    /// They are read, or could not be.
    case inputsRead(StageName)
    case stagePlanned(StageName, StageState)
    case stageStarted(StageName, reasons: [RunReason])
    /// At most about twenty times a second for a stage, from any thread.
    case stageProgress(StageName, done: Int, total: Int?, unit: String)
    /// What a stage logs as a warning: it goes on, and a person should know. From any thread.
    case stageWarned(StageName, message: String)
    case shardsPlanned(StageName, count: Int, reused: Int)
    case shardFinished(StageName, shard: String, done: Int, count: Int)
    case retrying(StageName, shard: String?, attempt: Int, pauseSeconds: Double, cause: any Error)
    /// Succeeded, interrupted or refused.
    case stageFinished(StageSummary)
    case stageFailed(StageFailure, StageSummary)
    case stageSkipped(StageName, because: [StageName])
    /// The run is what it is, and something beside it failed: it goes on, and a person should know.
    case runWarned(message: String, cause: any Error)
    case runFinished(RunSummary)
}

/// Whoever watches a run: a terminal, a log, a test.
package protocol RunObserver: Sendable {
    /// Called from the coordinator, and for progress from any thread; to return soon.
    func observe(_ event: RunEvent)
}
