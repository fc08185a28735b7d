internal import Crypto

/// The SHA-256 of a picture's bytes, in 32 bytes instead of 64 letters: there may be a million of them.
package struct PictureDigest: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The digest of these bytes.
    package init(of bytes: [UInt8]) {
        self.init(raw: SHA256.hash(data: bytes))
    }

    /// From 64 lowercase hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        var raw: [UInt8] = []
        raw.reserveCapacity(32)
        var high: UInt8?
        for letter in text.utf8 {
            let digit: UInt8
            switch letter {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = letter - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = letter - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                raw.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard raw.count == 32, high == nil else { return nil }
        self.init(raw: raw)
    }

    private init(raw: some Sequence<UInt8>) {
        var words: [UInt64] = [0, 0, 0, 0]
        for (position, byte) in raw.enumerated() { words[position / 8] = words[position / 8] << 8 | UInt64(byte) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// 64 lowercase hexadecimal digits.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 64) { buffer in
            for (position, word) in [words.0, words.1, words.2, words.3].enumerated() {
                for digit in 0..<16 {
                    buffer[position * 16 + digit] = digits[Int(word >> UInt64(60 - 4 * digit) & 15)]
                }
            }
            return 64
        }
    }

    package static func == (a: PictureDigest, b: PictureDigest) -> Bool { a.words == b.words }
    package static func < (a: PictureDigest, b: PictureDigest) -> Bool { a.words < b.words }
    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
