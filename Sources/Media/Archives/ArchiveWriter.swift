/// Writes a tar, zip or 7z file: the same members in the same order give the same bytes, on any day and by any user.
///
/// Every member is a plain file of mode 0644, of user 0, of 1 January 1970 (zip: 1980). The file appears under its name
/// when `finish` returns; without it nothing is left.
package final class ArchiveWriter {
    private let output: ArchiveOutput

    /// - Parameter filter: compresses a tar as a whole; zip and 7z compress their members and take `.none` only.
    package init(path: String, format: ArchiveFormat, filter: CompressionFilter = .none) throws(ArchiveError) {
        guard format == .tar || filter == .none else { throw ArchiveError(.notWritten, archivePath: path) }
        output = try ArchiveOutput(path: path, format: format, filter: filter)
    }

    package func add(path: String, bytes: [UInt8]) throws(ArchiveError) {
        try add(rawPath: Array(path.utf8), bytes: bytes)
    }

    /// Adds a member whose name need not be UTF-8.
    package func add(rawPath: [UInt8], bytes: [UInt8]) throws(ArchiveError) {
        try output.beginMember(path: rawPath, byteCount: bytes.count)
        var failure: ArchiveError?
        bytes.withUnsafeBytes { buffer in
            do throws(ArchiveError) { try output.write(buffer, entry: rawPath) } catch { failure = error }
        }
        if let failure { throw failure }
        try output.endMember()
    }

    /// Adds a member of `count` times the same chunk, without ever holding it whole.
    package func add(path: String, repeating chunk: [UInt8], count: Int) throws(ArchiveError) {
        let name = Array(path.utf8)
        try output.beginMember(path: name, byteCount: chunk.count * count)
        var failure: ArchiveError?
        chunk.withUnsafeBytes { buffer in
            do throws(ArchiveError) {
                for _ in 0..<count { try output.write(buffer, entry: name) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try output.endMember()
    }

    /// Completes the archive, syncs it and puts it under its name. Nothing may be added afterwards.
    package func finish() throws(ArchiveError) {
        try output.finish()
    }
}
