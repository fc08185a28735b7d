/// A value of the job file with its place: what YAML gives, less what the job file has no use for.
struct JobNode: Sendable {
    enum Content: Sendable {
        /// `isPlain` tells `5` from `"5"`: only plain scalars are numbers, truth values or nothing.
        case scalar(text: String, isPlain: Bool)
        case sequence([JobNode])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        var key: String
        var keyLocation: SourceLocation
        var value: JobNode
    }

    var content: Content
    var location: SourceLocation

    /// An empty value, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text, true) = content else { return false }
        return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    var elements: [JobNode]? {
        if case .sequence(let elements) = content { elements } else { nil }
    }

    /// Any scalar but nothing: `2024` and `true` are texts too where a text is asked for.
    var text: String? {
        guard case .scalar(let text, _) = content, !isNull else { return nil }
        return text
    }

    /// YAML 1.2 core schema: `true` and `false` alone, so that a country code stays what it is.
    var truth: Bool? {
        switch content {
        case .scalar("true", true), .scalar("True", true), .scalar("TRUE", true): true
        case .scalar("false", true), .scalar("False", true), .scalar("FALSE", true): false
        default: nil
        }
    }

    func integer<Number: FixedWidthInteger>(as type: Number.Type) -> Number? {
        guard case .scalar(let text, true) = content else { return nil }
        return Number(Self.withoutSeparators(text))
    }

    /// Finite numbers only.
    var number: Double? {
        guard case .scalar(let text, true) = content, let first = text.unicodeScalars.first,
            first == "-" || first == "+" || first == "." || ("0"..."9").contains(first),
            !text.hasPrefix("0x"), let value = Double(Self.withoutSeparators(text)), value.isFinite
        else { return nil }
        return value
    }

    /// Whether the scalar is a whole number of any size, for "too large" apart from "not a number".
    var looksWhole: Bool {
        guard case .scalar(let text, true) = content else { return false }
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : Substring(text)
        return !digits.isEmpty && digits.unicodeScalars.allSatisfy { ("0"..."9").contains($0) || $0 == "_" }
    }

    /// How a message calls what stands there.
    var kindInWords: String {
        switch content {
        case .mapping: "a section"
        case .sequence: "a list"
        case .scalar where isNull: "nothing"
        case .scalar(let text, true): "'\(text.fitted(to: 40))'"
        case .scalar(let text, false): "the text \"\(text.fitted(to: 40))\""
        }
    }

    func entry(_ key: String) -> Entry? { entries?.first { $0.key == key } }

    /// `1_000_000` is read as the number that it looks like.
    private static func withoutSeparators(_ text: String) -> String {
        guard text.contains("_"), !text.hasPrefix("_"), !text.hasSuffix("_"), !text.contains("__") else { return text }
        return text.filter { $0 != "_" }
    }
}
