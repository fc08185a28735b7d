private import Foundation

/// The file below a libarchive reader, read through callbacks so that errors and the end of the file are known for what
/// they are: libarchive's return codes do not tell a broken disk from a broken format, nor either from a cut file.
final class InputFile {
    private static let blockByteCount = 1 << 16

    let descriptor: Int32
    let byteCount: Int
    /// The first bytes, which tell a compression.
    let start: [UInt8]
    private let block = UnsafeMutableRawPointer.allocate(byteCount: InputFile.blockByteCount, alignment: 64)
    /// The operating system's error of the read or seek that failed; nil if none did.
    private(set) var systemError: Int32?
    /// Whether bytes were asked for after the last one had been given.
    private(set) var isReadPastEnd = false
    /// Bytes of the file that were given so far, where it is read from its start to its end.
    private(set) var readByteCount = 0
    /// Asked before each block; true ends the reading with an error.
    var mustStop: (() -> Bool)?
    private(set) var isStopped = false
    /// Set where the file is gzip, for which libarchive would not check the checksum; `read` gives what is inflated.
    private let gzip: GzipDecoder?

    var isInflated: Bool { gzip != nil }
    var gzipFailure: GzipDecoder.Failure? { gzip?.failure }

    init(path: String, name: String) throws(ArchiveError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ArchiveError(.unreadable(errno: errno), archivePath: name) }
        self.descriptor = descriptor
        start = Self.start(of: descriptor)
        gzip = GzipDecoder.isGzip(start) ? GzipDecoder() : nil
        var status = stat()
        let code = fstat(descriptor, &status) == 0 ? 0 : errno
        byteCount = Int(status.st_size)
        guard code == 0 else { throw ArchiveError(.unreadable(errno: code), archivePath: name) }
        let type = status.st_mode & FileType.mask
        guard type == FileType.regular else {
            throw ArchiveError(.unreadable(errno: type == FileType.folder ? EISDIR : ESPIPE), archivePath: name)
        }
    }

    private static func start(of descriptor: Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 18) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, 18, 0))
        }
    }

    deinit {
        close(descriptor)
        block.deallocate()
    }

    /// Reads the next block; 0 at the end, -1 on an error.
    func read(_ target: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        if mustStop?() == true {
            isStopped = true
            return -1
        }
        return gzip?.read(target) { readBlock($0) } ?? readBlock(target)
    }

    private func readBlock(_ target: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        target?.pointee = UnsafeRawPointer(block)
        while true {
            let count = Foundation.read(descriptor, block, Self.blockByteCount)
            if count > 0 {
                readByteCount += count
                return count
            }
            if count == 0 {
                isReadPastEnd = true
                return 0
            }
            if errno != EINTR {
                systemError = errno
                return -1
            }
        }
    }

    /// Moves to `offset` from the start, the current place or the end; returns the new place, or a negative number.
    func seek(_ offset: Int64, _ origin: Int32) -> Int64 {
        let place = lseek(descriptor, off_t(offset), origin)
        if place < 0 { systemError = errno }
        return place < 0 ? -30 : Int64(place)
    }

    /// Moves on by up to `count` bytes, never past the end: a cut file must be seen to be cut.
    func skip(_ count: Int64) -> Int64 {
        let place = lseek(descriptor, 0, SEEK_CUR)
        guard place >= 0 else { return 0 }
        let step = min(count, Int64(byteCount) - Int64(place))
        return step > 0 && lseek(descriptor, off_t(step), SEEK_CUR) >= 0 ? step : 0
    }
}

/// The file types of POSIX modes, which libarchive uses on every platform.
enum FileType {
    static let mask: UInt32 = 0o170000
    static let regular: UInt32 = 0o100000
    static let folder: UInt32 = 0o040000
}
