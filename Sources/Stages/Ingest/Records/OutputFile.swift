internal import Foundation

/// A new file, written through a buffer. Made durable by the engine, which syncs what a stage leaves.
final class OutputFile {
    private let path: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private(set) var byteCount = 0

    private static let bufferByteCount = 1 << 18

    init(_ url: URL) throws(IngestError) {
        path = url.path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw IngestError.system(path: path, operation: "create") }
        buffer.reserveCapacity(Self.bufferByteCount)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        byteCount += bytes.count
        if buffer.count + bytes.count > Self.bufferByteCount { try flush() }
        if bytes.count >= Self.bufferByteCount {
            try writeAll(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
    }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Writes what is buffered and closes the file.
    func finish() throws {
        try flush()
        let result = close(descriptor)
        descriptor = -1
        if result != 0 { throw IngestError.system(path: path, operation: "close") }
    }

    private func flush() throws {
        let pending = buffer
        buffer.removeAll(keepingCapacity: true)
        try pending.withUnsafeBytes { try writeAll($0) }
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw IngestError.system(path: path, operation: "write")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
