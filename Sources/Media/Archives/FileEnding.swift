private import Foundation

/// Tells from the file itself whether a zip or 7z archive has its end, for libarchive's codes do not.
struct FileEnding {
    /// Nil where the format keeps no such record at a known place.
    let isWhole: Bool?

    init(descriptor: Int32, byteCount: Int) {
        let start = Self.bytes(of: descriptor, at: 0, count: 32)
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            // End of central directory: 22 bytes and a comment of at most 65,535.
            let count = min(byteCount, 22 + 65_535)
            let tail = Self.bytes(of: descriptor, at: byteCount - count, count: count)
            isWhole = Self.hasEndOfCentralDirectory(tail)
        } else if start.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]) {
            // Offset and size of the closing header, counted from byte 32.
            let numbers =
                start.count == 32 ? (Self.littleEndian(start[12..<20]), Self.littleEndian(start[20..<28])) : nil
            if let (offset, size) = numbers {
                let (sum, overflow) = offset.addingReportingOverflow(size)
                isWhole = !overflow && sum <= UInt64(max(0, byteCount - 32))
            } else {
                isWhole = false
            }
        } else {
            isWhole = nil
        }
    }

    private static func hasEndOfCentralDirectory(_ tail: [UInt8]) -> Bool {
        guard tail.count >= 22 else { return false }
        for at in stride(from: tail.count - 22, through: 0, by: -1)
        where tail[at] == 0x50 && tail[at + 1] == 0x4B && tail[at + 2] == 0x05 && tail[at + 3] == 0x06 {
            return true
        }
        return false
    }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func bytes(of descriptor: Int32, at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let read = pread(descriptor, base + filled, count - filled, off_t(offset + filled))
                guard read > 0 else { return }
                filled += read
            }
        }
    }
}
