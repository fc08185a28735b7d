internal import Foundation

/// An operation of the operating system that failed on one path.
package struct FileSystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried: "open", "fsync", "rename".
    package let operation: String
    package let path: String
    /// `errno`.
    package let code: Int32

    package init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    package var message: String { String(cString: strerror(code)) }
    package var description: String { "\(path): cannot \(operation): \(message)" }
}
