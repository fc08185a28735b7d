internal import Foundation
internal import Pipeline
internal import Stages

/// What an error says to a person, and to a script by the exit status: the one place for both.
package enum ErrorWords {
    /// The whole message, `error:` and place included, and hints on further lines.
    package static func message(for error: any Error) -> String {
        switch error {
        case let errors as JobFileErrors: return errors.description
        case let failure as HookFailure:
            return "error: hook '\(failure.hook)' failed: \(failure.cause)\n  \(failure.command)"
        case let error as RunLockError:
            let holder = error.holder.map {
                "process \($0.process) has been working in this workspace since \(Amounts.moment($0.startedAt))"
            }
            return "error: \(holder ?? "another process works in this workspace")\n"
                + "hint: try again when it has ended; a run that is killed lets go of the lock"
        case let error as ForeignFolderError:
            return "error: \(cause(error))\n"
                + "hint: give the job a folder of its own: workspace: .atelier in the job file, or --workspace FOLDER"
        case let error as CommandProblem:
            return "error: \(error.message)" + (error.hint.map { "\nhint: \($0)" } ?? "")
        default: return "error: \(cause(error))"
        }
    }

    package static func exitStatus(for error: any Error) -> ExitStatus {
        switch error {
        case is JobFileErrors, is StageGraphError, is ForeignFolderError: .usage
        case let problem as CommandProblem: problem.status
        case is RunLockError: .locked
        case is CancellationRequest: .interrupted
        case is QualityGateRefusal: .refused
        default: .failed
        }
    }

    /// A cause within a longer message, without `error:`.
    package static func cause(_ error: any Error) -> String {
        switch error {
        case let failure as StageFailure:
            let words = cause(failure.cause)
            // A shard that is a file is mostly named by what went wrong with it.
            let shard = failure.shard.map { words.hasPrefix($0 + ": ") ? "" : ", shard '\($0)'" } ?? ""
            return "stage '\(failure.stage)'\(shard) failed: \(words)"
        case let failure as HookFailure: return "hook '\(failure.hook)' failed: \(failure.cause): \(failure.command)"
        case let error as StageGraphError: return words(for: error)
        case let error as BuildError: return words(for: error)
        case let error as ForeignFolderError:
            return "\(error.folder) is no workspace, and its '\(error.part)' would be emptied or replaced in one"
        case let error as MissingInputError:
            return "its input '\(error.artifact)' is not there; run stage '\(error.producer)' too, which makes it "
                + "(--until runs a stage and all that it needs)"
        case let error as ExternalInputError:
            let reason = error.cause as? FileSystemError
            return "\(error.label): " + (reason.map { "cannot \($0.operation): \($0.message)" } ?? cause(error.cause))
        case let refusal as QualityGateRefusal: return refusal.summary
        case is CancellationRequest: return "interrupted"
        case let errors as JobFileErrors: return errors.problems.map(\.message).joined(separator: "; ")
        case let error as CocoaError:
            let reason = error.localizedDescription.replacingOccurrences(
                of: "The operation could not be completed. ", with: "")
            return error.filePath.map { "\($0): \(reason)" } ?? reason
        case let error as any CustomStringConvertible & Error: return error.description
        case let error as any LocalizedError: return error.errorDescription ?? phrase(for: error)
        default: return type(of: error) == NSError.self ? error.localizedDescription : phrase(for: error)
        }
    }

    private static func words(for error: StageGraphError) -> String {
        switch error {
        case .duplicateStage(let stage): "stage '\(stage)' is there twice"
        case .duplicateOutput(let artifact, let stages):
            "\(StageWords.quoted(stages)) both write '\(artifact)'; an artifact has one writer"
        case .missingProducer(let artifact, let stage):
            "stage '\(stage)' reads '\(artifact)', which no stage of this job writes"
        case .cycle(let stages): "the stages \(StageWords.quoted(stages)) read from one another in a circle"
        case .unknownStage(let stage, let known):
            "no stage is called '\(stage)'; this job has \(known.map(\.rawValue).joined(separator: ", "))"
        case .nothingSelected(let selection):
            "no stage is \(selectionWords(selection)); `atelier graph JOB` shows what depends on what"
        }
    }

    private static func selectionWords(_ selection: StageSelection) -> String {
        let parts = [("one of", selection.only), ("from", selection.from), ("until", selection.until)]
        return parts.filter { !$0.1.isEmpty }.map { "\($0.0) \(StageWords.quoted($0.1))" }.joined(separator: " and ")
    }

    private static func words(for error: BuildError) -> String {
        switch error {
        case .unknownBuild(let build): "no build is called '\(build)'; `atelier builds` lists them"
        case .damaged(let build, let file): "build \(build) is damaged: \(file)"
        case .damagedRegister(let path): "\(path): the register of builds is damaged; \(registerAdvice)"
        case .rejected(let build):
            "build \(build) was rejected by a rollback; --force publish publishes it all the same"
        case .nothingToRollBackTo: "there is no published build before the current one"
        }
    }

    /// What to do about a register that does not read; its path was named before.
    package static let registerAdvice =
        "put a copy of it back, or move it away: builds stay as they are, and the next publishing begins a new one, "
        + "which does not know what was published, refused or rejected before"

    /// An error without words of its own, read off its payload: `.missingColumn(path: "a", name: "b")` is "missing column
    /// (path a, name b)".
    private static func phrase(for error: any Error) -> String {
        let mirror = Mirror(reflecting: error)
        guard mirror.displayStyle == .enum else {
            let fields = mirror.children.compactMap { child in child.label.map { "\(spaced($0)) \(value(child.value))" }
            }
            let name = spaced("\(type(of: error))").replacingOccurrences(of: " error", with: "")
            return fields.isEmpty ? name : "\(name) (\(fields.joined(separator: ", ")))"
        }
        guard let payload = mirror.children.first, let name = payload.label else { return spaced("\(error)") }
        let inner = Mirror(reflecting: payload.value)
        let fields =
            inner.displayStyle == .tuple
            ? inner.children.map { child in
                let label = child.label.flatMap { $0.hasPrefix(".") ? nil : spaced($0) + " " } ?? ""
                return label + value(child.value)
            } : [value(payload.value)]
        return "\(spaced(name)) (\(fields.joined(separator: ", ")))"
    }

    private static func value(_ value: Any) -> String {
        if let error = value as? any Error { return cause(error) }
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional { return mirror.children.first.map { Self.value($0.value) } ?? "none" }
        return "\(value)"
    }

    /// `missingColumn` is `missing column`.
    private static func spaced(_ name: String) -> String {
        name.reduce(into: "") { words, letter in
            if letter.isUppercase, !words.isEmpty, words.last?.isUppercase != true { words.append(" ") }
            words += letter.lowercased()
        }
    }
}

/// A command that cannot do what it was asked to.
package struct CommandProblem: Error, Sendable, Equatable {
    /// Subject first.
    package let message: String
    /// What to do, as a command where there is one.
    package let hint: String?
    package let status: ExitStatus

    package init(_ message: String, hint: String? = nil, status: ExitStatus = .failed) {
        self.message = message
        self.hint = hint
        self.status = status
    }
}
