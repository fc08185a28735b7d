package import Foundation

extension Workspace {
    /// Records a run that failed outside its stages: a hook that came before them, a model file that is missing, a ledger
    /// that could not be written.
    ///
    /// Who looks later, by `status` or `history`, must not take the run before for the last one.
    /// - Parameter lock: the workspace's, where the caller holds it already; else it is taken here.
    /// - Throws: `RunLockError` where another process is at work; `LedgerError`, `FileSystemError` where the workspace cannot
    ///   be written.
    package func recordFailedRun(
        of job: String, startedAt start: Date, status: RunStatus = .failed, error: String,
        holding lock: RunLock? = nil
    ) throws -> RunSummary {
        return try withExtendedLifetime(try lock ?? RunLock(self)) {
            try prepare()
            releaseReserve()
            let ledger = try Ledger.open(in: self)
            let processID = Int(ProcessInfo.processInfo.processIdentifier)
            // A run that had begun ends under its own name.
            let begun = try ledger.runs(limit: 1).first {
                $0.status == .running && $0.processID == processID && $0.startedAt >= start
            }
            let end = Date()
            let run = try ledger.finishRun(
                begun?.run, job: job, startedAt: begun?.startedAt ?? start, endedAt: end, processID: processID,
                status: status, error: error, restored: [], digests: [])
            try ledger.close()
            return RunSummary(
                run: run, job: job, status: status, startedAt: start, wallSeconds: end.timeIntervalSince(start),
                stages: [], currentBuild: BuildStore(workspace: self).currentID, publishedBuild: nil, error: error)
        }
    }
}
