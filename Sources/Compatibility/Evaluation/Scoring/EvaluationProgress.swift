private import Synchronization

/// Gets the number of finished units and their total; called from any thread, in no particular order.
package typealias EvaluationProgress = @Sendable (_ done: Int, _ total: Int) -> Void

/// Adds up what the chunks of one evaluation finish.
final class ProgressTally: Sendable {
    private let done = Atomic<Int>(0)
    private let total: Int
    private let report: EvaluationProgress?

    init(total: Int, report: EvaluationProgress?) {
        self.total = total
        self.report = report
    }

    func add(_ count: Int) {
        let sum = done.wrappingAdd(count, ordering: .relaxed).newValue
        report?(sum, total)
    }
}
