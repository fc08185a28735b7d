/// On disk and with `--json`: one flat object, `{"reason": "parameter_changed", "name": …, "old": …, "new": …}`.
extension RunReason: Codable {
    private enum CodingKeys: String, CodingKey {
        case reason, name, old, new, artifact, file, message, stage
    }

    private enum Kind: String, Codable {
        case neverRan = "never_ran"
        case parameterChanged = "parameter_changed"
        case parameterAdded = "parameter_added"
        case parameterRemoved = "parameter_removed"
        case versionChanged = "version_changed"
        case inputChanged = "input_changed"
        case inputAdded = "input_added"
        case inputRemoved = "input_removed"
        case inputOrderChanged = "input_order_changed"
        case outputMissing = "output_missing"
        case outputDamaged = "output_damaged"
        case forced
        case lastFailed = "last_failed"
        case lastRefused = "last_refused"
        case interrupted
        case effectPending = "effect_pending"
        case fingerprintRuleChanged = "fingerprint_rule_changed"
        case upstreamWouldRun = "upstream_would_run"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func put(_ kind: Kind) throws { try container.encode(kind, forKey: .reason) }
        func put(_ value: some Encodable, _ key: CodingKeys) throws { try container.encode(value, forKey: key) }
        switch self {
        case .neverRan: try put(.neverRan)
        case .parameterChanged(let key, let old, let new):
            try put(.parameterChanged)
            try put(key, .name)
            try put(old, .old)
            try put(new, .new)
        case .parameterAdded(let key, let new):
            try put(.parameterAdded)
            try put(key, .name)
            try put(new, .new)
        case .parameterRemoved(let key, let old):
            try put(.parameterRemoved)
            try put(key, .name)
            try put(old, .old)
        case .versionChanged(let old, let new):
            try put(.versionChanged)
            try put(String(old), .old)
            try put(String(new), .new)
        case .inputChanged(let name, let old, let new):
            try put(.inputChanged)
            try put(name, .name)
            try put(old, .old)
            try put(new, .new)
        case .inputAdded(let name, let new):
            try put(.inputAdded)
            try put(name, .name)
            try put(new, .new)
        case .inputRemoved(let name, let old):
            try put(.inputRemoved)
            try put(name, .name)
            try put(old, .old)
        case .inputOrderChanged: try put(.inputOrderChanged)
        case .outputMissing(let artifact, let file):
            try put(.outputMissing)
            try put(artifact, .artifact)
            try container.encodeIfPresent(file, forKey: .file)
        case .outputDamaged(let artifact, let file):
            try put(.outputDamaged)
            try put(artifact, .artifact)
            try put(file, .file)
        case .forced: try put(.forced)
        case .lastFailed(let message):
            try put(.lastFailed)
            try put(message, .message)
        case .lastRefused(let message):
            try put(.lastRefused)
            try put(message, .message)
        case .interrupted: try put(.interrupted)
        case .effectPending(let message):
            try put(.effectPending)
            try put(message, .message)
        case .fingerprintRuleChanged: try put(.fingerprintRuleChanged)
        case .upstreamWouldRun(let stage):
            try put(.upstreamWouldRun)
            try put(stage, .stage)
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String { try container.decode(String.self, forKey: key) }
        func number(_ key: CodingKeys) throws -> Int {
            guard let number = Int(try text(key)) else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "not a number")
            }
            return number
        }
        func artifact() throws -> ArtifactName { ArtifactName(rawValue: try text(.artifact)) }
        self =
            switch try container.decode(Kind.self, forKey: .reason) {
            case .neverRan: .neverRan
            case .parameterChanged: .parameterChanged(key: try text(.name), old: try text(.old), new: try text(.new))
            case .parameterAdded: .parameterAdded(key: try text(.name), new: try text(.new))
            case .parameterRemoved: .parameterRemoved(key: try text(.name), old: try text(.old))
            case .versionChanged: .versionChanged(old: try number(.old), new: try number(.new))
            case .inputChanged: .inputChanged(name: try text(.name), old: try text(.old), new: try text(.new))
            case .inputAdded: .inputAdded(name: try text(.name), new: try text(.new))
            case .inputRemoved: .inputRemoved(name: try text(.name), old: try text(.old))
            case .inputOrderChanged: .inputOrderChanged
            case .outputMissing:
                .outputMissing(
                    artifact: try artifact(), file: try container.decodeIfPresent(String.self, forKey: .file))
            case .outputDamaged: .outputDamaged(artifact: try artifact(), file: try text(.file))
            case .forced: .forced
            case .lastFailed: .lastFailed(message: try text(.message))
            case .lastRefused: .lastRefused(message: try text(.message))
            case .interrupted: .interrupted
            case .effectPending: .effectPending(message: try text(.message))
            case .fingerprintRuleChanged: .fingerprintRuleChanged
            case .upstreamWouldRun: .upstreamWouldRun(StageName(rawValue: try text(.stage)))
            }
    }
}
