/// Why the ledger cannot be used.
package enum LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A newer Atelier wrote it.
    case newerVersion(path: String, found: Int, supported: Int)
    /// Truncated, overwritten or flipped; `cause` says what was seen.
    case damaged(path: String, cause: String)
    /// Another process writes to it, and did so for ten seconds.
    case busy(path: String)
    /// Anything else that SQLite reports: a full disk, no permission.
    case failed(path: String, code: Int, message: String)

    package var description: String {
        switch self {
        case .newerVersion(let path, let found, let supported):
            "\(path): written by a newer Atelier (format \(found), this one knows \(supported))"
        case .damaged(let path, let cause): "\(path): damaged: \(cause)"
        case .busy(let path): "\(path): another process writes to it"
        case .failed(let path, let code, let message): "\(path): \(message) (SQLite \(code))"
        }
    }
}
