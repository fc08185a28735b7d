@preconcurrency internal import Dispatch
internal import Foundation
package import Pipeline
internal import Synchronization

/// Turns SIGINT, SIGTERM and the SIGHUP of a terminal that is closed into one cancelled flag. The first asks the run to stop
/// at its next checkpoint; a second one quits at once, which costs at most the shards in hand.
package final class SignalWatch: Sendable {
    private let sources: [any DispatchSourceSignal]
    private let numbers: [Int32]

    /// - Parameter onSignal: called with each signal: after the flag is set by the first, before the program quits by the
    ///   second. For a word to the person who waits, and for processes that are to hear of it.
    package init(
        cancelling flag: CancellationFlag, onSignal: @escaping @Sendable (_ isFirst: Bool) -> Void
    ) {
        let queue = DispatchQueue(label: "atelier.signals", qos: .userInteractive)
        // Whoever reads the log may go while the run goes on. A handler, since hooks would inherit that it is ignored.
        signal(SIGPIPE) { _ in }
        numbers = [SIGINT, SIGTERM] + (Self.isIgnored(SIGHUP) ? [] : [SIGHUP])
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let isFirst = !flag.isCancelled
                flag.cancel()
                onSignal(isFirst)
                if !isFirst { _exit(ExitStatus.interrupted.rawValue) }
            }
            source.activate()
            return source
        }
    }

    package func stop() {
        for source in sources { source.cancel() }
        for number in numbers { signal(number, SIG_DFL) }
    }

    /// As `nohup` has it.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
