internal import Foundation

/// The one thread that decides: which stage is up to date, which starts, which thread it gets, what is recorded.
///
/// Owns the plan and the ledger; workers do one `WorkUnit` at a time and hand its result back through the mailbox.
final class Coordinator {
    let executor: Executor
    let ledger: Ledger
    let store: ArtifactStore
    let planner: Planner
    let mailbox = Mailbox<WorkerMessage>()
    let workers = DispatchQueue(label: "atelier.workers", attributes: .concurrent)
    let startedAt = Date()
    private let clockStart = ProcessInfo.processInfo.systemUptime

    /// Positions in the graph of stages that are neither decided nor skipped.
    var undecided: [Int]
    /// Those of them whose external inputs are being read.
    var reading: Set<Int> = []
    /// Decided to run, not started.
    var ready: [(position: Int, decision: StageDecision)] = []
    var active: [Int: ActiveStage] = [:]
    var waiting: [WorkUnit] = []
    var summaries: [StageName: StageSummary] = [:]
    var failures: [StageFailure] = []
    var restored: [StageRecord] = []
    var freeProcessors: Int
    var freeReaders: Int
    var runningCount = 0
    var freeLanes: [Int] = []
    var laneCount = 0
    var stagingCount = 0
    var executedCount = 0
    var isStopping = false
    var run: RunID?
    var meter = ResourceMeter()
    var trace = RunTrace()

    init(executor: Executor, ledger: Ledger, store: ArtifactStore, planner: Planner) {
        self.executor = executor
        self.ledger = ledger
        self.store = store
        self.planner = planner
        undecided = Array(executor.graph.stages.indices)
        freeProcessors = executor.options.jobs
        freeReaders = executor.options.jobs
    }

    var graph: StageGraph { executor.graph }
    var options: RunOptions { executor.options }
    var workspace: Workspace { executor.workspace }
    var processID: Int { Int(ProcessInfo.processInfo.processIdentifier) }

    /// Seconds since the run's start.
    var now: Double { ProcessInfo.processInfo.systemUptime - clockStart }

    func execute() throws -> RunResult {
        let builds = BuildStore(workspace: workspace)
        let buildBefore = builds.currentID
        executor.tell(.runStarted(job: options.job, stages: graph.names))
        do {
            try loop()
        } catch {
            waitForWorkers()
            throw error
        }
        return try finish(buildBefore: buildBefore, builds: builds)
    }

    private func loop() throws {
        while true {
            if executor.cancellation.isCancelled {
                try dropWaiting()
            } else {
                try decide()
                try admit()
                dispatch()
            }
            let isAtWork = runningCount > 0 || !reading.isEmpty
            if !isAtWork && waiting.isEmpty { return }
            if isAtWork && !waiting.contains(where: { $0.notBefore > now }) {
                try receive(within: nil)
            } else {
                // Some unit pauses before its next attempt; the flag is looked at meanwhile.
                let next = waiting.map(\.notBefore).filter { $0 > now }.min() ?? now
                try receive(within: min(0.05, max(0, next - now) + 0.001))
            }
        }
    }

    private func receive(within seconds: Double?) throws {
        guard let message = mailbox.receive(within: seconds) else { return }
        try handle(message)
    }

    /// A failure of the engine itself: workers still write to folders that must not be pulled from under them.
    private func waitForWorkers() {
        if runningCount > 0 || !reading.isEmpty { executor.cancellation.cancel() }
        while runningCount > 0 || !reading.isEmpty {
            switch mailbox.receive(within: nil) {
            case .unit: runningCount -= 1
            case .inputs(let position, _): reading.remove(position)
            case nil: break
            }
        }
    }

    /// Decides on each stage whose upstream stages have ended.
    private func decide() throws {
        var isProgress = true
        while isProgress && !executor.cancellation.isCancelled {
            isProgress = false
            for position in undecided where !reading.contains(position) {
                let stage = graph.stages[position]
                let upstream = graph.upstream(of: stage.name)
                guard upstream.allSatisfy({ summaries[$0] != nil }) else { continue }
                let culprits = culprits(for: stage.name)
                if culprits.isEmpty && isStopping && planner.isSelected(stage.name) { continue }
                if culprits.isEmpty, try beginReading(stage, position) { continue }
                undecided.removeAll { $0 == position }
                isProgress = true
                if culprits.isEmpty {
                    try decide(stage, position)
                } else {
                    skip(stage, because: culprits)
                }
                break
            }
        }
    }

    /// The stages that a stage cannot run for; none where it was not to run anyway.
    private func culprits(for stage: StageName) -> [StageName] {
        guard planner.isSelected(stage) else { return [] }
        var culprits: Set<StageName> = []
        for name in graph.upstream(of: stage) {
            guard let summary = summaries[name] else { continue }
            switch summary.status {
            case .failed, .refused, .interrupted: culprits.insert(name)
            case .skipped: culprits.formUnion(summary.skippedBecause)
            case .upToDate, .succeeded, .notSelected, .notStarted, .running, .killed: break
            }
        }
        return graph.names.filter(culprits.contains)
    }

    private func decide(_ stage: any Stage, _ position: Int) throws {
        let decision: StageDecision
        do {
            decision = try planner.decide(stage)
        } catch is CancellationRequest {
            // While its inputs were being read; the flag ends the loop.
            executor.cancellation.cancel()
            return undecided.append(position)
        }
        executor.tell(.stagePlanned(stage.name, decision.state))
        var summary = StageSummary(stage: stage.name, status: .upToDate)
        summary.fingerprint = decision.signature?.fingerprint
        switch decision.state {
        case .upToDate:
            summary.outputs = decision.match?.outputs ?? [:]
            if let match = decision.match, try ledger.currentState(of: stage.name)?.id != match.id {
                restored.append(match)
            }
            summaries[stage.name] = summary
        case .notSelected:
            summary.status = .notSelected
            summaries[stage.name] = summary
        case .run, .mayRun:
            ready.append((position, decision))
            ready.sort { $0.position < $1.position }
        case .blocked(let message):
            summary.status = .failed
            summary.error = message
            fail(summary, StageFailure(stage: stage.name, cause: decision.cause ?? SimpleFailure(message: message)))
        }
    }

    func fail(_ summary: StageSummary, _ failure: StageFailure) {
        summaries[summary.stage] = summary
        failures.append(failure)
        if !options.keepsGoing { isStopping = true }
        executor.tell(.stageFailed(failure, summary))
    }

    private func skip(_ stage: any Stage, because culprits: [StageName]) {
        var summary = StageSummary(stage: stage.name, status: .skipped)
        summary.skippedBecause = culprits
        summaries[stage.name] = summary
        executor.tell(.stageSkipped(stage.name, because: culprits))
    }

    /// After a cancellation: units that have not begun never do, and stages with none running end.
    private func dropWaiting() throws {
        ready = []
        waiting = []
        for stage in active.values.sorted(by: { $0.position < $1.position }) where stage.runningCount == 0 {
            stage.ending = stage.ending ?? (.interrupted, nil)
            try conclude(stage)
        }
    }

    private func finish(buildBefore: String?, builds: BuildStore) throws -> RunResult {
        var isProgress = true
        while isProgress {
            isProgress = false
            for position in undecided {
                let stage = graph.stages[position]
                let culprits = culprits(for: stage.name).filter { summaries[$0]?.status != .interrupted }
                guard !culprits.isEmpty else { continue }
                undecided.removeAll { $0 == position }
                skip(stage, because: culprits)
                isProgress = true
                break
            }
        }
        for stage in graph.stages where summaries[stage.name] == nil {
            let status: StageStatus = planner.isSelected(stage.name) ? .notStarted : .notSelected
            summaries[stage.name] = StageSummary(stage: stage.name, status: status)
        }
        let stages = graph.names.compactMap { summaries[$0] }
        let statuses = Set(stages.map(\.status))
        let status: RunStatus =
            if statuses.contains(.failed) {
                .failed
            } else if statuses.contains(.interrupted)
                || (executor.cancellation.isCancelled && statuses.contains(.notStarted))
            { .interrupted } else if statuses.contains(.refused) { .refused } else if executedCount > 0 {
                .succeeded
            } else { .upToDate }
        let culprit = stages.first { $0.status == .failed } ?? stages.first { $0.status == .refused }
        let error = culprit.map {
            "stage '\($0.stage)' \($0.status == .failed ? "failed" : "refused the build"): \($0.error ?? "")"
        }
        let name = try ledger.finishRun(
            run, job: options.job, startedAt: startedAt, endedAt: Date(), processID: processID, status: status,
            error: error, restored: restored, digests: store.cache.takeUnsaved())
        let build = builds.currentID
        let summary = RunSummary(
            run: name, job: options.job, status: status, startedAt: startedAt, wallSeconds: now, stages: stages,
            currentBuild: build, publishedBuild: build == buildBefore ? nil : build,
            error: error)
        if run != nil { record(summary, builds: builds) }
        executor.tell(.runFinished(summary))
        var operations = store.cache.counts
        operations.ledgerCommitCount = ledger.commitCount
        operations.executedStageCount = executedCount
        return RunResult(summary: summary, failures: failures, operations: operations)
    }

    /// Writes the run's folder, and removes what retention does not keep. The ledger has the run already: what fails here is
    /// told, and each part tried, for the run is what it is.
    private func record(_ summary: RunSummary, builds: BuildStore) {
        let folder = workspace.runFolder(summary.run).filePath
        warning("the run's trace is not written") { try FileSystem.write(trace.encoded(), to: folder + "/trace.json") }
        warning("the run's summary is not written") {
            try FileSystem.replace(folder + "/run.json", with: JSONText.encode(summary))
        }
        warning("earlier runs are not tidied away") {
            try RunFolders(workspace: workspace).retain(options.retention.runs)
        }
        // Also of a run that did not go well: where the gate refuses night after night, each leaves a build.
        warning("earlier builds are not tidied away") { _ = try builds.retain(options.retention.builds) }
    }

    private func warning(_ message: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            executor.tell(.runWarned(message: message, cause: error))
        }
    }
}

/// A failure that is told in words only.
struct SimpleFailure: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
