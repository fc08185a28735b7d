@preconcurrency internal import Dispatch
internal import Foundation
package import Pipeline
internal import Synchronization

/// Turns SIGINT and SIGTERM into one cancelled flag. The first asks the run to stop at its next checkpoint; a second one
/// quits at once, which costs at most the shards in hand.
package final class SignalWatch: Sendable {
    private let sources: [any DispatchSourceSignal]

    /// - Parameter onFirst: called with the first signal, for a word to the person who waits.
    package init(cancelling flag: CancellationFlag, onFirst: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "atelier.signals", qos: .userInteractive)
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if flag.isCancelled { _exit(ExitStatus.interrupted.rawValue) }
                flag.cancel()
                onFirst()
            }
            source.activate()
            return source
        }
    }

    package func stop() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
