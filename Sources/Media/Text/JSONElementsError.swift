/// Why a JSON text could not be cut into its top-level elements; offsets count bytes from the start of the text.
package enum JSONElementsError: Error, Equatable, Sendable {
    /// The text is neither an object nor an array.
    case notAContainer(offset: Int)
    /// A byte that cannot stand where it stands.
    case unexpectedByte(UInt8, offset: Int)
    /// The text ended inside an element, or before the closing bracket.
    case truncated(offset: Int)
    /// Something follows the closing bracket.
    case trailingBytes(offset: Int)
    /// One element holds more bytes than allowed.
    case elementTooLarge(offset: Int, limit: Int)
    /// Brackets are nested deeper than allowed.
    case tooDeep(offset: Int, limit: Int)
    /// A key is no valid string: invalid UTF-8 or a broken escape.
    case invalidKey(offset: Int)
}

extension JSONElementsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAContainer(let offset): "byte \(offset): neither a JSON object nor an array"
        case .unexpectedByte(let byte, let offset):
            "byte \(offset): unexpected \(byte >= 0x20 && byte < 0x7F ? "'\(Unicode.Scalar(byte))'" : "byte \(byte)")"
        case .truncated(let offset): "byte \(offset): JSON ends too early"
        case .trailingBytes(let offset): "byte \(offset): text after the end of the JSON"
        case .elementTooLarge(let offset, let limit): "byte \(offset): element of more than \(limit) bytes"
        case .tooDeep(let offset, let limit): "byte \(offset): nested deeper than \(limit)"
        case .invalidKey(let offset): "byte \(offset): invalid key"
        }
    }
}
