internal import Foundation
internal import Logging
internal import Synchronization

/// The log file of one stage in one run: a line a message, `2026-11-21T03:00:04Z info message key=value`.
final class StageLog: Sendable {
    private let handle: Mutex<FileHandle?>
    private let onWarning: @Sendable (String) -> Void

    /// A log that cannot be opened is no reason to fail a stage: its messages are dropped.
    /// - Parameter onWarning: told each warning, too; from any thread.
    init(_ file: URL, onWarning: @escaping @Sendable (String) -> Void = { _ in }) {
        self.onWarning = onWarning
        _ = FileManager.default.createFile(atPath: file.filePath, contents: nil)
        handle = Mutex(FileHandle(forWritingAtPath: file.filePath))
    }

    func write(_ level: Logger.Level, _ message: String) {
        let line = "\(Date().formatted(.iso8601)) \(level.rawValue) \(message)\n"
        handle.withLock { try? $0?.write(contentsOf: Data(line.utf8)) }
        if level == .warning { onWarning(message) }
    }

    func close() {
        handle.withLock { handle in
            try? handle?.close()
            handle = nil
        }
    }

    func logger(_ stage: StageName, level: Logger.Level) -> Logger {
        Logger(label: stage.rawValue) { _ in StageLogHandler(log: self, logLevel: level) }
    }
}

/// Writes what a stage logs into the stage's file.
struct StageLogHandler: LogHandler {
    let log: StageLog
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
        let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        log.write(event.level, "\(event.message)\(fields)")
    }
}
