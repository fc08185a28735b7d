/// A name in the order in which people number files: `catalogue-2` before `catalogue-10`.
///
/// Digits in a row compare by their value, all else by UTF-8 bytes. Names that are equal in that way (`a-1` and `a-01`)
/// compare by all of their bytes, so that the order is total and the same everywhere.
package struct NumberedName: Comparable {
    private let bytes: [UInt8]

    package init(_ name: String) { bytes = Array(name.utf8) }

    package static func < (a: NumberedName, b: NumberedName) -> Bool {
        var (i, j) = (0, 0)
        while i < a.bytes.count, j < b.bytes.count {
            if isDigit(a.bytes[i]), isDigit(b.bytes[j]) {
                let (first, second) = (a.number(from: &i), b.number(from: &j))
                // Without leading zeros the longer number is the larger one, however many digits it has.
                if first.count != second.count { return first.count < second.count }
                if first != second { return first.lexicographicallyPrecedes(second) }
            } else {
                if a.bytes[i] != b.bytes[j] { return a.bytes[i] < b.bytes[j] }
                i += 1
                j += 1
            }
        }
        let (restOfA, restOfB) = (a.bytes.count - i, b.bytes.count - j)
        if (restOfA == 0) != (restOfB == 0) { return restOfA == 0 }
        return a.bytes.lexicographicallyPrecedes(b.bytes)
    }

    /// The digits at a place without leading zeros; moves the place behind them.
    private func number(from place: inout Int) -> ArraySlice<UInt8> {
        let digits = bytes[place...].prefix(while: Self.isDigit)
        place = digits.endIndex
        return digits.drop { $0 == UInt8(ascii: "0") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
