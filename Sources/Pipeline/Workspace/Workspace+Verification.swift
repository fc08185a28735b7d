internal import Foundation

/// One thing that `verify` found.
package struct VerifyProblem: Codable, Hashable, Sendable {
    /// `artifact`, `shard`, `build`, `register` or `ledger`.
    package var kind: String
    /// The stage and artifact, the stage and shard, or the build. Of an artifact that nothing but an earlier build was
    /// made from, the artifact alone.
    package var name: String
    package var digest: String?
    package var file: String?
    /// `missing` or `damaged`.
    package var problem: String
    /// The kept build that was made from the artifact, where no stage's current state refers to it.
    package var build: String?
}

/// What `verify` read and found.
package struct VerifyReport: Codable, Hashable, Sendable {
    package var artifactCount = 0
    package var buildCount = 0
    package var byteCount = 0
    package var problems: [VerifyProblem] = []

    package enum CodingKeys: String, CodingKey {
        case problems
        case artifactCount = "artifacts"
        case buildCount = "builds"
        case byteCount = "bytes"
    }
}

extension Workspace {
    /// Reads every byte of what is published or referred to, by a stage's state, a shard or a kept build, and compares it
    /// with its digest: all that `prune` would keep.
    ///
    /// Writes nothing and takes no lock. A ledger or a register of builds that is damaged is a finding.
    package func verify() throws -> VerifyReport {
        var reading = Verification(store: ArtifactStore(workspace: self, cache: FileDigestCache(source: nil)))
        do {
            if let ledger = try Ledger.openForReading(in: self) {
                if let finding = try ledger.check() {
                    reading.report.problems.append(.init(kind: "ledger", name: finding, problem: "damaged"))
                }
                for state in try ledger.currentStates().values.sorted(by: { $0.stage < $1.stage }) {
                    for (name, digest) in state.outputs.sorted(by: { $0.key < $1.key }) {
                        try reading.read(digest, "artifact", "\(state.stage)/\(name)")
                    }
                }
                for shard in try ledger.allShards() {
                    try reading.read(shard.digest, "shard", "\(shard.stage)/\(shard.shard.key)")
                }
            }
        } catch LedgerError.damaged(_, let cause) {
            reading.report.problems.append(.init(kind: "ledger", name: cause, problem: "damaged"))
        }
        let builds = BuildStore(workspace: self)
        let inventory = try builds.inventory()
        if let current = builds.currentID, !inventory.contains(where: { $0.id == current }) {
            reading.report.problems.append(.init(kind: "build", name: current, problem: "missing"))
        }
        do {
            _ = try builds.register()
        } catch BuildError.damagedRegister(let path) {
            reading.report.problems.append(.init(kind: "register", name: path, problem: "damaged"))
        }
        let current = Set(reading.findings.keys)
        for (id, manifest) in inventory {
            reading.report.buildCount += 1
            reading.report.byteCount += manifest?.content.byteCount ?? 0
            for problem in try builds.problems(of: id) {
                reading.report.problems.append(VerifyProblem("build", id, nil, problem))
            }
            let artifacts = (manifest?.artifacts ?? [:]).sorted { $0.key < $1.key }
            for (name, digest) in artifacts where !current.contains(digest) {
                try reading.read(digest, "artifact", name, build: id)
            }
        }
        return reading.report
    }
}

/// Artifacts as they are read, each once, however many refer to it.
private struct Verification {
    let store: ArtifactStore
    var report = VerifyReport()
    /// What was found in each artifact that was read, by its digest.
    private(set) var findings: [String: [ArtifactProblem]] = [:]

    init(store: ArtifactStore) { self.store = store }

    mutating func read(_ digest: String, _ kind: String, _ name: String, build: String? = nil) throws {
        let found: [ArtifactProblem]
        if let known = findings[digest] {
            found = known
        } else {
            report.artifactCount += 1
            report.byteCount += try store.manifest(of: digest)?.byteCount ?? 0
            found = try store.problems(of: digest, isThorough: true)
            findings[digest] = found
        }
        for problem in found {
            var line = VerifyProblem(kind, name, digest, problem)
            line.build = build
            report.problems.append(line)
        }
    }
}

extension VerifyProblem {
    fileprivate init(_ kind: String, _ name: String, _ digest: String?, _ problem: ArtifactProblem) {
        let word =
            switch problem {
            case .missing: "missing"
            case .damaged: "damaged"
            }
        self.init(kind: kind, name: name, digest: digest, file: problem.file, problem: word)
    }
}
