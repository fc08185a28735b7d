internal import Foundation
internal import Stages
internal import Synchronization

/// The two ways out: results on stdout, everything else on stderr. Titles, names and errors hold what the input does, so
/// that control characters are written out on both.
package enum Console {
    private static let lock = Mutex(())

    /// Sentences among the results: folded at the edge of a terminal, one line each otherwise.
    package static func say(_ lines: [String]) throws(CommandProblem) {
        let text = lines.joined(separator: "\n").terminalText
        try out(tableWidth.map(text.foldedMessage) ?? text)
    }

    /// Results.
    package static func out(_ text: String) throws(CommandProblem) { try put(text.terminalText) }

    /// - Throws: where nobody gets the result, as on a full disk: a script must not take half of it for all.
    private static func put(_ text: String) throws(CommandProblem) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
        } catch {
            throw CommandProblem(
                "the result could not be written to stdout: \(error.systemReason)",
                hint: "what the command did is done; send its output elsewhere and look again")
        }
    }

    /// Errors, notes and hints; folded at the edge of a terminal.
    package static func err(_ text: String) {
        let text = text.terminalText
        write((columnCount(of: STDERR_FILENO).map(text.foldedMessage) ?? text) + "\n")
    }

    /// Bytes to stderr as they are, whole: no line of another thread gets in between. Where they cannot be written they are
    /// lost, since there is nowhere to say so, and a run of hours must not end of it.
    package static func write(_ text: String) {
        _ = lock.withLock { _ in try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
    }

    /// One JSON object on stdout: keys sorted, moments in ISO 8601.
    package static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        // Keys of types; the keys of dictionaries are data and stay as they are.
        encoder.keyEncodingStrategy = .convertToSnakeCase
        // Its strings have their own way of writing control characters out.
        try put(String(decoding: encoder.encode(value), as: UTF8.self))
    }

    /// Whether stderr is a terminal that can redraw lines.
    package static var isLive: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] ?? "dumb" != "dumb"
    }

    /// Columns of the terminal behind a descriptor; nil where there is none.
    package static func columnCount(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// Where to cut and fold on stdout: nowhere if it is no terminal.
    package static var tableWidth: Int? { columnCount(of: STDOUT_FILENO) }
}
