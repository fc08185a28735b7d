internal import Foundation
internal import Synchronization

/// Adds up what the parts of a stage report, and tells observers at most about twenty times a second.
final class ProgressMeter: Sendable {
    private struct State {
        var lastTold: Double = -1
        /// Weight of the shards that are finished.
        var finishedWeight = 0
        /// What each running shard has done.
        var partial: [Int: Int] = [:]
        var total: Int?
        var unit = ""

        var done: Int { partial.values.reduce(finishedWeight, +) }

        mutating func isDue(_ isLast: Bool) -> Bool {
            let now = ProcessInfo.processInfo.systemUptime
            guard isLast || lastTold < 0 || now - lastTold >= 0.05 else { return false }
            lastTold = now
            return true
        }
    }

    private let tell: @Sendable (_ done: Int, _ total: Int?, _ unit: String) -> Void
    private let state = Mutex(State())

    init(tell: @escaping @Sendable (_ done: Int, _ total: Int?, _ unit: String) -> Void) { self.tell = tell }

    /// For a stage, or a part of one, that counts for itself.
    var whole: StageProgress {
        StageProgress { [self] done, total, unit in
            if state.withLock({ $0.isDue(done == total) }) { tell(done, total, unit) }
        }
    }

    /// Tells at once where counting begins.
    /// - Parameter finished: what was done before this run.
    func expect(total: Int, finished: Int = 0, unit: String) {
        state.withLock { state in
            state.total = total
            state.finishedWeight = finished
            state.unit = unit
        }
        tell(finished, total, unit)
    }

    /// For one shard, that counts from 0 to its weight.
    func shard(_ index: Int, weight: Int) -> StageProgress {
        StageProgress { [self] done, _, _ in
            report(index, min(max(0, done), weight))
        }
    }

    func finish(_ index: Int, weight: Int) {
        let (done, total, unit) = state.withLock { state in
            state.partial[index] = nil
            state.finishedWeight += weight
            state.lastTold = ProcessInfo.processInfo.systemUptime
            return (state.done, state.total, state.unit)
        }
        tell(done, total, unit)
    }

    func drop(_ index: Int) {
        state.withLock { $0.partial[index] = nil }
    }

    private func report(_ index: Int, _ done: Int) {
        let told = state.withLock { state -> (Int, Int?, String)? in
            state.partial[index] = done
            return state.isDue(false) ? (state.done, state.total, state.unit) : nil
        }
        if let told { tell(told.0, told.1, told.2) }
    }
}
