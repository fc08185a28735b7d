/// The head of a `.npy` file: element type and shape, always in C order.
///
/// Layout (NumPy enhancement proposal 1, version 1.0):
///
///     offset  bytes  what
///     0       6      93 4E 55 4D 50 59 ("\x93NUMPY")
///     6       2      version, 01 00 (read: also 02 00 and 03 00)
///     8       2      length of the text, little-endian (4 bytes in versions 2 and 3)
///     10      n      {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } + spaces + "\n"
///     64·m    …      the elements, row after row
///
/// The text is padded so that the elements begin at a multiple of 64 bytes: a mapped file is aligned for any vector unit.
package struct NPYHeader: Sendable, Equatable {
    package var type: ElementType
    /// One number a dimension; empty for a single value.
    package var shape: [Int]

    package init(type: ElementType, shape: [Int]) {
        self.type = type
        self.shape = shape
    }

    private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    /// More header than any array of the supported types can need; beyond it a length is taken for damage.
    private static let longestText = 65_535

    /// The bytes that stand before the elements. A writer that knows its shape writes these, then rows as they come.
    package func encoded() -> [UInt8] {
        let dimensions = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        let text = "{'descr': '\(type.npyDescription)', 'fortran_order': False, 'shape': (\(dimensions)), }"
        let unpadded = Self.magic.count + 4 + text.utf8.count + 1
        let total = (unpadded + 63) / 64 * 64
        let textByteCount = total - Self.magic.count - 4
        return Self.magic + [1, 0, UInt8(textByteCount & 0xFF), UInt8(textByteCount >> 8)] + Array(text.utf8)
            + [UInt8](repeating: UInt8(ascii: " "), count: total - unpadded) + [UInt8(ascii: "\n")]
    }

    /// Reads the head of a file and says where its elements begin. `bytes` may be a prefix of the file that holds the head.
    package static func decode(_ bytes: [UInt8]) throws(NPYError) -> (header: NPYHeader, elementsOffset: Int) {
        guard bytes.starts(with: magic.prefix(bytes.count)) else { throw .notNPY }
        guard bytes.count >= 10 else { throw .truncated(expectedByteCount: 10, byteCount: bytes.count) }
        let textOffset: Int
        let textByteCount: Int
        switch (bytes[6], bytes[7]) {
        case (1, 0):
            textOffset = 10
            textByteCount = Int(bytes[8]) | Int(bytes[9]) << 8
        case (2, 0), (3, 0):
            guard bytes.count >= 12 else { throw .truncated(expectedByteCount: 12, byteCount: bytes.count) }
            textOffset = 12
            textByteCount = (0..<4).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        default:
            throw .unsupportedVersion(major: bytes[6], minor: bytes[7])
        }
        guard textByteCount <= longestText else { throw .malformedHeader("the header claims \(textByteCount) bytes") }
        guard bytes.count >= textOffset + textByteCount else {
            throw .truncated(expectedByteCount: textOffset + textByteCount, byteCount: bytes.count)
        }
        var parser = NPYHeaderParser(text: bytes[textOffset..<textOffset + textByteCount])
        return (try parser.parse(), textOffset + textByteCount)
    }

    /// How many elements the shape holds, or nil where that overflows.
    package var elementCount: Int? {
        var count = 1
        for dimension in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            if overflow { return nil }
            count = product
        }
        return count
    }

    /// How many bytes the elements take, or nil where that overflows.
    package var elementsByteCount: Int? {
        guard let elementCount else { return nil }
        let (product, overflow) = elementCount.multipliedReportingOverflow(by: type.byteCount)
        return overflow ? nil : product
    }
}

/// Reads the one Python dictionary that a `.npy` header is.
struct NPYHeaderParser {
    private let text: ArraySlice<UInt8>
    private var position: Int

    init(text: ArraySlice<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    mutating func parse() throws(NPYError) -> NPYHeader {
        var description: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !consume("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where description == nil: description = try string()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
            case "shape" where shape == nil: shape = try tuple()
            default: throw .malformedHeader("unexpected key '\(key)'")
            }
            if !consume(",") {
                try expect("}")
                break
            }
        }
        skipSpaces()
        guard position == text.endIndex else { throw .malformedHeader("text after the dictionary") }
        guard let description, let isFortranOrder, let shape else {
            throw .malformedHeader("descr, fortran_order or shape is missing")
        }
        guard let type = ElementType(npyDescription: description) else { throw .unsupportedType(description) }
        // One dimension has one order only.
        guard !isFortranOrder || shape.count < 2 else { throw .fortranOrder }
        return NPYHeader(type: type, shape: shape)
    }

    private mutating func skipSpaces() {
        while position < text.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private mutating func consume(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard position < text.endIndex, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(NPYError) {
        guard consume(character) else { throw .malformedHeader("expected '\(character)'") }
    }

    private mutating func string() throws(NPYError) -> String {
        let quote: UInt8
        if consume("'") {
            quote = UInt8(ascii: "'")
        } else if consume("\"") {
            quote = UInt8(ascii: "\"")
        } else {
            // A structured type is a list here.
            throw .malformedHeader("expected a string")
        }
        guard let end = text[position...].firstIndex(of: quote) else { throw .malformedHeader("open string") }
        defer { position = end + 1 }
        return String(decoding: text[position..<end], as: UTF8.self)
    }

    private mutating func boolean() throws(NPYError) -> Bool {
        skipSpaces()
        for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw .malformedHeader("expected True or False")
    }

    private mutating func tuple() throws(NPYError) -> [Int] {
        var dimensions: [Int] = []
        try expect("(")
        while !consume(")") {
            skipSpaces()
            let digits = text[position...].prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard let dimension = Int(String(decoding: digits, as: UTF8.self)) else {
                throw .malformedHeader("a dimension is no number that fits")
            }
            position += digits.count
            dimensions.append(dimension)
            if !consume(",") {
                try expect(")")
                break
            }
        }
        return dimensions
    }
}
