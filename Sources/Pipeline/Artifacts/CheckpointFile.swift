package import Foundation

/// A checkpoint within a stage: bytes that are either wholly there or reported as damaged, never half read.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | `ATCKPT01` |
/// | 8 | 64 | SHA-256 of the payload, lowercase hexadecimal |
/// | 72 | – | payload, to the end of the file |
///
/// Written beside its name, synced, renamed, and the folder synced: a kill leaves the checkpoint before it.
package struct CheckpointFile: Sendable {
    /// What was found.
    package enum Content: Sendable, Equatable {
        case absent
        /// Truncated, flipped or not a checkpoint; to be treated as absent, and said.
        case damaged
        case bytes([UInt8])
    }

    private static let magic = Array("ATCKPT01".utf8)

    package let url: URL

    package init(_ url: URL) { self.url = url }

    package func write(_ payload: [UInt8]) throws(FileSystemError) {
        let digest = Array(ContentDigest.sha256(of: payload).utf8)
        try FileSystem.replace(url.filePath, with: Self.magic + digest + payload)
    }

    /// - Throws: `FileSystemError` where a file is there and cannot be read.
    package func read() throws(FileSystemError) -> Content {
        guard let bytes = try FileSystem.read(url.filePath) else { return .absent }
        guard bytes.count >= 72, Array(bytes[0..<8]) == Self.magic else { return .damaged }
        let payload = Array(bytes[72...])
        guard Array(ContentDigest.sha256(of: payload).utf8) == Array(bytes[8..<72]) else { return .damaged }
        return .bytes(payload)
    }

    /// Removes the checkpoint; none there is fine.
    package func remove() throws(FileSystemError) { try FileSystem.remove(url.filePath) }
}
