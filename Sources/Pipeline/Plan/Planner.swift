internal import Foundation

/// What was decided on a stage, with what is needed to act on it.
struct StageDecision {
    var state: StageState
    /// Nil where the stage is blocked, left out, or waits for inputs.
    var signature: StageSignature?
    /// The successful run that makes it up to date.
    var match: StageRecord?
    /// Why it is blocked.
    var cause: (any Error)?
}

/// A stage cannot run because an input that the selection leaves out was never made.
package struct MissingInputError: Error, Hashable, Sendable {
    package let artifact: ArtifactName
    package let producer: StageName

    package init(artifact: ArtifactName, producer: StageName) {
        self.artifact = artifact
        self.producer = producer
    }
}

/// An external file that cannot be read.
package struct ExternalInputError: Error, Sendable {
    /// The path as the job file writes it.
    package let label: String
    package let cause: any Error
}

/// Gathers from disk and ledger what the decision on each stage depends on, stage by stage in the order of the graph.
///
/// A dry run settles each stage with what is known; a run settles it when it has finished, so that a stage downstream is
/// decided by the content that was really written (early cut-off).
final class Planner {
    private enum Knowledge {
        case known(String)
        /// A stage that would run writes it.
        case pending(StageName)
        /// It was never made, or is damaged, and the selection leaves its stage out.
        case missing(StageName)
    }

    private let graph: StageGraph
    private let selected: Set<StageName>
    private let forced: Set<StageName>
    private let ledger: Ledger
    private let store: ArtifactStore
    private let cancellation: CancellationFlag
    private let tell: @Sendable (RunEvent) -> Void
    private var artifacts: [ArtifactName: Knowledge] = [:]
    /// External inputs whose digests were looked up or computed in this run.
    private var external: [StageName: Result<[KnownInput], ExternalInputError>] = [:]

    /// - Parameter tell: hears of external inputs that are read while a stage is decided on.
    init(
        graph: StageGraph, selected: Set<StageName>, forced: Set<StageName>, ledger: Ledger, store: ArtifactStore,
        cancellation: CancellationFlag, tell: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.graph = graph
        self.selected = selected
        self.forced = forced
        self.ledger = ledger
        self.store = store
        self.cancellation = cancellation
        self.tell = tell
    }

    func isSelected(_ stage: StageName) -> Bool { selected.contains(stage) }

    /// What has to be read before a stage can be decided on.
    /// - Returns: nil where each external input is a file whose digest is remembered, or was made known; also where one has a
    ///   problem already.
    func unreadInputs(of stage: any Stage) throws -> ExternalInputReader? {
        let inputs = stage.externalInputs
        guard selected.contains(stage.name), external[stage.name] == nil, !inputs.isEmpty else { return nil }
        for input in inputs {
            guard let problem = input.problem else { continue }
            external[stage.name] = .failure(
                ExternalInputError(label: input.label, cause: SimpleFailure(message: problem)))
            return nil
        }
        var known: [KnownInput] = []
        for input in inputs {
            // Before the digest: a file that changes in between has another status than the one that is kept.
            guard let status = try? ExternalInputStatus(of: input),
                let digest = try store.cache.rememberedDigest(of: input.url.filePath)
            else {
                return ExternalInputReader(inputs: inputs, cache: store.cache, cancellation: cancellation)
            }
            known.append(
                KnownInput(input: input, digest: InputDigest(input, digest: digest), status: status))
        }
        external[stage.name] = .success(known)
        return nil
    }

    /// Makes known what a reader has found.
    func know(_ inputs: Result<[KnownInput], ExternalInputError>, of stage: StageName) { external[stage] = inputs }

    /// The external inputs that a stage was decided by.
    func knownInputs(of stage: StageName) -> [KnownInput] { (try? external[stage]?.get()) ?? [] }

    /// The whole plan, without running anything.
    func plan() throws -> Plan {
        Plan(
            entries: try graph.stages.map { stage in
                let decision = try decide(stage)
                switch decision.state {
                case .run, .mayRun, .blocked: for output in stage.outputs { artifacts[output] = .pending(stage.name) }
                case .upToDate, .notSelected: break
                }
                return Plan.Entry(
                    stage: stage.name, state: decision.state, fingerprint: decision.signature?.fingerprint)
            })
    }

    /// Makes the outputs of a finished stage known to the stages that read them.
    func settle(_ stage: any Stage, outputs: [String: String]) {
        for output in stage.outputs {
            artifacts[output] = outputs[output.rawValue].map(Knowledge.known) ?? .missing(stage.name)
        }
    }

    /// Decides on a stage whose upstream stages were decided or settled before.
    func decide(_ stage: any Stage) throws -> StageDecision {
        guard selected.contains(stage.name) else { return try leaveOut(stage) }
        var inputs: [InputDigest] = []
        var pendingInputs: Set<String> = []
        var pendingStages: Set<StageName> = []
        for input in stage.inputs {
            switch artifacts[input] {
            case .known(let digest): inputs.append(InputDigest(name: input.rawValue, digest: digest))
            case .pending(let producer):
                pendingInputs.insert(input.rawValue)
                pendingStages.insert(producer)
            case .missing(let producer):
                let error = MissingInputError(artifact: input, producer: producer)
                return StageDecision(
                    state: .blocked(message: "its input \(input) is not there: run stage \(producer) first"),
                    cause: error)
            case nil: preconditionFailure("stage \(stage.name) is decided before what it reads")
            }
        }
        let external: [InputDigest]
        do {
            external = try knownExternalInputs(of: stage).map(\.digest)
        } catch let error as ExternalInputError {
            return StageDecision(state: .blocked(message: "\(error.label): \(error.cause)"), cause: error)
        }
        let signature = StageSignature(
            stage: stage.name, version: stage.version, parameters: stage.parameters, inputs: inputs,
            externalInputs: external)
        return try decide(
            stage, signature, pendingInputs: pendingInputs, pendingStages: graph.names.filter(pendingStages.contains))
    }

    private func decide(
        _ stage: any Stage, _ signature: StageSignature, pendingInputs: Set<String>, pendingStages: [StageName]
    ) throws -> StageDecision {
        var observation = StageObservation(signature: signature)
        observation.pendingUpstream = pendingStages
        observation.pendingInputs = pendingInputs
        observation.isForced = forced.contains(stage.name)
        let fingerprint = signature.fingerprint
        let match = pendingStages.isEmpty ? try ledger.success(of: stage.name, fingerprint: fingerprint) : nil
        if let match {
            observation.hasMatch = true
            observation.outputProblems = try problems(of: match, stage)
            if observation.outputProblems.isEmpty && !observation.isForced {
                observation.effect = try effect(of: stage, signature, match)
            }
        } else {
            observation.baseline = try ledger.currentState(of: stage.name)?.signature
            if let attempt = try ledger.lastAttempt(at: stage.name),
                !pendingStages.isEmpty || attempt.fingerprint == fingerprint
            {
                observation.lastAttempt = attempt.runReason
            }
        }
        let state = StageState.decide(observation)
        if state == .upToDate, let match { settle(stage, outputs: match.outputs) }
        return StageDecision(
            state: state, signature: pendingStages.isEmpty ? signature : nil, match: match, cause: nil)
    }

    private func leaveOut(_ stage: any Stage) throws -> StageDecision {
        let record = try ledger.currentState(of: stage.name)
        for output in stage.outputs {
            let digest = record?.outputs[output.rawValue]
            let isIntact = try digest.map { try store.problems(of: $0).isEmpty } ?? false
            artifacts[output] = isIntact ? digest.map(Knowledge.known) : .missing(stage.name)
        }
        return StageDecision(state: .notSelected)
    }

    private func problems(of match: StageRecord, _ stage: any Stage) throws -> [RunReason] {
        var reasons: [RunReason] = []
        for output in stage.outputs {
            guard let digest = match.outputs[output.rawValue] else {
                reasons.append(.outputMissing(artifact: output, file: nil))
                continue
            }
            reasons += try store.problems(of: digest).map { problem in
                switch problem {
                case .missing(let file): .outputMissing(artifact: output, file: file)
                case .damaged(let file): .outputDamaged(artifact: output, file: file)
                }
            }
        }
        return reasons
    }

    private func effect(of stage: any Stage, _ signature: StageSignature, _ match: StageRecord) throws -> RunReason? {
        guard let stage = stage as? any EffectStage else { return nil }
        let (cache, cancellation, store) = (store.cache, cancellation, store)
        let inputs = Dictionary(
            uniqueKeysWithValues: signature.inputs.map { (ArtifactName(rawValue: $0.name), $0.digest) })
        let context = EffectContext(
            inputFolders: inputs.mapValues(store.folder(of:)), inputDigests: inputs,
            outputFolders: Dictionary(
                uniqueKeysWithValues: match.outputs.map {
                    (ArtifactName(rawValue: $0.key), store.folder(of: $0.value))
                }),
            workspace: store.workspace
        ) { file in
            guard FileSystem.exists(file.filePath) else { return nil }
            return try cache.digest(of: file.filePath, cancellation: cancellation)
        }
        do {
            return try stage.pendingReason(context)
        } catch let error as CancellationRequest {
            throw error
        } catch {
            // It runs, and fails by itself where the cause is still there.
            return .effectPending(message: String(describing: error))
        }
    }

    private func knownExternalInputs(of stage: any Stage) throws -> [KnownInput] {
        if let reader = try unreadInputs(of: stage) {
            let (tell, name) = (tell, stage.name)
            defer { tell(.inputsRead(name)) }
            return try reader.digests { done, total in tell(.readingInputs(name, done: done, total: total)) }
        }
        return try external[stage.name]?.get() ?? []
    }
}

extension StageRecord {
    /// Why an attempt that did not succeed is made again.
    fileprivate var runReason: RunReason? {
        switch status {
        case .failed: .lastFailed(message: error ?? "")
        case .refused: .lastRefused(message: error ?? "")
        case .interrupted, .running, .killed: .interrupted
        case .succeeded, .upToDate, .skipped, .notStarted, .notSelected: nil
        }
    }
}
