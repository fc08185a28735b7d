internal import Foundation

/// What pruning removed, or would remove.
package struct PruneReport: Codable, Hashable, Sendable {
    package var isDryRun: Bool
    /// Digests of artifacts and shards that nothing refers to.
    package var artifacts: [String] = []
    /// Finished shards that no current stage uses, as `stage/key`.
    package var shards: [String] = []
    package var scratchFolders: [String] = []
    package var builds: [String] = []
    /// Builds that are removed besides, since their manifest is damaged or gone.
    package var damagedBuilds: [String] = []
    /// Builds that are damaged likewise and stay: the current one, and the one published before it.
    package var keptDamagedBuilds: [String] = []
    package var runs: [String] = []
    /// What the file system gives back: files that still have another name count nothing.
    package var freedByteCount = 0

    package enum CodingKeys: String, CodingKey {
        case artifacts, shards, builds, runs
        case isDryRun = "dry_run"
        case damagedBuilds = "damaged_builds"
        case keptDamagedBuilds = "kept_damaged_builds"
        case scratchFolders = "scratch"
        case freedByteCount = "freed_bytes"
    }
}

extension Workspace {
    /// Makes an earlier build the current one; see `BuildStore.rollBack`.
    /// - Throws: `RunLockError`, `BuildError`, `FileSystemError`.
    package func rollBack(to build: String? = nil) throws -> (from: String?, to: Build) {
        let lock = try RunLock(self)
        return try withExtendedLifetime(lock) { try BuildStore(workspace: self).rollBack(to: build) }
    }

    /// Removes what no current stage state, no kept build and no run in hand refers to.
    ///
    /// Shards stay where the stage's current state used them or a later attempt finished them, or where they are of a current
    /// family: a stage that asks for finished shards may build on those of earlier runs that it did not plan again.
    /// - Throws: `RunLockError`, `ForeignFolderError`, `LedgerError`, `FileSystemError`.
    package func prune(_ retention: Retention = Retention(), isDryRun: Bool = false) throws -> PruneReport {
        var report = PruneReport(isDryRun: isDryRun)
        guard exists else { return report }
        if isDryRun {
            guard let ledger = try Ledger.openForReading(in: self) else { return report }
            try prune(retention, ledger, &report)
        } else {
            try checkOwn()
            // A folder where nothing ran does not become a workspace.
            guard isOwn else { return report }
            let lock = try RunLock(self)
            try withExtendedLifetime(lock) {
                let ledger = try Ledger.open(in: self)
                try prune(retention, ledger, &report)
                try ledger.close()
            }
        }
        return report
    }

    private func prune(_ retention: Retention, _ ledger: Ledger, _ report: inout PruneReport) throws {
        let isDryRun = report.isDryRun
        let builds = BuildStore(workspace: self)
        let removedBuilds = try builds.retain(retention.builds, isDryRun: true)
        report.builds = removedBuilds.map(\.id)
        let damaged = try builds.damaged()
        report.damagedBuilds = damaged.removable
        report.keptDamagedBuilds = damaged.kept
        let states = try ledger.currentStates()
        let shards = try ledger.allShards()
        // A family is current where the current state used a shard of it; a stage's own family always is.
        var families: [StageName: Set<String>] = [:]
        for shard in shards where shard.family != ShardRecord.noFamily {
            guard let state = states[shard.stage], shard.lastUsed >= state.id else { continue }
            families[shard.stage, default: []].insert(shard.family)
        }
        let surplus = shards.filter { shard in
            guard let state = states[shard.stage] else { return false }
            let isCurrent = shard.family == state.family || families[shard.stage, default: []].contains(shard.family)
            return shard.lastUsed < state.id && !isCurrent
        }
        report.shards = surplus.map { "\($0.stage)/\($0.shard.key)" }
        let surplusKeys = Set(surplus.map(\.shard.fingerprint))
        var referenced = Set(states.values.flatMap(\.outputs.values))
        for shard in shards where !surplusKeys.contains(shard.shard.fingerprint) {
            referenced.insert(shard.digest)
        }
        let keptBuilds = try builds.list().filter { !report.builds.contains($0.id) }
        referenced.formUnion(keptBuilds.flatMap(\.artifacts.values))
        let store = ArtifactStore(workspace: self, cache: FileDigestCache(source: nil))
        report.artifacts = try store.digests().filter { !referenced.contains($0) }

        var inodes = InodeCount()
        for digest in report.artifacts { try inodes.add(store.folder(of: digest).filePath) }
        for id in report.builds + report.damagedBuilds { try inodes.add(builds.folder(of: id).filePath) }
        let scratch = Scratch(workspace: self)
        let live = try Set(
            states.keys.compactMap { try ledger.lastAttempt(at: $0) }.filter { $0.status != .succeeded }.map {
                Scratch.name(stage: $0.stage, fingerprint: $0.fingerprint)
            })
        report.scratchFolders = try scratch.names().filter { name in
            let stage = StageName(rawValue: String(name.prefix { $0 != "@" }))
            return states[stage] != nil && !live.contains(name)
        }
        for name in report.scratchFolders { try inodes.add(scratch.path(name)) }
        let runs = try RunFolders(workspace: self).retain(retention.runs, isDryRun: true)
        for path in runs { try inodes.add(path) }
        report.runs = runs.map { String($0.split(separator: "/").last ?? "") }
        report.freedByteCount = inodes.freedByteCount
        if isDryRun { return }

        // The ledger's turn comes late: on a full disk it can write only once there is room. It forgets a shard before its files
        // go: a kill between leaves an artifact that the next prune removes.
        releaseReserve()
        try RunFolders(workspace: self).retain(retention.runs)
        for name in report.scratchFolders { try FileSystem.remove(scratch.path(name)) }
        let ofShards = Set(surplus.map(\.digest))
        for digest in report.artifacts where !ofShards.contains(digest) {
            try FileSystem.remove(store.folder(of: digest).filePath)
        }
        _ = try builds.retain(retention.builds)
        try builds.remove(damaged)
        if !surplus.isEmpty { try ledger.remove(surplus) }
        for digest in report.artifacts where ofShards.contains(digest) {
            try FileSystem.remove(store.folder(of: digest).filePath)
        }
        try ledger.forget { device, inode, path in
            guard let status = try? FileSystem.status(path) else { return false }
            return status.signature.device == device && status.signature.inode == inode
        }
    }
}

/// Adds up what removing files gives back: a file with several names only when all of them go.
private struct InodeCount {
    private var seen: [UInt64: (count: Int, links: Int, byteCount: Int)] = [:]

    var freedByteCount: Int { seen.values.reduce(0) { $0 + ($1.count >= $1.links ? $1.byteCount : 0) } }

    mutating func add(_ folder: String) throws {
        for file in try FileTree(of: folder).files {
            var status = stat()
            guard lstat(folder + "/" + file.path, &status) == 0 else { continue }
            let count = (seen[file.signature.inode]?.count ?? 0) + 1
            seen[file.signature.inode] = (count, Int(status.st_nlink), Int(file.signature.byteCount))
        }
    }
}
