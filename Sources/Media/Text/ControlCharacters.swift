/// Names and words of the input stand in files of one id a line, in tables between tabs, in messages and on terminals: a
/// control character in one would break what others wrote, or be obeyed.
extension String {
    /// Whether there is a control character (C0, C1, delete) or a line or paragraph separator.
    package var hasControlCharacter: Bool { unicodeScalars.contains(where: \.isControl) }

    /// The text as it can be shown on one line: `a\nb` with a backslash and an n.
    /// - Parameter kept: control characters that stay as they are.
    package func showingControlCharacters(except kept: [Unicode.Scalar] = []) -> String {
        guard hasControlCharacter else { return self }
        return unicodeScalars.map { scalar in
            scalar.isControl && !kept.contains(scalar) ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        value < 0x20 || 0x7F...0x9F ~= value || value == 0x2028 || value == 0x2029
    }
}
