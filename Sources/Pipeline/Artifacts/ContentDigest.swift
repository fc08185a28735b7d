internal import Crypto
internal import Foundation

/// SHA-256 of bytes, of files and of whole folders, as lowercase hexadecimal.
package enum ContentDigest {
    /// - Complexity: O(n) in the number of bytes.
    package static func sha256(of bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        hash.update(data: Array(bytes))
        return hexadecimal(hash.finalize())
    }

    /// A digest over several texts that no other list of texts shares: each is preceded by its length.
    package static func sha256(ofFields fields: [String]) -> String {
        var hash = SHA256()
        for field in fields {
            hash.update(data: Array("\(field.utf8.count):".utf8))
            hash.update(data: Array(field.utf8))
        }
        return hexadecimal(hash.finalize())
    }

    /// The digest of a file's bytes, read in pieces of 1 MiB.
    /// - Parameter progress: told after each piece how many bytes have been read.
    /// - Throws: `FileSystemError`; `ArtifactError.changedWhileRead` where its status differs after reading;
    ///   `CancellationRequest` where `cancellation` is set.
    static func sha256(
        ofFile path: String, cancellation: CancellationFlag? = nil, progress: ((Int) -> Void)? = nil
    ) throws -> (digest: String, signature: FileSignature) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystem.failure("open", path) }
        defer { close(descriptor) }
        var before = stat()
        guard fstat(descriptor, &before) == 0 else { throw FileSystem.failure("read the status", path) }
        var hash = SHA256()
        let chunkByteCount = min(1 << 20, max(4096, Int(before.st_size) + 1))
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkByteCount, alignment: 64)
        defer { chunk.deallocate() }
        var readByteCount = 0
        while true {
            let count = FileSystem.systemRead(descriptor, chunk.baseAddress, chunk.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileSystem.failure("read", path)
            }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            readByteCount += count
            progress?(readByteCount)
            try cancellation?.check()
        }
        var after = stat()
        guard fstat(descriptor, &after) == 0 else { throw FileSystem.failure("read the status", path) }
        let signature = FileSystem.signature(before)
        guard signature == FileSystem.signature(after) else { throw ArtifactError.changedWhileRead(path: path) }
        return (hexadecimal(hash.finalize()), signature)
    }

    /// The digest of a file's bytes.
    /// - Throws: `FileSystemError`; `ArtifactError.changedWhileRead` where its status differs after reading.
    package static func sha256(ofFile path: String) throws -> String {
        try sha256(ofFile: path, cancellation: nil).digest
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
