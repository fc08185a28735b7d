internal import Foundation
internal import Pipeline
internal import Stages

/// One run of a job from the command line: hooks, signals, progress, summary.
struct JobRun {
    let loaded: LoadedJob
    let options: RunOptions
    /// The job file and the options as the user wrote them, for hints.
    let command: String
    let isQuiet: Bool
    let printsJSON: Bool

    /// - Throws: what kept the run from being made at all. A stage that fails is told here and told by the status.
    func run() throws -> ExitStatus {
        let style: ProgressReporter.Style = isQuiet ? .held : Console.isLive ? .live : .lines
        let reporter = ProgressReporter(style: style, causeWords: ErrorWords.cause)
        let cancellation = CancellationFlag()
        let watch = SignalWatch(cancelling: cancellation) {
            reporter.say("stopping at the next checkpoint; once more to quit at once")
        }
        defer { watch.stop() }

        let hooks = HookRunner(folder: loaded.job.base)
        var facts = HookFacts(job: loaded.job.name, workspace: loaded.workspace.folder)
        let result: RunResult
        do {
            if !loaded.job.hooks.before.isEmpty {
                // Whoever holds the lock is working: nothing is to be fetched under its feet.
                withExtendedLifetime(try RunLock(loaded.workspace)) {}
                try hooks.run(loaded.job.hooks.before, of: "before", facts)
            }
            result = try Executor(
                workspace: loaded.workspace, graph: loaded.graph, options: options, observers: [reporter],
                cancellation: cancellation
            ).run()
        } catch let error as RunLockError {
            throw error
        } catch {
            reporter.finish()
            reporter.releaseHeldLines()
            facts.status = RunStatus.failed.rawValue
            report(run(hooks, loaded.job.hooks.onFailure, of: "on_failure", facts))
            throw error
        }
        reporter.finish()
        let outcome = RunOutcome(result: result, command: command, workspace: loaded.workspace)
        if outcome.status != .done { reporter.releaseHeldLines() }
        for line in outcome.complaints { Console.err(line) }

        facts.run = result.summary.run.rawValue
        facts.status = result.summary.status.rawValue
        facts.build = result.summary.publishedBuild ?? result.summary.currentBuild
        facts.failedStage = result.failures.first?.stage.rawValue ?? outcome.refusedStage
        var failedHooks: [HookFailure] = []
        if result.summary.publishedBuild != nil {
            failedHooks += run(hooks, loaded.job.hooks.afterPublish, of: "after_publish", facts)
        }
        if outcome.status != .done { failedHooks += run(hooks, loaded.job.hooks.onFailure, of: "on_failure", facts) }
        report(failedHooks)

        if printsJSON {
            try Console.json(RunReport(outcome: outcome, failedHooks: failedHooks))
        } else if outcome.status == .done {
            Console.out(outcome.summaryLine)
        }
        return outcome.status
    }

    /// A hook that fails after the stages have run changes nothing about the run; it is told.
    private func run(
        _ hooks: HookRunner, _ commands: [String], of hook: String, _ facts: HookFacts
    ) -> [HookFailure] {
        do {
            try hooks.run(commands, of: hook, facts)
            return []
        } catch {
            return [error]
        }
    }

    private func report(_ failures: [HookFailure]) {
        for failure in failures { Console.err(ErrorWords.message(for: failure)) }
    }
}
