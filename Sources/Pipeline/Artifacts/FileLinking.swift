package import Foundation

/// Gives an immutable file a second place without copying its bytes where the file system can.
///
/// For taking a file of an input or a shard over into an output unchanged. A hard link where both lie on one file system,
/// otherwise a copy. Neither may be written to afterwards; the engine has made artifacts read-only.
/// - Throws: `FileSystemError` where the target exists or cannot be made.
package func linkOrCopy(_ source: URL, to target: URL) throws {
    let (from, to) = (source.filePath, target.filePath)
    if link(from, to) == 0 { return }
    guard errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP else {
        throw FileSystem.failure("link to \(to)", from)
    }
    try FileManager.default.copyItem(at: source, to: target)
}
