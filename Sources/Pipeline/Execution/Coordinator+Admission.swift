internal import Foundation
internal import Logging

/// Who may start, and with how many threads.
///
/// `--jobs N` threads are shared by what runs in the pools `cpu` and `exclusive`; `io` has as many again. A unit holds its
/// threads until it ends. Free threads are divided evenly among the stages that want some; a stage with many shards takes
/// one thread a shard and so uses what others leave.
extension Coordinator {
    /// Starts ready stages, in the order of the graph, as far as their pools allow.
    func admit() throws {
        if isStopping {
            undecided = (undecided + ready.map(\.position)).sorted()
            ready = []
        }
        var left: [(position: Int, decision: StageDecision)] = []
        var isClosed = active.values.contains { $0.pool == .exclusive }
        for candidate in ready {
            let pool = options.pool(of: graph.stages[candidate.position])
            let isFree =
                switch pool {
                case .exclusive: active.isEmpty
                case .cpu, .io: active.values.count { $0.pool == pool } < options.jobs
                }
            if isClosed || !isFree {
                left.append(candidate)
                if pool == .exclusive { isClosed = true }
                continue
            }
            try start(candidate.position, candidate.decision)
            if pool == .exclusive { isClosed = true }
        }
        ready = left
    }

    private func start(_ position: Int, _ decision: StageDecision) throws {
        let stage = graph.stages[position]
        guard let signature = decision.signature else { preconditionFailure("\(stage.name) was started undecided") }
        let run = try beganRun()
        let fingerprint = signature.fingerprint
        var record = StageRecord(
            id: 0, run: run, signature: signature, fingerprint: fingerprint, reasons: decision.state.reasons,
            outputs: [:], status: .running, startedAt: Date())
        record.family = (stage as? any ShardedStage)?.recordedFamily
        record.id = try ledger.beginStage(record)
        meter.begin(stage.name)
        executedCount += 1
        let (executor, name) = (executor.observers, stage.name)
        let progress = ProgressMeter { done, total, unit in
            for observer in executor {
                observer.observe(.stageProgress(name, done: done, total: total, unit: unit))
            }
        }
        let log = StageLog(workspace.logFile(run: run, stage: name)) { message in
            for observer in executor { observer.observe(.stageWarned(name, message: message)) }
        }
        for reason in record.reasons { log.write(.info, "runs because: \(reason)") }
        let scratch = workspace.scratchFolder.appending(
            path: Scratch.name(stage: name, fingerprint: fingerprint), directoryHint: .isDirectory)
        active[position] = ActiveStage(
            position: position, stage: stage, pool: options.pool(of: stage), signature: signature,
            fingerprint: fingerprint, record: record, started: now, scratch: scratch, log: log, meter: progress)
        self.executor.tell(.stageStarted(name, reasons: record.reasons))
        waiting.append(WorkUnit(position: position, kind: stage is any ShardedStage ? .planShards : .whole))
    }

    /// The run's name; the first stage that starts begins it, so that a run with nothing to do leaves no folder.
    private func beganRun() throws -> RunID {
        if let run { return run }
        let run = try ledger.beginRun(job: options.job, at: startedAt, processID: processID)
        self.run = run
        try FileSystem.makeFolder(workspace.runFolder(run).filePath)
        return run
    }

    /// Hands waiting units to workers while there are threads for them.
    func dispatch() {
        let time = now
        while let index = nextUnit(at: time) {
            let unit = waiting[index]
            guard let stage = active[unit.position] else { return }
            let width = width(for: unit, of: stage, at: time)
            waiting.remove(at: index)
            if stage.usesProcessors { freeProcessors -= width } else { freeReaders -= width }
            stage.usedWidth += width
            begin(unit, of: stage, width: width)
        }
    }

    /// The first unit of the stage that has the fewest threads, of those that want one and may have it.
    private func nextUnit(at time: Double) -> Int? {
        var best: (index: Int, stage: ActiveStage)?
        for (index, unit) in waiting.enumerated() where unit.notBefore <= time {
            guard let stage = active[unit.position], (stage.usesProcessors ? freeProcessors : freeReaders) > 0 else {
                continue
            }
            if let best, (best.stage.usedWidth, best.stage.position) <= (stage.usedWidth, stage.position) { continue }
            best = (index, stage)
        }
        return best?.index
    }

    private func width(for unit: WorkUnit, of stage: ActiveStage, at time: Double) -> Int {
        guard stage.usesProcessors else { return 1 }
        let due = waiting.filter { $0.notBefore <= time && active[$0.position]?.usesProcessors == true }
        let share = max(1, freeProcessors / max(1, Set(due.map(\.position)).count))
        guard case .shard = unit.kind else { return share }
        return max(1, share / max(1, due.count { $0.position == unit.position }))
    }

    private func begin(_ unit: WorkUnit, of active: ActiveStage, width: Int) {
        stagingCount += 1
        runningCount += 1
        active.runningCount += 1
        if freeLanes.isEmpty {
            laneCount += 1
            freeLanes = [laneCount]
        }
        let lane = freeLanes.removeFirst()
        let staging = workspace.stagingFolder.appending(
            path: "\(active.name)-\(stagingCount)", directoryHint: .isDirectory)
        let worker = StageWorker(
            stage: active.stage, inputs: active.inputs, externalInputs: planner.knownInputs(of: active.name),
            scratch: active.scratch, staging: staging, width: width, isForced: options.forced.contains(active.name),
            logger: active.log.logger(active.name, level: options.logLevel), meter: active.meter,
            cancellation: executor.cancellation, store: store, ledger: ledger)
        let (stage, mailbox, started) = (active.stage, mailbox, now)
        var shard: Shard?
        var merged: [CompletedShard] = []
        if case .shard(let index) = unit.kind { shard = active.shards[index] }
        if unit.kind == .merge { merged = active.finishedShards.compactMap(\.self) }
        workers.async { [shard, merged] in
            let value = Result { () throws -> UnitResult.Value in
                switch (unit.kind, stage as? any ShardedStage) {
                case (.planShards, let stage?): return .shards(try worker.plannedShards(stage))
                case (.shard(let index), let stage?):
                    guard let shard else { preconditionFailure("a shard unit without its shard") }
                    return .shard(try worker.shard(shard, index: index, stage))
                case (.merge, let stage?): return .outputs(try worker.outputs { try stage.merge(merged, $0) })
                default: return .outputs(try worker.outputs(stage.run))
                }
            }
            mailbox.post(.unit(UnitResult(unit: unit, width: width, lane: lane, started: started, value: value)))
        }
    }
}
