internal import Foundation
internal import Logging

/// What becomes of the results that workers hand back.
extension Coordinator {
    func handle(_ message: WorkerMessage) throws {
        switch message {
        case .unit(let result): try handle(result)
        case .inputs(let position, let result): try handle(result, ofInputsOf: position)
        }
    }

    private func handle(_ result: UnitResult) throws {
        runningCount -= 1
        freeLanes.append(result.lane)
        freeLanes.sort()
        guard let stage = active[result.unit.position] else { return }
        stage.runningCount -= 1
        stage.usedWidth -= result.width
        if stage.usesProcessors { freeProcessors += result.width } else { freeReaders += result.width }
        addToTrace(result, of: stage)
        switch result.value {
        case .failure(let error as SimulatedKill): throw error
        case .failure(let error): handle(error, in: result.unit, of: stage)
        case .success(.outputs(let outputs)): return try succeed(stage, outputs)
        case .success(.shards(let shards)): try take(shards, of: stage)
        case .success(.shard(let artifact)): try take(artifact, for: result.unit, of: stage)
        }
        if stage.ending != nil {
            waiting.removeAll { $0.position == stage.position }
            if stage.runningCount == 0 { try conclude(stage) }
        }
    }

    private func addToTrace(_ result: UnitResult, of stage: ActiveStage) {
        let name =
            switch result.unit.kind {
            case .whole: "\(stage.name)"
            case .planShards: "\(stage.name): plan"
            case .shard(let index): "\(stage.name): \(stage.shards[index].key)"
            case .merge: "\(stage.name): merge"
            }
        trace.add(
            name, category: "unit", from: result.started, to: now, lane: result.lane,
            details: ["width": String(result.width), "attempt": String(result.unit.attempt)])
    }

    private func handle(_ error: any Error, in unit: WorkUnit, of stage: ActiveStage) {
        var shard: String?
        if case .shard(let index) = unit.kind {
            shard = stage.shards[index].key
            stage.meter.drop(index)
        }
        if stage.ending != nil { return }
        stage.log.write(.error, "\(shard.map { "shard \($0): " } ?? "")\(options.errorWords(error))")
        let failure = StageFailure(stage: stage.name, shard: shard, cause: error)
        if error is CancellationRequest || executor.cancellation.isCancelled {
            stage.ending = (.interrupted, nil)
        } else if error is QualityGateRefusal {
            stage.ending = (.refused, failure)
        } else if unit.attempt <= stage.stage.retry.count, (error as? any AttemptError)?.isFinal != true {
            let pause = stage.stage.retry.backoffSeconds * Double(1 << min(30, unit.attempt - 1))
            var next = unit
            next.attempt += 1
            next.notBefore = now + pause
            stage.attemptCount = max(stage.attemptCount, next.attempt)
            waiting.append(next)
            executor.tell(
                .retrying(stage.name, shard: shard, attempt: next.attempt, pauseSeconds: pause, cause: error))
        } else {
            stage.ending = (.failed, failure)
        }
    }

    private func take(_ planned: [PlannedShard], of stage: ActiveStage) throws {
        stage.shards = planned.map(\.shard)
        stage.finishedShards = planned.map { planned in
            planned.record.map { CompletedShard(shard: planned.shard, folder: store.folder(of: $0.digest)) }
        }
        let reused = planned.compactMap { planned -> ShardRecord? in
            planned.record.map { record in
                var record = record
                record.lastUsed = stage.record.id
                record.family = planned.shard.family ?? stage.record.family ?? ShardRecord.noFamily
                return record
            }
        }
        if !reused.isEmpty { try ledger.record(reused, digests: store.cache.takeUnsaved()) }
        stage.record.shardCount = planned.count
        stage.record.reusedShardCount = reused.count
        stage.unfinishedShardCount = planned.count - reused.count
        let unit = (stage.stage as? any ShardedStage)?.unit ?? ""
        func weight(_ shards: [PlannedShard]) -> Int { shards.reduce(0) { $0 + $1.shard.weight } }
        stage.meter.expect(
            total: weight(planned), finished: weight(planned.filter { $0.record != nil }), unit: unit)
        executor.tell(.shardsPlanned(stage.name, count: planned.count, reused: reused.count))
        for (index, planned) in planned.enumerated() where planned.record == nil {
            waiting.append(WorkUnit(position: stage.position, kind: .shard(index)))
        }
        if stage.unfinishedShardCount == 0 { waiting.append(WorkUnit(position: stage.position, kind: .merge)) }
    }

    private func take(_ artifact: CommittedArtifact, for unit: WorkUnit, of stage: ActiveStage) throws {
        guard case .shard(let index) = unit.kind else { return }
        let shard = stage.shards[index]
        try executor.faults.reach(.beforeShardCommit)
        let record = ShardRecord(
            stage: stage.name, family: shard.family ?? stage.record.family ?? ShardRecord.noFamily, shard: shard,
            digest: artifact.digest, lastUsed: stage.record.id)
        try ledger.record([record], digests: store.cache.takeUnsaved())
        try executor.faults.reach(.afterShardCommit)
        stage.finishedShards[index] = CompletedShard(shard: shard, folder: store.folder(of: artifact.digest))
        stage.unfinishedShardCount -= 1
        stage.meter.finish(index, weight: shard.weight)
        executor.tell(
            .shardFinished(
                stage.name, shard: shard.key, done: stage.shards.count - stage.unfinishedShardCount,
                count: stage.shards.count))
        if stage.unfinishedShardCount == 0 && stage.ending == nil {
            waiting.append(WorkUnit(position: stage.position, kind: .merge))
        }
    }

    private func succeed(_ stage: ActiveStage, _ outputs: [ArtifactName: CommittedArtifact]) throws {
        stage.record.outputs = Dictionary(uniqueKeysWithValues: outputs.map { ($0.key.rawValue, $0.value.digest) })
        stage.ending = (.succeeded, nil)
        try executor.faults.reach(.beforeLedgerCommit)
        try conclude(stage)
    }

    /// Records how a stage ended, tells it, and lets go of its threads and folders.
    func conclude(_ stage: ActiveStage) throws {
        guard let (status, failure) = stage.ending else { return }
        active[stage.position] = nil
        let usage = meter.end(stage.name)
        stage.record.status = status
        stage.record.endedAt = Date()
        stage.record.error = failure.map { options.errorWords($0.cause) }
        stage.record.cpuSeconds = usage.cpuSeconds
        stage.record.peakByteCount = usage.peakByteCount
        stage.record.attemptCount = stage.attemptCount
        try ledger.finishStage(stage.record, digests: store.cache.takeUnsaved())
        if status == .succeeded {
            try executor.faults.reach(.afterLedgerCommit)
            try Scratch(workspace: workspace).removeAll(of: stage.name)
            planner.settle(stage.stage, outputs: stage.record.outputs)
        }
        trace.add("\(stage.name)", category: "stage", from: stage.started, to: now, lane: 0)
        stage.log.write(.info, "\(status.rawValue) after \((now - stage.started).formatted()) s")
        stage.log.close()
        let summary = summary(of: stage, status)
        if status == .failed, let failure {
            fail(summary, failure)
        } else {
            summaries[stage.name] = summary
            if let failure { failures.append(failure) }
            executor.tell(.stageFinished(summary))
        }
    }

    private func summary(of stage: ActiveStage, _ status: StageStatus) -> StageSummary {
        var summary = StageSummary(stage: stage.name, status: status)
        summary.reasons = stage.record.reasons
        summary.fingerprint = stage.fingerprint
        summary.wallSeconds = now - stage.started
        summary.cpuSeconds = stage.record.cpuSeconds
        summary.peakByteCount = stage.record.peakByteCount
        summary.attemptCount = stage.attemptCount
        summary.shardCount = stage.record.shardCount
        summary.reusedShardCount = stage.record.reusedShardCount
        summary.outputs = stage.record.outputs
        summary.error = stage.record.error
        return summary
    }
}
