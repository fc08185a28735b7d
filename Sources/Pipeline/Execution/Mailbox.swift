internal import Dispatch
internal import Synchronization

/// Where workers leave their results for the coordinator.
final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let count = DispatchSemaphore(value: 0)

    func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        count.signal()
    }

    /// The oldest message.
    /// - Returns: nil where none came within the time.
    func receive(within seconds: Double?) -> Message? {
        if let seconds {
            guard count.wait(timeout: .now() + seconds) == .success else { return nil }
        } else {
            count.wait()
        }
        return messages.withLock { $0.removeFirst() }
    }
}
