internal import Foundation
internal import Pipeline
internal import Stages

/// One run of a job from the command line: hooks, signals, progress, summary.
struct JobRun {
    let job: JobFile
    let workspace: Workspace
    /// The job file and the options as the user wrote them, for hints.
    let command: String
    /// The same without a selection of stages.
    let jobCommand: String
    let isQuiet: Bool
    let printsJSON: Bool
    /// Finds the archives and makes the stages. Called once more after `before` hooks, which may have fetched some.
    let prepare: () throws -> (StageGraph, RunOptions)

    /// - Throws: what kept the run from being made at all. A stage that fails is told here and told by the status.
    func run() throws -> ExitStatus {
        let style: ProgressReporter.Style = isQuiet ? .held : Console.isLive ? .live : .lines
        let reporter = ProgressReporter(style: style, causeWords: ErrorWords.cause)
        let cancellation = CancellationFlag()
        let hooks = HookRunner(folder: job.base, cancellation: cancellation)
        let watch = SignalWatch(cancelling: cancellation) { isFirst in
            // As SIGTERM, whichever came: what a shell starts in the background ignores SIGINT, and so do its children. Who
            // quits at once leaves nothing behind that goes on.
            hooks.pass(on: isFirst ? SIGTERM : SIGKILL)
            if isFirst { reporter.say("stopping at the next checkpoint; once more to quit at once") }
        }
        defer { watch.stop() }

        let startedAt = Date()
        var facts = HookFacts(job: job.name, workspace: workspace.folder)
        let result: RunResult
        var lock: RunLock?
        do {
            let early = try prepareUnlocked()
            // From before the first hook to the end of the last stage: of two runs that begin at once, one does nothing.
            lock = try RunLock(workspace)
            let (graph, options) = try prepareWithHooks(early, hooks, facts)
            result = try Executor(
                workspace: workspace, graph: graph, options: options, observers: [reporter], cancellation: cancellation
            ).run(holding: lock)
            // What comes after is the hooks', and they may want the workspace themselves.
            lock = nil
        } catch  where [.usage, .locked].contains(ErrorWords.exitStatus(for: error)) {
            throw error
        } catch {
            reporter.finish()
            reporter.releaseHeldLines()
            return try fail(with: error, startedAt: startedAt, hooks, facts, &lock)
        }
        reporter.finish()
        let outcome = RunOutcome(
            summary: result.summary, failures: result.failures, command: command, jobCommand: jobCommand,
            workspace: workspace)
        if outcome.status != .done { reporter.releaseHeldLines() }
        for line in outcome.complaints { Console.err(line) }
        if outcome.status == .done { noteRejectedBuild(of: result.summary) }

        facts.run = result.summary.run.rawValue
        facts.status = result.summary.status.rawValue
        facts.build = result.summary.publishedBuild ?? result.summary.currentBuild
        facts.failedStage = result.failures.first?.stage.rawValue ?? outcome.refusedStage
        var failedHooks = announce(hooks, facts, published: result.summary.publishedBuild, outcome)
        let status = outcome.status(after: failedHooks)
        if status != outcome.status {
            facts.status = (status == .interrupted ? RunStatus.interrupted : .failed).rawValue
        }
        if status != .done { failedHooks += tellOfFailure(hooks, facts) }

        if printsJSON {
            try Console.json(RunReport(outcome: outcome, failedHooks: failedHooks))
        } else if status == .done {
            try Console.out(outcome.summaryLine)
        }
        return status
    }

    /// Tells of the current build where that is still to be done: it is this run's, or one of an earlier run that was killed
    /// or whose hook failed. Of an earlier run's only a run that went well tells, and not a job without such hooks, whose build
    /// it is not.
    private func announce(
        _ hooks: HookRunner, _ facts: HookFacts, published: String?, _ outcome: RunOutcome
    ) -> [HookFailure] {
        let hook = "after_publish"
        guard published != nil || (outcome.status == .done && !job.hooks.afterPublish.isEmpty) else { return [] }
        do {
            guard let announcement = try BuildStore(workspace: workspace).claimAnnouncement() else { return [] }
            var facts = facts
            facts.build = announcement.build
            let failed = failures { () throws(HookFailure) in
                try hooks.run(job.hooks.afterPublish, of: hook, facts)
            }
            if failed.isEmpty {
                try announcement.wasMade()
            } else {
                Console.err("note: build \(announcement.build) stays published; the next run runs '\(hook)' again")
            }
            return failed
        } catch {
            // Told too often rather than never.
            Console.err("warning: the next run runs '\(hook)' again: \(ErrorWords.cause(error))")
            return job.hooks.afterPublish.prefix(1).map {
                HookFailure(hook: hook, command: $0, cause: ErrorWords.cause(error))
            }
        }
    }

    /// Whoever changes the job after a rollback waits for a build that was rejected once.
    private func noteRejectedBuild(of summary: RunSummary) {
        guard let build = BuildStore(workspace: workspace).rejectedBuild(of: summary, in: workspace) else { return }
        Console.err("note: build \(build), which this job makes now, stays unpublished: a rollback went past it")
        Console.err("hint: to publish it all the same: atelier run \(command) --force publish")
    }

    /// - Throws: what is wrong with the job file or the command line, before anything is touched. What a hook may still
    ///   mend, such as a model file that is missing, is a result.
    private func prepareUnlocked() throws -> Result<(StageGraph, RunOptions), any Error> {
        let early = Result { try prepare() }
        if case .failure(let error) = early, ErrorWords.exitStatus(for: error) == .usage { throw error }
        return early
    }

    private func prepareWithHooks(
        _ early: Result<(StageGraph, RunOptions), any Error>, _ hooks: HookRunner, _ facts: HookFacts
    ) throws -> (StageGraph, RunOptions) {
        if job.hooks.before.isEmpty { return try early.get() }
        do {
            try hooks.run(job.hooks.before, of: "before", facts)
        } catch  where error.isInterruption {
            throw CancellationRequest()
        }
        return try prepare()
    }

    /// The end of a run that came to no result of its own: told, and recorded as any other.
    private func fail(
        with error: any Error, startedAt: Date, _ hooks: HookRunner, _ facts: HookFacts, _ lock: inout RunLock?
    ) throws -> ExitStatus {
        let status: RunStatus = error is CancellationRequest ? .interrupted : .failed
        if status == .failed { Console.err(ErrorWords.message(for: error)) }
        var facts = facts
        facts.status = status.rawValue
        var summary: RunSummary?
        do {
            summary = try workspace.recordFailedRun(
                of: job.name, startedAt: startedAt, status: status, error: ErrorWords.cause(error),
                holding: lock)
        } catch {
            Console.err("note: the run could not be recorded: \(ErrorWords.cause(error))")
        }
        lock = nil
        facts.run = summary?.run.rawValue
        facts.build = summary?.currentBuild
        let failedHooks = tellOfFailure(hooks, facts)
        guard let summary else { return ErrorWords.exitStatus(for: error) }
        let outcome = RunOutcome(
            summary: summary, failures: [], command: command, jobCommand: jobCommand, workspace: workspace)
        if status == .interrupted { for line in outcome.complaints { Console.err(line) } }
        if printsJSON { try Console.json(RunReport(outcome: outcome, failedHooks: failedHooks)) }
        return outcome.status
    }

    private func tellOfFailure(_ hooks: HookRunner, _ facts: HookFacts) -> [HookFailure] {
        failures { () throws(HookFailure) in
            try hooks.run(job.hooks.onFailure, of: "on_failure", facts, heedsCancellation: false)
        }
    }

    /// Hooks after the stages change nothing about what these did; one that fails is told at once.
    private func failures(_ body: () throws(HookFailure) -> Void) -> [HookFailure] {
        do {
            try body()
            return []
        } catch {
            Console.err(ErrorWords.message(for: error))
            return [error]
        }
    }
}
