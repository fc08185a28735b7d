/// Parameters as data: what the defaults are laid out as, and what canonical JSON is made from.
enum ParameterValue: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        var key: String
        var value: ParameterValue
    }

    case null
    case truth(Bool)
    /// The shortest digits that read back to the same number.
    case number(String)
    case text(String)
    case list([ParameterValue])
    /// A type's properties; known keys and no others.
    case section([Field])
    /// A dictionary; any keys.
    case map([Field])

    init<Number: BinaryFloatingPoint & LosslessStringConvertible>(floating number: Number) {
        let text = number.description
        self = .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    subscript(key key: String) -> ParameterValue? {
        switch self {
        case .section(let fields), .map(let fields): fields.first { $0.key == key }?.value
        default: nil
        }
    }

    var fields: [Field]? {
        switch self {
        case .section(let fields), .map(let fields): fields
        default: nil
        }
    }

    /// Canonical JSON text: no white space, keys sorted.
    var json: String {
        switch self {
        case .null: "null"
        case .truth(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .text(let text): Self.quoted(text)
        case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
        case .section(let fields), .map(let fields):
            "{"
                + fields.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ":" + $0.value.json }
                .joined(separator: ",") + "}"
        }
    }

    /// Leaves by dotted key; sections are taken apart, lists and maps are leaves.
    func flattened() -> [String: String] {
        var leaves: [String: String] = [:]
        func visit(_ value: ParameterValue, prefix: String) {
            guard case .section(let fields) = value else {
                leaves[prefix] = value.json
                return
            }
            for field in fields { visit(field.value, prefix: prefix.isEmpty ? field.key : "\(prefix).\(field.key)") }
        }
        if case .section = self { visit(self, prefix: "") } else { leaves["value"] = json }
        return leaves
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
