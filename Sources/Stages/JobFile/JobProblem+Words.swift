extension JobProblem {
    /// The problem in words: the subject first, then what to do.
    package var message: String {
        switch kind {
        case .unreadable(let path, let reason): "job file '\(path)' cannot be read: \(reason)"
        case .notUTF8: "the job file is not UTF-8 text"
        case .empty: "the job file is empty; it needs at least 'version: 1' and 'stages:'"
        case .notAMapping(let found): "expected keys with values here, found \(found)"
        case .syntax(let problem): "not valid YAML: \(problem)"
        case .tabIndentation: "a tab cannot indent YAML; use spaces"
        case .tooManyValues(let limit): "the job file has more than \(limit) values; do its aliases repeat one another?"
        case .duplicateKey(let key, .some(let line)): "duplicate key '\(key)'; it was first given at line \(line)"
        case .duplicateKey(let key, nil): "duplicate key '\(key)'"
        case .unsupportedVersion(let found): "version \(found) is not known; this program reads 'version: 1'"
        case .missingKey(let key, let scope): "missing key '\(key)'\(scope.inWords)"
        case .unknownKey(let key, let scope, let suggestion):
            "unknown key '\(key)'\(scope.inWords)\(Self.hint(suggestion))"
        case .unknownStage(let name, let suggestion): "unknown stage '\(name)'\(Self.hint(suggestion))"
        case .missingValue(let key, let scope): "missing value for '\(key)'\(scope.inWords)"
        case .wrongType(let key, let scope, let expected, let found):
            "'\(key)'\(scope.inWords) must be \(expected), not \(found)"
        case .unknownChoice(let key, let scope, let found, let choices, let suggestion):
            "'\(key)'\(scope.inWords) cannot be '\(found)'\(Self.hint(suggestion)) (one of: \(choices.joined(separator: ", ")))"
        case .invalid(let key, let scope, let requirement): "'\(key)'\(scope.inWords) must \(requirement)"
        case .unsetVariable(let name):
            "the variable '\(name)' is not set; set it, or give a default as in ${\(name):-value}"
        case .badInterpolation(let found):
            "'\(found)' is no variable; write ${NAME} or ${NAME:-default}, and $$ for one $"
        case .badOverride(let reason): reason
        }
    }

    /// `jobs/nightly.yaml:14:9: error: …` with the source line and a caret below.
    package var description: String {
        guard let location else { return "error: \(message)" }
        let place =
            switch location.source.kind {
            case .file(let path): "\(path):\(location.line):\(location.column)"
            case .override: "--set"
            }
        let excerpt = (location.excerpt ?? []).map { "\n  \($0)" }.joined()
        return "\(place): error: \(message)\(excerpt)"
    }

    private static func hint(_ suggestion: String?) -> String { suggestion.map { "; did you mean '\($0)'?" } ?? "" }
}

extension JobProblem: CustomStringConvertible {}

extension JobProblem.Scope {
    fileprivate var inWords: String {
        switch self {
        case .file: ""
        case .section(let name): " in '\(name)'"
        case .stage(let name): " in stage '\(name)'"
        }
    }
}

extension JobFileErrors: CustomStringConvertible {
    /// All of them, one after the other.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
