/// What the header of a Zstandard frame asks for (RFC 8878, section 3.1.1.1).
enum ZstandardFrame {
    /// The most that the library decodes, and what `zstd --long` writes at most without a number.
    private static let windowByteLimit = 1 << 27

    /// Whether the frame at the start of a file needs more memory than the library takes: it says no more than that it failed.
    static func isWindowTooLarge(_ start: [UInt8]) -> Bool {
        guard start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]), start.count > 5 else { return false }
        let descriptor = start[4]
        if descriptor & 0x20 == 0 {
            let (exponent, mantissa) = (Int(start[5] >> 3), Int(start[5] & 7))
            return (8 + mantissa) << (7 + exponent) > windowByteLimit
        }
        // A single segment: the window is the content, whose size follows the number of a dictionary.
        let place = 5 + [0, 1, 2, 4][Int(descriptor & 3)]
        let width = [1, 2, 4, 8][Int(descriptor >> 6)]
        guard width > 2, start.count >= place + width else { return false }
        return start[place..<place + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } > windowByteLimit
    }
}
