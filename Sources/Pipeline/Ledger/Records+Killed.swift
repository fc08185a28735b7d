private import Foundation

extension RunRecord {
    /// The record with what the lock tells: a killed run leaves `running` behind for ever.
    /// - Parameter holder: who is at work, see `RunLock.holderAtWork`; asked before the ledger is read.
    package func settled(by holder: RunLock.Holder?) -> RunRecord {
        guard status == .running, !isWork(of: holder, startedAt) else { return self }
        var record = self
        record.status = .killed
        return record
    }
}

extension StageRecord {
    /// As of a run.
    package func settled(by holder: RunLock.Holder?) -> StageRecord {
        guard status == .running, !isWork(of: holder, startedAt) else { return self }
        var record = self
        record.status = .killed
        return record
    }
}

/// Whoever holds the lock began nothing before it had it; the lock file counts whole seconds.
private func isWork(of holder: RunLock.Holder?, _ startedAt: Date) -> Bool {
    holder.map { startedAt.timeIntervalSince($0.startedAt) > -1 } ?? false
}
