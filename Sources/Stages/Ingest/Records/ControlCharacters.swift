/// Ids stand in files of one id a line, in tables between tabs and in messages: a control character in one would break
/// what others wrote.
extension String {
    /// Whether there is a control character (C0, C1, delete) or a line or paragraph separator.
    var hasControlCharacter: Bool { unicodeScalars.contains(where: \.isControl) }

    /// The text as it can be shown on one line: `a\nb` with a backslash and an n.
    var showingControlCharacters: String {
        guard hasControlCharacter else { return self }
        return unicodeScalars.map { $0.isControl ? $0.escaped(asASCII: true) : String($0) }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        value < 0x20 || 0x7F...0x9F ~= value || value == 0x2028 || value == 0x2029
    }
}
