internal import Foundation
package import Pipeline

/// What a run came to, in words and as an exit status.
package struct RunOutcome: Sendable {
    package let summary: RunSummary
    private let failures: [StageFailure]
    /// The job file and the options as the user wrote them, words of a shell.
    private let command: String
    /// The same without a selection of stages.
    private let jobCommand: String
    private let workspace: Workspace

    package init(
        summary: RunSummary, failures: [StageFailure], command: String, jobCommand: String, workspace: Workspace
    ) {
        self.summary = summary
        self.failures = failures
        self.command = command
        self.jobCommand = jobCommand
        self.workspace = workspace
    }

    package var status: ExitStatus {
        switch summary.status {
        case .succeeded, .upToDate: .done
        case .failed, .running, .killed: .failed
        case .refused: .refused
        case .interrupted: .interrupted
        }
    }

    /// A build that was published without a word of it is no success: who waits for it would wait on.
    package func status(after failedHooks: [HookFailure]) -> ExitStatus {
        if status != .done || failedHooks.isEmpty { return status }
        return failedHooks.contains { $0.isInterruption } ? .interrupted : .failed
    }

    package var refusedStage: String? { summary.stages.first { $0.status == .refused }?.stage.rawValue }

    /// The one line of a run with nothing wrong.
    package var summaryLine: String {
        let took = Amounts.seconds(summary.wallSeconds)
        let current = summary.currentBuild.map { "; build \($0) is current" } ?? ""
        guard summary.status != .upToDate else {
            return "\(summary.job): up to date, nothing to do (\(took))\(current)"
        }
        let ran = Amounts.count(summary.executedStages.count, "stage")
        let published = summary.publishedBuild.map { "; build \($0) published" } ?? current
        return "\(summary.job): \(ran) run in \(took)\(published)"
    }

    /// What went wrong, what it led to, and how to go on; empty where nothing did.
    package var complaints: [String] {
        var lines = failures.filter { !($0.cause is QualityGateRefusal) }.map { "error: \(ErrorWords.cause($0))" }
        for stage in summary.stages where stage.status == .refused {
            let refusal = failures.first { $0.stage == stage.stage }?.cause as? QualityGateRefusal
            let reason = refusal?.summary ?? stage.error ?? "it is worse than the published one"
            lines.append("error: stage '\(stage.stage)' refused the build: \(reason)")
        }
        lines += skippedNotes
        let place = "--workspace \(Self.shellQuoted(workspace.folder.filePath))"
        switch summary.status {
        case .succeeded, .upToDate: break
        case .failed, .running, .killed:
            // One that could not begin has logged nothing.
            if let stage = failures.first?.stage, summary[stage]?.reasons.isEmpty == false {
                lines.append("hint: its log: atelier logs \(stage) \(place)")
            }
            // The same selection would lack the same again.
            let lacking = failures.filter { $0.cause is MissingInputError }.map { "--until \($0.stage)" }
            lines.append(
                lacking.isEmpty
                    ? "hint: to go on from here: atelier run \(command)"
                    : "hint: to run what is needed too: atelier run \(jobCommand) \(lacking.joined(separator: " "))")
        case .refused:
            let current = summary.currentBuild.map { "build \($0) stays published" } ?? "nothing is published"
            let kept = failures.lazy.compactMap { ($0.cause as? QualityGateRefusal)?.build }.first
            lines.append("note: " + (kept.map { "build \($0) is kept aside; " } ?? "") + current)
            lines.append("hint: to publish it all the same: atelier run \(command) --force publish")
        case .interrupted:
            lines.append("note: interrupted; what was finished is kept")
            lines.append("hint: to go on from here: atelier run \(command)")
        }
        return lines
    }

    /// One line for all stages that were skipped for the same reason.
    private var skippedNotes: [String] {
        var causes: [[StageName]] = []
        for stage in summary.stages where stage.status == .skipped && !causes.contains(stage.skippedBecause) {
            causes.append(stage.skippedBecause)
        }
        return causes.map { cause in
            let skipped = summary.stages.filter { $0.status == .skipped && $0.skippedBecause == cause }.map(\.stage)
            let verb = skipped.count == 1 ? "was" : "were"
            return
                "note: \(StageWords.quoted(skipped)) \(verb) skipped because \(StageWords.quoted(cause)) did not succeed"
        }
    }

    /// The text as one word of a shell's command line.
    package static func shellQuoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "/._-+=:,@%".unicodeScalars.contains(scalar)
            }
        return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}

/// What `run --json` prints: the run's summary, and besides it the exit status, the executed stages and failed hooks.
package struct RunReport: Encodable, Sendable {
    private struct Hook: Encodable {
        let hook: String
        let command: String
        let cause: String
    }

    private enum CodingKeys: String, CodingKey {
        case executed
        case currentBuild = "current_build"
        case publishedBuild = "published_build"
        case exitStatus = "exit_status"
        case failedHooks = "failed_hooks"
    }

    private let outcome: RunOutcome
    private let failedHooks: [HookFailure]

    package init(outcome: RunOutcome, failedHooks: [HookFailure]) {
        self.outcome = outcome
        self.failedHooks = failedHooks
    }

    package func encode(to encoder: any Encoder) throws {
        try outcome.summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        // Null rather than no key: a script asks what was published, and nothing is an answer.
        try container.encode(outcome.summary.currentBuild, forKey: .currentBuild)
        try container.encode(outcome.summary.publishedBuild, forKey: .publishedBuild)
        try container.encode(outcome.status(after: failedHooks).rawValue, forKey: .exitStatus)
        try container.encode(outcome.summary.executedStages.map(\.rawValue), forKey: .executed)
        try container.encode(
            failedHooks.map { Hook(hook: $0.hook, command: $0.command, cause: $0.cause) }, forKey: .failedHooks)
    }
}
