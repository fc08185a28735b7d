/// What a plan says of one stage.
package enum StageState: Hashable, Sendable {
    /// A successful run of this fingerprint has all its outputs, as they were.
    case upToDate
    /// It runs, for these reasons.
    case run([RunReason])
    /// It runs unless the stages that it reads from write the same bytes again.
    case mayRun([RunReason])
    /// The selection leaves it out; its outputs are taken as they are.
    case notSelected
    /// It cannot be decided or run: an input was never made, or a file cannot be read.
    case blocked(message: String)

    package var reasons: [RunReason] {
        switch self {
        case .run(let reasons), .mayRun(let reasons): reasons
        case .upToDate, .notSelected, .blocked: []
        }
    }
}

/// All that the decision on a stage depends on, gathered beforehand from disk and ledger.
package struct StageObservation: Sendable {
    /// Without the inputs whose content is not known yet.
    package var signature: StageSignature
    /// Stages that would run first, so that what they write is not known.
    package var pendingUpstream: [StageName] = []
    /// Artifacts of those stages.
    package var pendingInputs: Set<String> = []
    /// The last successful run.
    package var baseline: StageSignature?
    /// Whether a successful run of this very fingerprint is known.
    package var hasMatch = false
    /// What is wrong with the outputs of that run.
    package var outputProblems: [RunReason] = []
    /// The last attempt, where it did not succeed and had this fingerprint (or where the fingerprint is not known yet).
    package var lastAttempt: RunReason?
    /// Why an effect stage has to act again.
    package var effect: RunReason?
    package var isForced = false

    package init(signature: StageSignature) { self.signature = signature }
}

extension StageState {
    /// Decides without looking at a clock or a disk.
    package static func decide(_ observation: StageObservation) -> StageState {
        var reasons: [RunReason] = []
        if observation.isForced { reasons.append(.forced) }
        if observation.pendingUpstream.isEmpty && observation.hasMatch {
            reasons += observation.outputProblems
            if let effect = observation.effect { reasons.append(effect) }
            return reasons.isEmpty ? .upToDate : .run(reasons)
        }
        if let baseline = observation.baseline {
            reasons += observation.signature.differences(
                from: baseline, ignoringInputs: observation.pendingInputs)
        } else if observation.lastAttempt == nil {
            reasons.append(.neverRan)
        }
        if let attempt = observation.lastAttempt { reasons.append(attempt) }
        if observation.pendingUpstream.isEmpty {
            return .run(reasons.isEmpty ? [.fingerprintRuleChanged] : reasons)
        }
        let upstream = observation.pendingUpstream.map(RunReason.upstreamWouldRun)
        return reasons.isEmpty ? .mayRun(upstream) : .run(reasons + upstream)
    }
}

extension StageSignature {
    /// What differs from an earlier run, each difference with its old and its new value, in a fixed order.
    package func differences(from old: StageSignature, ignoringInputs ignored: Set<String> = []) -> [RunReason] {
        var reasons: [RunReason] = []
        if old.version != version { reasons.append(.versionChanged(old: old.version, new: version)) }
        for key in Set(old.parameters.keys).union(parameters.keys).sorted() {
            switch (old.parameters[key], parameters[key]) {
            case (let before?, let after?):
                if before != after { reasons.append(.parameterChanged(key: key, old: before, new: after)) }
            case (nil, let after?): reasons.append(.parameterAdded(key: key, new: after))
            case (let before?, nil): reasons.append(.parameterRemoved(key: key, old: before))
            case (nil, nil): break
            }
        }
        reasons += Self.inputDifferences(old.inputs, inputs, ignoring: ignored)
        let external = Self.inputDifferences(old.externalInputs, externalInputs, ignoring: [])
        let (before, after) = (old.externalInputs.map(Self.words(of:)), externalInputs.map(Self.words(of:)))
        // An earlier Atelier did not record the names that stages write down.
        let isSameContent = old.externalInputs.map(\.digest) == externalInputs.map(\.digest)
        if before == after || (external.isEmpty && isSameContent) { return reasons }
        return reasons + (external.isEmpty || before.sorted() == after.sorted() ? [.inputOrderChanged] : external)
    }

    private static func words(of external: InputDigest) -> String { external.fields.joined(separator: " ") }

    private static func inputDifferences(
        _ old: [InputDigest], _ new: [InputDigest], ignoring ignored: Set<String>
    ) -> [RunReason] {
        let before = Dictionary(old.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
        return Set(before.keys).union(after.keys).subtracting(ignored).sorted().compactMap { name in
            switch (before[name], after[name]) {
            case (let old?, let new?): old == new ? nil : .inputChanged(name: name, old: old, new: new)
            case (nil, let new?): .inputAdded(name: name, new: new)
            case (let old?, nil): .inputRemoved(name: name, old: old)
            case (nil, nil): nil
            }
        }
    }
}
