/// Text as UTF-8 while it streams by: what spreadsheets call "Unicode text" is UTF-16 behind a byte order mark. All else
/// passes as it is.
///
/// Half a surrogate pair, and a byte left over at the end, become bytes that are no UTF-8: damage is not hidden.
struct UTF16Stream: Sendable {
    private enum Encoding {
        case unknown
        case other
        case littleEndian
        case bigEndian
    }

    private var encoding = Encoding.unknown
    /// Bytes that wait for those after them.
    private var rest: [UInt8] = []

    /// The next bytes, as far as they can be told.
    mutating func feed(_ chunk: [UInt8]) -> [UInt8] {
        if encoding == .other { return chunk }
        let bytes = rest + chunk
        rest = []
        if encoding == .unknown {
            if bytes.count < 2 {
                rest = bytes
                return []
            }
            encoding =
                bytes.starts(with: [0xFF, 0xFE])
                ? .littleEndian : bytes.starts(with: [0xFE, 0xFF]) ? .bigEndian : .other
            if encoding == .other { return bytes }
        }
        return transcoded(bytes)
    }

    /// What was still held.
    mutating func finish() -> [UInt8] {
        defer { rest = [] }
        return encoding == .unknown ? rest : rest.isEmpty ? [] : [0xFF]
    }

    private mutating func transcoded(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        func unit(at index: Int) -> UInt32 {
            let (first, second) = (UInt32(bytes[index]), UInt32(bytes[index + 1]))
            return encoding == .littleEndian ? second << 8 | first : first << 8 | second
        }
        var index = 0
        while index + 1 < bytes.count {
            var value = unit(at: index)
            if 0xD800...0xDBFF ~= value {
                guard index + 3 < bytes.count else { break }
                let low = unit(at: index + 2)
                if 0xDC00...0xDFFF ~= low {
                    value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
                    index += 2
                }
            }
            index += 2
            guard let scalar = Unicode.Scalar(value), let encoded = UTF8.encode(scalar) else {
                text.append(0xFF)
                continue
            }
            text.append(contentsOf: encoded)
        }
        rest = Array(bytes[index...])
        return text
    }
}
