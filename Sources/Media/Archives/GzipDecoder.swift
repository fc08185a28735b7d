private import CZlib

/// Inflates the bytes of a gzip file (RFC 1952) as they come, and holds each of its members against its checksum and
/// length, which libarchive passes over: a flipped bit that still inflates is found here.
final class GzipDecoder {
    enum Failure: Equatable {
        /// The file ends within a member.
        case truncated
        /// With zlib's words.
        case damaged(String)
    }

    private static let blockByteCount = 1 << 16

    /// zlib keeps the address: the value must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let block: UnsafeMutablePointer<UInt8>
    private let isReady: Bool
    /// One member has ended, whole; nothing or another one follows.
    private var isBetweenMembers = false
    private var isEnded = false
    private(set) var failure: Failure?

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        block = .allocate(capacity: Self.blockByteCount)
        // 15 bits of window, and 16 for a gzip header and trailer.
        isReady = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        block.deallocate()
    }

    /// Whether a file that begins so is gzip: its two magic bytes, and deflate.
    static func isGzip(_ start: [UInt8]) -> Bool { start.starts(with: [0x1F, 0x8B, 0x08]) }

    /// The next bytes, valid until the next call.
    ///
    /// - Parameter more: gives the next bytes of the file: how many, 0 at its end, negative where it cannot be read.
    /// - Returns: how many there are, at `target`; 0 at the end, -1 where the file cannot be read or has a `failure`.
    func read(
        _ target: UnsafeMutablePointer<UnsafeRawPointer?>?,
        more: (UnsafeMutablePointer<UnsafeRawPointer?>) -> Int
    ) -> Int {
        target?.pointee = UnsafeRawPointer(block)
        guard isReady else { failure = .damaged("not enough memory"); return -1 }
        stream.pointee.next_out = block
        stream.pointee.avail_out = UInt32(Self.blockByteCount)
        while failure == nil, !isEnded, stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0 {
                var bytes: UnsafeRawPointer?
                let count = more(&bytes)
                if count < 0 { return -1 }
                if count == 0 {
                    if isBetweenMembers { isEnded = true } else { failure = .truncated }
                    break
                }
                stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes?.assumingMemoryBound(to: UInt8.self))
                stream.pointee.avail_in = UInt32(count)
            }
            step()
        }
        let count = Self.blockByteCount - Int(stream.pointee.avail_out)
        // What came before the failure is given first.
        return count > 0 || failure == nil ? count : -1
    }

    private func step() {
        if isBetweenMembers {
            guard let next = stream.pointee.next_in else { return }
            switch next.pointee {
            case 0:
                // Tapes and block devices pad with zeros.
                stream.pointee.next_in = next + 1
                stream.pointee.avail_in -= 1
                return
            case 0x1F:
                inflateReset(stream)
                isBetweenMembers = false
            default:
                // What follows is not gzip; as gzip itself does, it is passed over.
                isEnded = true
                return
            }
        }
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isBetweenMembers = true
        default: failure = .damaged(stream.pointee.msg.map { String(cString: $0) } ?? "it does not inflate")
        }
    }
}
