/// A name in the order in which people number files: `catalogue`, `catalogue-2`, `catalogue-10`.
///
/// Digits in a row compare by their value, all else by UTF-8 bytes. Folders compare before what lies in them, and files without
/// their endings first: a hyphen is a smaller byte than a point, and `catalogue-2.zip` would stand before the `catalogue.zip`
/// that it corrects. Names that are equal in that way (`a-1` and `a-01`) compare by all of their bytes, so that the order is
/// total and the same everywhere.
package struct NumberedName: Comparable {
    private let bytes: [UInt8]
    /// How many of the bytes stand before the ending.
    private let stemCount: Int

    package init(_ name: String) {
        bytes = Array(name.utf8)
        stemCount = Self.stem(of: bytes[...]).endIndex
    }

    package static func < (a: NumberedName, b: NumberedName) -> Bool {
        let (stemOfA, stemOfB) = (a.bytes[..<a.stemCount], b.bytes[..<b.stemCount])
        return precedes(stemOfA, stemOfB) ?? precedes(a.bytes[...], b.bytes[...])
            ?? a.bytes.lexicographicallyPrecedes(b.bytes)
    }

    /// - Returns: nil where they differ at most by zeros before numbers.
    private static func precedes(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool? {
        var (a, b) = (a, b)
        while let first = a.first, let second = b.first {
            if isDigit(first), isDigit(second) {
                let (first, second) = (number(from: &a), number(from: &b))
                // Without leading zeros the longer number is the larger one, however many digits it has.
                if first.count != second.count { return first.count < second.count }
                if first != second { return first.lexicographicallyPrecedes(second) }
            } else {
                if first != second { return rank(first) < rank(second) }
                a.removeFirst()
                b.removeFirst()
            }
        }
        return a.isEmpty == b.isEmpty ? nil : a.isEmpty
    }

    /// The digits that the bytes begin with, without leading zeros; takes them off.
    private static func number(from bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes[digits.endIndex...]
        return digits.drop { $0 == UInt8(ascii: "0") }
    }

    /// The name without `.zip`, `.tar.zst` and the like: an ending has a letter, and `catalogue.2026.11` none.
    private static func stem(of name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let file = name[(name.lastIndex(of: slash).map { $0 + 1 } ?? name.startIndex)...]
        guard let point = file.lastIndex(of: UInt8(ascii: ".")), point > file.startIndex,
            file[point...].contains(where: isLetter)
        else { return name }
        let rest = file[..<point]
        let isCompressed = rest.count > 4 && rest.suffix(4).map { $0 | 0x20 } == Array(".tar".utf8)
        return name[..<(isCompressed ? point - 4 : point)]
    }

    /// A folder ends where its name does.
    private static func rank(_ byte: UInt8) -> UInt8 { byte == slash ? 0 : byte }

    private static let slash = UInt8(ascii: "/")
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
