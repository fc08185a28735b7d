package import Foundation

/// The files of an encoder, each read once: what is digested and what is run are the same bytes.
package struct EncoderFiles: Sendable {
    private let contents: [String: Data]

    /// Reads the files now; one that cannot be read is missing when it is asked for.
    package init(reading paths: [String]) {
        var contents: [String: Data] = [:]
        for path in paths where contents[path] == nil { contents[path] = FileManager.default.contents(atPath: path) }
        self.contents = contents
    }

    /// Nil where the file could not be read, or is none of these.
    package func bytes(of path: String) -> Data? { contents[path] }
}
