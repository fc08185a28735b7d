/// One `--set stage.key=value`: a change of the job file for one run.
struct JobOverride {
    /// `["train", "epochs"]`.
    let path: [String]
    let value: JobNode
    let keyLocation: SourceLocation

    /// The value is YAML on one line: `5`, `tea`, `"5"`, `[1, 2]`, `{a: 1}`.
    init(argument: String) throws(JobFileErrors) {
        let source = SourceText(kind: .override, text: argument)
        let start = SourceLocation(source: source, line: 1, column: 1)
        guard let equals = argument.firstIndex(of: "=") else {
            throw JobFileErrors([JobProblem(.badOverride(reason: "expected stage.key=value"), at: start)])
        }
        let key = argument[..<equals]
        path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.count >= 1, path.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
            throw JobFileErrors([
                JobProblem(.badOverride(reason: "'\(key)' is no key; write stage.key=value"), at: start)
            ])
        }
        keyLocation = start
        // Commands of hooks have a shell of their own.
        if path[0] != "hooks", let variable = Self.variable(in: argument) {
            let reason =
                "'${\(variable.name)}' is known to job files alone; let the shell fill it in: \"…$\(variable.name)…\""
            let place = SourceLocation(source: source, line: 1, column: variable.column)
            throw JobFileErrors([JobProblem(.badOverride(reason: reason), at: place)])
        }
        // Spaces in place of the key keep the columns of what the parser says.
        let column = key.unicodeScalars.count + 2
        let blanked = String(repeating: " ", count: column - 1) + argument[argument.index(after: equals)...]
        let valueLocation = SourceLocation(source: source, line: 1, column: column)
        value =
            try JobNode.parse(blanked, from: source)
            ?? JobNode(content: .scalar(text: "", isPlain: true), location: valueLocation)
    }

    /// The first `${NAME…`, as it arrives where single quotes kept the shell from it.
    private static func variable(in argument: String) -> (name: String, column: Int)? {
        guard let match = argument.firstMatch(of: /\$\{(\w+)/) else { return nil }
        return (String(match.output.1), argument[..<match.range.lowerBound].unicodeScalars.count + 1)
    }
}

extension JobNode {
    /// The tree with the value at a path of keys, whose missing sections are made.
    func setting(_ path: ArraySlice<String>, of override: JobOverride) throws(JobFileErrors) -> JobNode {
        guard let key = path.first else { return override.value }
        guard var entries = isNull ? [] : entries else {
            let above = override.path.prefix(override.path.count - path.count).joined(separator: ".")
            let reason = "'\(above)' is \(kindInWords), so it has no key '\(key)'"
            throw JobFileErrors([JobProblem(.badOverride(reason: reason), at: override.keyLocation)])
        }
        let empty = JobNode(content: .scalar(text: "", isPlain: true), location: override.value.location)
        if let position = entries.firstIndex(where: { $0.key == key }) {
            let value = try entries[position].value.setting(path.dropFirst(), of: override)
            entries[position].value = value
            // What is wrong with the new value is the argument's fault, not the file's.
            if path.count == 1 { entries[position].keyLocation = override.keyLocation }
        } else {
            let value = try empty.setting(path.dropFirst(), of: override)
            entries.append(Entry(key: key, keyLocation: override.keyLocation, value: value))
        }
        return JobNode(content: .mapping(entries), location: location)
    }
}
