internal import Foundation

/// What ran when and where, in the Chrome trace format: opens in Perfetto or `chrome://tracing`.
struct RunTrace {
    private struct Event: Encodable {
        var name: String
        var cat: String
        var ph = "X"
        /// Microseconds since the run's start.
        var ts: Int
        var dur: Int
        var pid = 1
        var tid: Int
        var args: [String: String]
    }

    private struct File: Encodable {
        var traceEvents: [Event]
        var displayTimeUnit = "ms"
    }

    private var events: [Event] = []

    /// - Parameter lane: which of the threads at work, from 1; 0 for the stages as a whole.
    mutating func add(
        _ name: String, category: String, from start: Double, to end: Double, lane: Int, details: [String: String] = [:]
    ) {
        events.append(
            Event(
                name: name, cat: category, ts: Int(start * 1e6), dur: max(1, Int((end - start) * 1e6)), tid: lane,
                args: details))
    }

    func encoded() throws -> [UInt8] { try JSONText.encode(File(traceEvents: events)) }
}
