/// Reads JSON (RFC 8259) from left to right and knows where it stands, so that an error can name line and column.
///
/// Only what question files need: objects, arrays, strings, whole numbers, null, and anything else to be skipped.
struct JSONCursor {
    private let bytes: [UInt8]
    private(set) var position = 0
    /// Deep enough for any question file, shallow enough for any stack.
    private let depthLimit = 64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A byte order mark, as some editors leave it.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    func error(_ problem: QuestionFormatError.Problem, at offset: Int? = nil) -> QuestionFormatError {
        let place = offset ?? position
        if case .expected = problem, place >= bytes.count {
            return QuestionFormatError(.truncated, at: bytes.count, of: bytes)
        }
        return QuestionFormatError(problem, at: place, of: bytes)
    }

    /// The next byte that is no white space, without taking it; nil at the end.
    mutating func peek() -> UInt8? {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
        return position < bytes.count ? bytes[position] : nil
    }

    /// Takes the next byte if it is this one.
    mutating func take(_ character: Character) -> Bool {
        guard let byte = character.asciiValue, peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ character: Character) throws(QuestionFormatError) {
        guard take(character) else { throw error(.expected("'\(character)'")) }
    }

    /// Calls `element` at the start of each element of an array.
    mutating func array(_ element: (inout JSONCursor) throws(QuestionFormatError) -> Void) throws(QuestionFormatError) {
        guard take("[") else { throw error(.expected("an array")) }
        if take("]") { return }
        repeat { try element(&self) } while take(",")
        guard take("]") else { throw error(.expected("',' or ']'")) }
    }

    /// Calls `member` at the start of each value of an object, with its key.
    mutating func object(
        _ member: (inout JSONCursor, String) throws(QuestionFormatError) -> Void
    ) throws(QuestionFormatError) {
        guard take("{") else { throw error(.expected("an object")) }
        if take("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while take(",")
        guard take("}") else { throw error(.expected("',' or '}'")) }
    }

    mutating func string() throws(QuestionFormatError) -> String {
        guard take("\"") else { throw error(.expected("a string")) }
        let start = position
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let decoded = String(validating: text, as: UTF8.self) else {
                    throw error(.invalidUTF8, at: start)
                }
                return decoded
            case UInt8(ascii: "\\"): try appendEscape(to: &text)
            case 0..<0x20: throw error(.expected("no control character in a string"), at: position - 1)
            default: text.append(byte)
            }
        }
        throw error(.truncated)
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(QuestionFormatError) {
        guard position < bytes.count else { throw error(.truncated) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if 0xD800..<0xDC00 ~= code, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try hexadecimal()
                guard 0xDC00..<0xE000 ~= low else { throw error(.expected("the second half of a surrogate pair")) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error(.expected("a Unicode scalar")) }
            text.append(contentsOf: String(scalar).utf8)
        default: throw error(.expected("a known escape"), at: position - 1)
        }
    }

    private mutating func hexadecimal() throws(QuestionFormatError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw error(.truncated, at: bytes.count) }
        var code: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error(.expected("four hexadecimal digits"))
            }
            code = code << 4 | UInt32(digit)
        }
        position += 4
        return code
    }

    mutating func integer() throws(QuestionFormatError) -> Int {
        _ = peek()
        let start = position
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        while position < bytes.count, 0x30..<0x3A ~= bytes[position] { position += 1 }
        let next = position < bytes.count ? bytes[position] : 0
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)),
            ![UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(next)
        else {
            throw error(.expected("a whole number"), at: start)
        }
        return value
    }

    /// Takes `null` if it stands here.
    mutating func takeNull() -> Bool {
        guard peek() == UInt8(ascii: "n"), bytes[position...].starts(with: Array("null".utf8)) else { return false }
        position += 4
        return true
    }

    /// Passes over one value of any kind.
    mutating func skip(depth: Int = 0) throws(QuestionFormatError) {
        guard depth < depthLimit else { throw error(.nestedTooDeeply) }
        switch peek() {
        case UInt8(ascii: "{"):
            try object { cursor, _ throws(QuestionFormatError) in try cursor.skip(depth: depth + 1) }
        case UInt8(ascii: "["): try array { cursor throws(QuestionFormatError) in try cursor.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default:
            let start = position
            while position < bytes.count, !" \n\r\t,]}".utf8.contains(bytes[position]) { position += 1 }
            let word = String(decoding: bytes[start..<position], as: UTF8.self)
            guard ["true", "false", "null"].contains(word) || Double(word)?.isFinite == true else {
                throw error(.expected("a value"), at: start)
            }
        }
    }

    /// Nothing but white space may follow the value.
    mutating func expectEnd() throws(QuestionFormatError) {
        guard peek() == nil else { throw error(.expected("the end of the file")) }
    }
}
