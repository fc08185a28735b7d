/// Why a stage runs, as data: `explain` prints it, the ledger keeps it.
package enum RunReason: Hashable, Sendable {
    case neverRan
    case parameterChanged(key: String, old: String, new: String)
    case parameterAdded(key: String, new: String)
    case parameterRemoved(key: String, old: String)
    case versionChanged(old: Int, new: Int)
    /// An artifact or external file has other content.
    case inputChanged(name: String, old: String, new: String)
    case inputAdded(name: String, new: String)
    case inputRemoved(name: String, old: String)
    /// The same external files in another order.
    case inputOrderChanged
    /// A file of an output, or with nil all of it, is gone.
    case outputMissing(artifact: ArtifactName, file: String?)
    case outputDamaged(artifact: ArtifactName, file: String)
    case forced
    case lastFailed(message: String)
    case lastRefused(message: String)
    /// The last attempt was stopped or killed.
    case interrupted
    /// What the stage brings about outside the artifact store does not stand.
    case effectPending(message: String)
    /// Nothing that can be named: an earlier Atelier computed fingerprints otherwise.
    case fingerprintRuleChanged
    /// Only that an input comes from a stage that would run; with equal content this stage is up to date after all.
    case upstreamWouldRun(StageName)

    /// Whether it is certain that the stage runs for it.
    package var isCertain: Bool {
        if case .upstreamWouldRun = self { return false }
        return true
    }
}

extension RunReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .neverRan: "never ran"
        case .parameterChanged(let key, let old, let new): "parameter \(key) changed from \(old) to \(new)"
        case .parameterAdded(let key, let new): "parameter \(key) is new: \(new)"
        case .parameterRemoved(let key, let old): "parameter \(key) is gone, was \(old)"
        case .versionChanged(let old, let new): "version changed from \(old) to \(new)"
        case .inputChanged(let name, let old, let new):
            "input \(name) changed from \(old.prefix(12)) to \(new.prefix(12))"
        case .inputAdded(let name, let new): "input \(name) is new: \(new.prefix(12))"
        case .inputRemoved(let name, let old): "input \(name) is gone, was \(old.prefix(12))"
        case .inputOrderChanged: "the order of the inputs changed"
        case .outputMissing(let artifact, nil): "output \(artifact) is missing"
        case .outputMissing(let artifact, let file?): "output \(artifact) lacks \(file)"
        case .outputDamaged(let artifact, let file): "output \(artifact) is damaged: \(file)"
        case .forced: "forced"
        case .lastFailed(let message): "the last attempt failed: \(message)"
        case .lastRefused(let message): "the last attempt was refused: \(message)"
        case .interrupted: "the last attempt was interrupted"
        case .effectPending(let message): message
        case .fingerprintRuleChanged: "fingerprints are computed by a new rule"
        case .upstreamWouldRun(let stage): "stage \(stage) would run"
        }
    }
}
