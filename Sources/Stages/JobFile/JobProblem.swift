/// One thing that is wrong with a job file: what, and where.
package struct JobProblem: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The file cannot be read; the system's words.
        case unreadable(path: String, reason: String)
        case notUTF8
        case empty
        /// The root, or a section, is something else than keys with values.
        case notAMapping(found: String)
        /// What the YAML parser says.
        case syntax(String)
        case tabIndentation
        case tooManyValues(limit: Int)
        case duplicateKey(String, firstLine: Int?)
        case unsupportedVersion(found: String)
        case missingKey(String, Scope)
        case unknownKey(String, Scope, suggestion: String?)
        case unknownStage(String, suggestion: String?)
        case missingValue(key: String, Scope)
        case wrongType(key: String, Scope, expected: String, found: String)
        case unknownChoice(key: String, Scope, found: String, choices: [String], suggestion: String?)
        /// A value that `validate` refuses; `requirement` goes on from "must".
        case invalid(key: String, Scope, requirement: String)
        case unsetVariable(String)
        case badInterpolation(String)
        case badOverride(reason: String)
    }

    /// Whose keys are spoken of.
    package enum Scope: Sendable, Equatable {
        /// The top level of the file.
        case file
        /// A section of the top level: `retention`.
        case section(String)
        /// A stage's section.
        case stage(String)
    }

    package let kind: Kind
    /// Nil where nothing was read.
    package let location: SourceLocation?

    package init(_ kind: Kind, at location: SourceLocation?) {
        self.kind = kind
        self.location = location
    }
}

/// Everything that is wrong with a job file, sorted by place: the file before the overrides, then by line and column.
package struct JobFileErrors: Error, Sendable {
    package let problems: [JobProblem]

    package init(_ problems: [JobProblem]) {
        let order = problems.enumerated().map { (Self.place($0.element), $0.offset, $0.element) }
        self.problems = order.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    private static func place(_ problem: JobProblem) -> (Int, Int, Int) {
        guard let location = problem.location else { return (0, 0, 0) }
        return (location.source.kind == .override ? 1 : 0, location.line, location.column)
    }
}

private func < (a: ((Int, Int, Int), Int), b: ((Int, Int, Int), Int)) -> Bool {
    a.0 == b.0 ? a.1 < b.1 : a.0 < b.0
}
