/// Writes one stream of bytes, compressed as the file's ending says: `.gz`, `.zst`, `.xz`, or not at all.
///
/// The same bytes give the same file. It appears under its name, synced, when `finish` returns; without it nothing is left.
package final class CompressedFileWriter {
    /// Where the bytes of a file are until it is whole.
    package static func partialPath(of path: String) -> String { OutputFile.partialPath(of: path) }

    /// Small writes are gathered up to this many bytes, so that lines may be written one by one.
    private static let bufferByteCount = 1 << 16

    private let output: ArchiveOutput
    private var buffer: [UInt8] = []

    package init(path: String) throws(ArchiveError) {
        output = try ArchiveOutput(path: path, format: nil, filter: CompressionFilter(ofPath: path))
        try output.beginMember(path: Array("data".utf8), byteCount: nil)
        buffer.reserveCapacity(Self.bufferByteCount)
    }

    package func write(_ bytes: [UInt8]) throws(ArchiveError) {
        if buffer.count + bytes.count > Self.bufferByteCount { try flush() }
        if bytes.count >= Self.bufferByteCount { try pass(bytes) } else { buffer += bytes }
    }

    package func write(_ text: String) throws(ArchiveError) {
        try write(Array(text.utf8))
    }

    /// Completes the stream, syncs it and puts the file under its name. Nothing may be written afterwards.
    package func finish() throws(ArchiveError) {
        try flush()
        try output.finish()
    }

    private func flush() throws(ArchiveError) {
        try pass(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private func pass(_ bytes: [UInt8]) throws(ArchiveError) {
        var failure: ArchiveError?
        bytes.withUnsafeBytes { buffer in
            do throws(ArchiveError) { try output.write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
