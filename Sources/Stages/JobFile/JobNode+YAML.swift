internal import Yams

/// The one place where Yams is called.
extension JobNode {
    /// More values than any job file has; a few lines of aliases to aliases could ask for billions.
    private static let valueCountLimit = 100_000

    /// Reads one YAML document.
    ///
    /// - Parameters:
    ///   - text: the document, its lines and columns those of `source`.
    /// - Returns: nil for an empty document.
    /// - Throws: everything that is wrong with it: the first syntax error, or all duplicate keys.
    static func parse(_ text: String, from source: SourceText) throws(JobFileErrors) -> JobNode? {
        var text = text
        var replaced: [Character: String] = [:]
        while true {
            do {
                guard let root = try Parser(yaml: text, encoding: .utf8).singleRoot() else { return nil }
                var converter = YAMLConverter(source: source, replaced: replaced, limit: valueCountLimit)
                let node = converter.convert(root)
                guard converter.problems.isEmpty else { throw JobFileErrors(converter.problems) }
                return node
            } catch let errors as JobFileErrors {
                throw errors
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                // Yams stops at the first mapping with duplicates and tells where the *first* of a key stands. That one is
                // renamed, at its own length, and the text read again: so all are found, each with both its places.
                let location = SourceLocation(source: source, line: context.mark.line, column: context.mark.column)
                guard let key = keys.first, replaced.count < 100,
                    let marker = Unicode.Scalar(0xE000 + UInt32(replaced.count)).map(Character.init),
                    let renamed = renameKey(key, at: location, to: marker, in: text)
                else {
                    throw JobFileErrors([JobProblem(.duplicateKey(keys.first ?? "", firstLine: nil), at: location)])
                }
                replaced[marker] = key
                text = renamed
            } catch let error as YamlError {
                throw JobFileErrors([JobProblem(yaml: error, in: source, text: text)])
            } catch {
                throw JobFileErrors([JobProblem(.syntax("\(error)"), at: nil)])
            }
        }
    }

    /// The text with the key's scalars replaced by as many markers; nil where the key is not written literally.
    private static func renameKey(
        _ key: String, at location: SourceLocation, to marker: Character, in text: String
    ) -> String? {
        let scalars = Array(text.unicodeScalars)
        var line = 1
        var position = 0
        while line < location.line, position < scalars.count {
            switch scalars[position] {
            case "\r" where position + 1 < scalars.count && scalars[position + 1] == "\n": break
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": line += 1
            default: break
            }
            position += 1
        }
        position += location.column - 1
        if position < scalars.count, scalars[position] == "\"" || scalars[position] == "'" { position += 1 }
        let old = Array(key.unicodeScalars)
        guard !old.isEmpty, position + old.count <= scalars.count,
            Array(scalars[position..<position + old.count]) == old
        else { return nil }
        var renamed = String.UnicodeScalarView(scalars[..<position])
        for _ in old { renamed.append(contentsOf: marker.unicodeScalars) }
        renamed.append(contentsOf: scalars[(position + old.count)...])
        return String(renamed)
    }
}

/// Turns the nodes of Yams into `JobNode`s and gathers what they have that a job file may not.
private struct YAMLConverter {
    let source: SourceText
    /// Markers that stand for the first of two equal keys.
    let replaced: [Character: String]
    let limit: Int
    var problems: [JobProblem] = []
    private var valueCount = 0

    init(source: SourceText, replaced: [Character: String], limit: Int) {
        self.source = source
        self.replaced = replaced
        self.limit = limit
    }

    mutating func convert(_ node: Node) -> JobNode {
        let location = SourceLocation(source: source, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        valueCount += 1
        guard valueCount <= limit else {
            if valueCount == limit + 1 { problems.append(JobProblem(.tooManyValues(limit: limit), at: location)) }
            return JobNode(content: .scalar(text: "", isPlain: true), location: location)
        }
        switch node {
        case .scalar(let scalar):
            return JobNode(content: .scalar(text: scalar.string, isPlain: scalar.style == .plain), location: location)
        case .sequence(let sequence):
            return JobNode(content: .sequence(sequence.map { convert($0) }), location: location)
        case .mapping(let mapping):
            return JobNode(
                content: .mapping(mapping.compactMap { convert(key: $0.key, value: $0.value) }), location: location
            )
            .reportingDuplicates(replaced, into: &problems)
        case .alias:
            return JobNode(content: .scalar(text: "", isPlain: true), location: location)
        }
    }

    private mutating func convert(key: Node, value: Node) -> JobNode.Entry? {
        let key = convert(key)
        guard case .scalar(let text, _) = key.content else {
            problems.append(JobProblem(.syntax("a key must be a text, not \(key.kindInWords)"), at: key.location))
            return nil
        }
        return JobNode.Entry(key: text, keyLocation: key.location, value: convert(value))
    }
}

extension JobNode {
    /// Gives renamed keys their names back and reports the key that follows each of them.
    fileprivate func reportingDuplicates(_ replaced: [Character: String], into problems: inout [JobProblem]) -> JobNode
    {
        guard !replaced.isEmpty, var entries else { return self }
        var firstLines: [String: Int] = [:]
        for position in entries.indices {
            if let marker = entries[position].key.first, let key = replaced[marker] { entries[position].key = key }
            let entry = entries[position]
            if let firstLine = firstLines[entry.key] {
                problems.append(JobProblem(.duplicateKey(entry.key, firstLine: firstLine), at: entry.keyLocation))
            } else {
                firstLines[entry.key] = entry.keyLocation.line
            }
        }
        return JobNode(content: .mapping(entries), location: location)
    }
}

extension JobProblem {
    fileprivate init(yaml error: YamlError, in source: SourceText, text: String) {
        func location(_ mark: Mark) -> SourceLocation {
            // An error at the very end is shown at the end of the last line that exists.
            let line = min(mark.line, source.lines.count)
            let column = line == mark.line ? mark.column : (source.lines.last?.unicodeScalars.count ?? 0) + 1
            return SourceLocation(source: source, line: max(1, line), column: column)
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = location(mark)
            if let tab = Self.tabInIndentation(of: source, line: place.line) {
                self.init(.tabIndentation, at: SourceLocation(source: source, line: place.line, column: tab))
            } else {
                let since = context.map { ", \($0.text) at line \($0.mark.line)" } ?? ""
                self.init(.syntax(problem + since), at: place)
            }
        case .reader(let problem, let offset, _, _):
            let before = SourceText(kind: source.kind, text: String(text.prefix(offset ?? 0)))
            let column = (before.lines.last?.unicodeScalars.count ?? 0) + 1
            self.init(.syntax(problem), at: SourceLocation(source: source, line: before.lines.count, column: column))
        default:
            self.init(.syntax("\(error)"), at: SourceLocation(source: source, line: 1, column: 1))
        }
    }

    private static func tabInIndentation(of source: SourceText, line: Int) -> Int? {
        guard source.lines.indices.contains(line - 1) else { return nil }
        for (position, scalar) in source.lines[line - 1].unicodeScalars.enumerated() {
            if scalar == "\t" { return position + 1 }
            if scalar != " " { return nil }
        }
        return nil
    }
}
