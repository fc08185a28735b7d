internal import Synchronization

/// The one flag that SIGINT and SIGTERM set, read between chunks of work.
package final class CancellationFlag: Sendable {
    private let state = Atomic<Bool>(false)

    package init() {}

    package var isCancelled: Bool { state.load(ordering: .relaxed) }

    package func cancel() { state.store(true, ordering: .relaxed) }

    /// - Throws: `CancellationRequest` where the flag is set.
    package func check() throws {
        if isCancelled { throw CancellationRequest() }
    }
}

/// Thrown by a stage that stopped because it was asked to; its checkpoints stand.
package struct CancellationRequest: Error {
    package init() {}
}
