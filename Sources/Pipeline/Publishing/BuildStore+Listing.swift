package import Foundation

extension BuildStore {
    /// All builds: the current one first, then those published last, then those made last.
    package func list() throws -> [Build] {
        let register = try register()
        let builds = try inventory().compactMap { id, manifest in
            try manifest.map { try build(id, manifest: $0, register.builds[id]) }
        }
        let latest = Date() + RunID.clockTolerance
        // What the clock put into the future when it was wrong would be the one to go back to for years.
        func past(_ date: Date?) -> Date { date.map { $0 > latest ? .distantPast : $0 } ?? .distantPast }
        func order(_ build: Build) -> (Int, Date, Date) {
            (build.isCurrent ? 0 : 1, past(build.publishedAt), past(build.createdAt))
        }
        return builds.sorted { a, b in
            let (first, second) = (order(a), order(b))
            if first.0 != second.0 { return first.0 < second.0 }
            if first.1 != second.1 { return first.1 > second.1 }
            if first.2 != second.2 { return first.2 > second.2 }
            return a.id < b.id
        }
    }

    /// Each folder that is or was a build, in the order of their ids; the manifest is nil where it is gone or damaged.
    func inventory() throws -> [(id: String, manifest: BuildManifest?)] {
        let path = workspace.buildsFolder.filePath
        guard FileSystem.exists(path) else { return [] }
        return try FileSystem.names(in: path).compactMap { name in
            guard name != Self.verdictFolder, try FileSystem.status(path + "/" + name)?.kind == .folder else {
                return nil
            }
            return (name, try manifest(of: name))
        }
    }

    /// - Throws: `BuildError.unknownBuild`, `.damagedRegister`.
    package func build(_ id: String) throws -> Build {
        guard let manifest = try manifest(of: id) else { throw BuildError.unknownBuild(id) }
        return try build(id, manifest: manifest, register().builds[id])
    }

    /// Every file of a build against its manifest, byte by byte.
    package func problems(of id: String) throws -> [ArtifactProblem] {
        guard let manifest = try manifest(of: id) else {
            let file = ArtifactManifest.fileName
            return [
                FileSystem.exists(folder(of: id).filePath + "/" + file) ? .damaged(file: file) : .missing(file: file)
            ]
        }
        return try store.differences(of: folder(of: id).filePath, from: manifest.content, isThorough: true)
    }

    /// The first file of a build that is gone or has other bytes than its manifest says; nil where there is none.
    /// - Parameter digest: the digest of a file's bytes, from a cache where its status is unchanged; nil where it is gone.
    package func damagedFile(of id: String, digest: (_ file: URL) throws -> String?) throws -> String? {
        guard let manifest = try manifest(of: id) else { return ArtifactManifest.fileName }
        return try manifest.files.first {
            try digest(folder(of: id).appending(path: $0.path, directoryHint: .notDirectory)) != $0.sha256
        }?.path
    }

    /// Removes the oldest builds. The current one, and the published one before it, always stay.
    /// - Parameter count: how many builds to keep besides refused and rejected ones; of these as many again.
    /// - Returns: what was removed, or with `isDryRun` what would be.
    package func retain(_ count: Int, isDryRun: Bool = false) throws -> [Build] {
        let builds = try list()
        // A build that a rollback went past is none to go back to, and takes the place of none.
        func isOut(_ build: Build) -> Bool { build.verdict == .refused || build.verdict == .rejected }
        let groups = [builds.filter { !isOut($0) }, builds.filter(isOut).sorted { $0.createdAt > $1.createdAt }]
        let surplus = groups.enumerated().flatMap { index, group in
            group.dropFirst(max(index == 0 ? 2 : 0, count)).filter { !$0.isCurrent }
        }
        if isDryRun || surplus.isEmpty { return surplus }
        for build in surplus { try remove(build.id) }
        try forget(surplus.map(\.id))
        return surplus
    }

    /// Takes removed builds out of the register. What a rollback went past stays rejected, so that no later night publishes
    /// the same content.
    func forget(_ ids: [String]) throws {
        try edit { register in
            for id in ids where register.builds[id]?.verdict != .rejected { register.builds[id] = nil }
        }
    }

    func remove(_ id: String) throws {
        // A build that is half removed must not look whole.
        let grave = workspace.stagingFolder.filePath + "/removed-build-" + id
        try FileSystem.makeFolder(workspace.stagingFolder.filePath)
        try FileSystem.remove(grave)
        try FileSystem.rename(folder(of: id).filePath, to: grave)
        try FileSystem.remove(grave)
        try removeVerdict(of: id)
    }

    /// - Returns: nil where there is no whole build of this id.
    private func manifest(of id: String) throws -> BuildManifest? {
        let path = folder(of: id).filePath + "/" + ArtifactManifest.fileName
        guard let bytes = try FileSystem.read(path),
            let manifest = try? JSONDecoder().decode(BuildManifest.self, from: Data(bytes)),
            manifest.format == 1, manifest.id == id, BuildManifest.id(of: manifest.content) == id
        else { return nil }
        return manifest
    }

    private func build(_ id: String, manifest: BuildManifest, _ entry: BuildRegister.Entry?) throws -> Build {
        let status = try FileSystem.status(folder(of: id).filePath)
        let made = Date(timeIntervalSince1970: Double(status?.signature.modified ?? 0) / 1e9)
        let isCurrent = currentID == id
        return Build(
            id: id, verdict: isCurrent ? .published : entry?.verdict ?? .kept, isCurrent: isCurrent,
            createdAt: entry?.createdAt ?? made, publishedAt: entry?.publishedAt, reason: entry?.reason,
            byteCount: manifest.content.byteCount, fileCount: manifest.files.count, artifacts: manifest.artifacts)
    }

    /// None is an empty one: so it is before the first build, and where somebody moved a damaged one away.
    /// - Throws: `BuildError.damagedRegister`.
    func register() throws -> BuildRegister {
        guard let bytes = try FileSystem.read(registerPath) else { return BuildRegister() }
        guard let register = BuildRegister.decode(bytes) else { throw BuildError.damagedRegister(path: registerPath) }
        return register
    }

    func edit(_ change: (inout BuildRegister) -> Void) throws {
        var register = try register()
        change(&register)
        try FileSystem.replace(registerPath, with: register.encoded())
    }

    var registerPath: String { workspace.buildsFolder.filePath + "/register.json" }
}
