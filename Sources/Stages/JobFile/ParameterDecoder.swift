/// What a decoding run gathers, whatever it throws.
final class ParameterReport {
    var problems: [JobProblem] = []
}

/// Thrown where no value can be made; the reason is in the report.
struct ParameterAbandoned: Error {}

/// Decodes a value from the file's node laid over the default.
///
/// A leaf that is wrong is reported and its default taken, so that one pass finds everything that is wrong.
struct ParameterDecoder: Decoder {
    /// What the file says; nil where it says nothing.
    let node: JobNode?
    /// What the default is; nil where there is none (an element of a list).
    let standard: ParameterValue?
    /// The dotted key within the stage's section, for messages: `negatives.ratio`, `archives[2].path`.
    let key: String
    let scope: JobProblem.Scope
    /// Where to point when the file says nothing.
    let fallback: SourceLocation?
    let report: ParameterReport
    /// Whether keys are data (a dictionary's).
    var isFreeForm = false

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    var location: SourceLocation? { node?.location ?? fallback }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        if let node, node.entries == nil, !node.isNull { throw mismatch("a section of keys with values") }
        return KeyedDecodingContainer(KeyedReader<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        if let node, node.elements == nil {
            if node.isNull { throw missing() }
            throw mismatch("a list")
        }
        return ListReader(decoder: self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { ValueReader(decoder: self) }

    /// Decodes any type, validating what validates itself and reporting keys that nothing reads.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let section = type as? any StageParameters.Type {
            guard let value = try decodeSection(section) as? T else { throw ParameterAbandoned() }
            return value
        }
        if let optional = type as? any OptionalParameter.Type, isNothing {
            guard let value = optional.nothing as? T else { throw ParameterAbandoned() }
            return value
        }
        var decoder = self
        decoder.isFreeForm = type is any FreeFormMap.Type
        if decoder.isFreeForm, let node, node.isNull { return try recover(from: missing(), as: type) }
        do {
            return try T(from: decoder)
        } catch is ParameterAbandoned {
            return try recover(from: ParameterAbandoned(), as: type)
        } catch DecodingError.dataCorrupted {
            reportChoice(for: type)
            return try recover(from: ParameterAbandoned(), as: type)
        }
    }

    /// Whether neither file nor default has a value, or the file says `null`.
    var isNothing: Bool {
        if let node { return node.isNull }
        return standard == nil || standard == .null
    }

    /// Takes the default where there is one and it was the file that was wrong.
    private func recover<T: Decodable>(from problem: ParameterAbandoned, as type: T.Type) throws -> T {
        guard node != nil, let standard, standard != .null else { throw problem }
        return try ParameterDecoder(
            node: nil, standard: standard, key: key, scope: scope, fallback: location, report: report
        ).decode(type)
    }

    private func decodeSection<P: StageParameters>(_ type: P.Type) throws -> P {
        var standard = standard
        if standard == nil || standard == .null { standard = ParameterValue(of: P()) }
        // An empty section (`train:` and nothing below) is all defaults.
        let said = node.flatMap { $0.isNull ? nil : $0 }
        let decoder = ParameterDecoder(
            node: said, standard: standard, key: key, scope: scope, fallback: location, report: report)
        let problemCount = report.problems.count
        let value: P
        do {
            value = try P(from: decoder)
        } catch is ParameterAbandoned where said != nil {
            value = P()
        }
        decoder.reportUnknownKeys()
        if report.problems.count == problemCount, said != nil || key.isEmpty {
            do {
                try value.validate()
            } catch {
                report.problems.append(
                    JobProblem(
                        .invalid(key: member(error.key), scope, requirement: error.requirement),
                        at: decoder.place(of: error.key)))
            }
        }
        return value
    }

    private func reportUnknownKeys() {
        guard let entries = node?.entries, let known = standard?.fields?.map(\.key) else { return }
        for entry in entries where !known.contains(entry.key) {
            let free = known.filter { name in !entries.contains { $0.key == name } }
            let suggestion =
                NearestName.suggestion(for: entry.key, among: free)
                ?? NearestName.suggestion(for: entry.key, among: known)
            report.problems.append(
                JobProblem(.unknownKey(member(entry.key), scope, suggestion: suggestion), at: entry.keyLocation))
        }
    }

    private func reportChoice(for type: any Decodable.Type) {
        let found = node?.text ?? node?.kindInWords ?? ""
        if let choices = Self.choices(of: type), !choices.isEmpty {
            let suggestion = NearestName.suggestion(for: found, among: choices)
            report.problems.append(
                JobProblem(
                    .unknownChoice(key: key, scope, found: found, choices: choices, suggestion: suggestion),
                    at: location))
        } else {
            report.problems.append(
                JobProblem(.wrongType(key: key, scope, expected: "another value", found: "'\(found)'"), at: location))
        }
    }

    private static func choices(of type: any Any.Type) -> [String]? {
        func names<Choice: CaseIterable>(_ type: Choice.Type) -> [String] {
            type.allCases.compactMap { choice in (choice as? any RawRepresentable).map { "\($0.rawValue)" } }
        }
        return (type as? any CaseIterable.Type).map { names($0) }
    }

    func member(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

    /// The place of a dotted key below this node, or of as much of it as the file has.
    func place(of dottedKey: String) -> SourceLocation? {
        var node = node
        var place = location
        for part in dottedKey.split(whereSeparator: { $0 == "." || $0 == "[" }) {
            if part.hasSuffix("]"), let index = Int(part.dropLast()), let elements = node?.elements,
                elements.indices.contains(index)
            {
                node = elements[index]
                place = node?.location ?? place
            } else if let entry = node?.entry(String(part)) {
                node = entry.value
                place = entry.value.isNull ? entry.keyLocation : entry.value.location
            } else {
                break
            }
        }
        return place
    }

    func mismatch(_ expected: String) -> ParameterAbandoned {
        report.problems.append(
            JobProblem(
                .wrongType(key: key, scope, expected: expected, found: node?.kindInWords ?? "nothing"), at: location))
        return ParameterAbandoned()
    }

    func missing() -> ParameterAbandoned {
        report.problems.append(JobProblem(.missingValue(key: key, scope), at: location))
        return ParameterAbandoned()
    }
}

/// Tells optionals apart at run time.
private protocol OptionalParameter {
    static var nothing: Any { get }
}
extension Optional: OptionalParameter {
    fileprivate static var nothing: Any { Self.none as Any }
}
