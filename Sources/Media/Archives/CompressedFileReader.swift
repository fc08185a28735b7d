/// Streams a single file that may be compressed (gz, bz2, xz, zst, lz4): told by content, not by its ending.
///
/// Not `Sendable`: one thread at a time.
package final class CompressedFileReader {
    package let path: String
    package let limits: ArchiveLimits
    private let input: ArchiveInput
    private var isEnded = false
    private var failed: ArchiveError?
    private var byteCount = 0

    package init(path: String, limits: ArchiveLimits = .standard) throws(ArchiveError) {
        self.path = path
        self.limits = limits
        input = try ArchiveInput(path: path, name: path, content: .stream)
        guard case .member = try input.nextHeader() else {
            isEnded = true
            return
        }
    }

    /// Up to `byteCount` bytes; empty at the end.
    package func read(upTo byteCount: Int) throws(ArchiveError) -> [UInt8] {
        if let failed { throw failed }
        guard !isEnded, byteCount > 0 else { return [] }
        var error: ArchiveError?
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
            do throws(ArchiveError) {
                filled = try input.read(into: UnsafeMutableRawBufferPointer(buffer), entry: nil)
            } catch let caught {
                error = caught
            }
        }
        isEnded = bytes.isEmpty
        self.byteCount += bytes.count
        if self.byteCount > limits.memberByteCount { error = failure(.memberTooLarge(limit: limits.memberByteCount)) }
        let ratio = self.byteCount / max(1, input.fileByteCount)
        if self.byteCount > limits.expansionAllowance, ratio >= limits.expansionRatio {
            error = failure(.expandsTooMuch(limit: limits.expansionRatio))
        }
        failed = error
        if let error { throw error }
        return bytes
    }

    private func failure(_ code: ArchiveError.Code) -> ArchiveError { ArchiveError(code, archivePath: path) }
}
