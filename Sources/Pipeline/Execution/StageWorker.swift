internal import Foundation
internal import Logging

/// What a worker needs to do one unit of a stage; made by the coordinator, used on another thread.
struct StageWorker: Sendable {
    let stage: any Stage
    let inputs: [ArtifactName: String]
    let externalInputs: [KnownInput]
    let scratch: URL
    /// Where the outputs of this attempt, or the folder of this shard, are written.
    let staging: URL
    let width: Int
    let isForced: Bool
    let logger: Logger
    let meter: ProgressMeter
    let cancellation: CancellationFlag
    let store: ArtifactStore
    let ledger: Ledger

    /// Runs a stage without shards, or merges one with shards, and makes its outputs durable.
    func outputs(_ body: (StageContext) throws -> Void) throws -> [ArtifactName: CommittedArtifact] {
        var folders: [ArtifactName: URL] = [:]
        for (index, output) in stage.outputs.enumerated() {
            let folder = staging.appending(path: "output-\(index)", directoryHint: .isDirectory)
            try FileSystem.makeFolder(folder.filePath)
            folders[output] = folder
        }
        try FileSystem.makeFolder(scratch.filePath)
        return try emptyingStaging {
            try reading(stage.externalInputs(readFor: nil)) {
                try body(context(outputs: folders, progress: meter.whole))
            }
            var committed: [ArtifactName: CommittedArtifact] = [:]
            for output in stage.outputs {
                if let folder = folders[output] { committed[output] = try store.commit(folder, width: width) }
            }
            return committed
        }
    }

    /// Nothing becomes durable under a digest that is not that of the bytes it was made from.
    ///
    /// A file that changes under its reader may fail it in any way; the change is then the cause.
    private func reading(_ inputs: [ExternalInput], _ body: () throws -> Void) throws {
        let read = externalInputs.filter { inputs.contains($0.input) }
        do {
            try body()
        } catch {
            if !(error is CancellationRequest || error is SimulatedKill) {
                for input in read { try input.checkUnchanged(by: store.cache) }
            }
            throw error
        }
        for input in read { try input.checkUnchanged(by: store.cache) }
    }

    /// Removes what an attempt has written, once it is committed or has failed; a simulated kill leaves it lie.
    private func emptyingStaging<Value>(_ body: () throws -> Value) throws -> Value {
        let value: Value
        do {
            value = try body()
        } catch {
            if !(error is SimulatedKill) { try? FileSystem.remove(staging.filePath) }
            throw error
        }
        try FileSystem.remove(staging.filePath)
        return value
    }

    /// Plans the shards, and looks up which are finished and intact.
    func plannedShards(_ stage: any ShardedStage) throws -> [PlannedShard] {
        try FileSystem.makeFolder(scratch.filePath)
        return try stage.planShards(context(outputs: [:], progress: meter.whole)).map { shard in
            guard !isForced, let record = try ledger.shard(of: stage.name, fingerprint: shard.fingerprint),
                try store.problems(of: record.digest).isEmpty
            else { return PlannedShard(shard: shard, record: nil) }
            return PlannedShard(shard: shard, record: record)
        }
    }

    /// Computes one shard and makes it durable.
    func shard(_ shard: Shard, index: Int, _ stage: any ShardedStage) throws -> CommittedArtifact {
        let folder = staging.appending(path: "shard", directoryHint: .isDirectory)
        try FileSystem.makeFolder(folder.filePath)
        let progress = meter.shard(index, weight: shard.weight)
        return try emptyingStaging {
            try reading(stage.externalInputs(readFor: shard)) {
                try stage.runShard(
                    shard, ShardContext(stage: context(outputs: [:], progress: progress), folder: folder))
            }
            return try store.commit(folder)
        }
    }

    private func context(outputs: [ArtifactName: URL], progress: StageProgress) -> StageContext {
        let (ledger, store, name) = (ledger, store, stage.name)
        return StageContext(
            stage: stage.name, inputFolders: inputs.mapValues(store.folder(of:)), inputDigests: inputs,
            externalDigests: Dictionary(
                externalInputs.map { ($0.digest.name, $0.digest.digest) }, uniquingKeysWith: { first, _ in first }),
            outputFolders: outputs, scratchFolder: scratch, width: width, cancellation: cancellation,
            progress: progress, logger: logger,
            completedShards: { family in
                try ledger.shards(of: name, family: family).compactMap { record in
                    guard try store.problems(of: record.digest).isEmpty else { return nil }
                    // Planned again, it stays in the family that it was found in.
                    let shard = Shard(
                        key: record.shard.key, fingerprint: record.shard.fingerprint, weight: record.shard.weight,
                        family: family)
                    return CompletedShard(shard: shard, folder: store.folder(of: record.digest))
                }
            }, workspace: store.workspace, isForced: isForced, store: store)
    }
}
