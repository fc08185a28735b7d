package import Foundation

/// The builds of a workspace, and which of them is the current one.
///
/// A build is written beside the others, synced file by file, sealed by a manifest with sizes and digests, and renamed to
/// its id; publishing it is one rename of the symbolic link `current`. Readers that follow the link see the old build or
/// the new one, whole, at any moment. Whoever changes something here holds the `RunLock`; a running stage does.
package struct BuildStore: Sendable {
    let workspace: Workspace
    /// For sealing and comparing; within a run it remembers the digests of the files that a build shares with artifacts.
    let store: ArtifactStore

    package init(workspace: Workspace) { self.init(store: ArtifactStore(workspace: workspace)) }

    init(store: ArtifactStore) {
        self.store = store
        workspace = store.workspace
    }

    package func folder(of build: String) -> URL {
        workspace.buildsFolder.appending(path: build, directoryHint: .isDirectory)
    }

    /// The build that `current` names; nil where none was published yet.
    package var currentID: String? {
        let path = workspace.currentLink.filePath
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return nil }
        return target.split(separator: "/").last.map(String.init)
    }

    /// The folder of the current build.
    package var currentFolder: URL? { currentID.map(folder(of:)) }

    /// An empty folder to write a new build into.
    package func makeStagingFolder() throws(FileSystemError) -> URL {
        let path = workspace.stagingFolder.filePath + "/build-" + UUID().uuidString
        try FileSystem.makeFolder(path)
        return URL(filePath: path, directoryHint: .isDirectory)
    }

    /// Makes a staging folder a whole, durable, immutable build. It is not published by that.
    ///
    /// Content that is there already keeps its id and its verdict.
    /// - Parameter artifacts: what it was made from; pruning keeps these as long as the build.
    package func commit(
        _ staging: URL, madeFrom artifacts: [ArtifactName: String] = [:], width: Int = 1
    ) throws -> Build {
        let names = Dictionary(uniqueKeysWithValues: artifacts.map { ($0.key.rawValue, $0.value) })
        let content = try store.seal(staging.filePath, width: width) { content in
            try JSONText.encode(BuildManifest(content: content, artifacts: names))
        }
        let id = BuildManifest.id(of: content)
        let target = folder(of: id).filePath
        if FileSystem.exists(target) {
            if try problems(of: id).isEmpty {
                try FileSystem.remove(staging.filePath)
                return try build(id)
            }
            let aside = workspace.stagingFolder.filePath + "/damaged-build-" + id
            try FileSystem.remove(aside)
            try FileSystem.rename(target, to: aside)
        }
        try FileSystem.makeFolder(workspace.buildsFolder.filePath)
        try FileSystem.rename(staging.filePath, to: target)
        try FileSystem.sync(workspace.buildsFolder.filePath)
        try edit { register in
            if register.builds[id] == nil { register.builds[id] = .init(verdict: .kept, createdAt: Date()) }
        }
        return try build(id)
    }

    /// Verifies a build and makes it the current one.
    /// - Parameter isForced: also where a rollback went past it before.
    /// - Throws: `BuildError.rejected`, `.damaged`, `.unknownBuild`.
    package func publish(_ id: String, isForced: Bool = false) throws {
        let build = try build(id)
        if build.verdict == .rejected && !isForced { throw BuildError.rejected(build: id) }
        try checkWhole(id)
        try oweAnnouncement(of: id)
        try turn(to: id)
        try dropAnnouncements(besides: id)
    }

    private func turn(to id: String) throws {
        try store.faults.reach(.beforePublish)
        try point(at: id)
        try store.faults.reach(.afterPublish)
        try edit { register in
            register.builds[id, default: .init(verdict: .published, createdAt: Date())].verdict = .published
            register.builds[id]?.publishedAt = Date()
            register.builds[id]?.reason = nil
        }
    }

    /// Enters the current build as published where a kill came between the link and the register.
    package func settle() throws {
        guard let id = currentID, try build(id).publishedAt == nil else { return }
        try edit { register in
            register.builds[id, default: .init(verdict: .published, createdAt: Date())].verdict = .published
            register.builds[id]?.publishedAt = Date()
        }
    }

    private func checkWhole(_ id: String) throws {
        guard let problem = try problems(of: id).first else { return }
        throw BuildError.damaged(build: id, file: problem.file ?? ArtifactManifest.fileName)
    }

    /// Marks a build as refused by the quality gate. It stays, unpublished.
    package func refuse(_ id: String, reason: String) throws {
        if id == currentID { return }
        try edit { register in
            register.builds[id, default: .init(verdict: .refused, createdAt: Date())].verdict = .refused
            register.builds[id]?.reason = reason
        }
    }

    /// Makes an earlier build the current one, and marks the one before as rejected. The current one is verified and stays as
    /// it is.
    /// - Parameter target: nil for the one that was published before the current one.
    package func rollBack(to target: String? = nil) throws -> (from: String?, to: Build) {
        let from = currentID
        let earlier = try list().first { $0.verdict == .published && $0.id != from }
        guard let id = target ?? earlier?.id else { throw BuildError.nothingToRollBackTo }
        let wanted = try build(id)
        if id == from, wanted.publishedAt != nil {
            try checkWhole(id)
            return (from, wanted)
        }
        try checkWhole(id)
        // Marked before the link turns: a kill in between must not let the next night publish it again. Also where the
        // register knows nothing of it, since somebody moved a damaged one away.
        if let from, from != id {
            try edit { register in
                register.builds[from, default: .init(verdict: .rejected, createdAt: Date())].verdict = .rejected
                register.builds[from]?.reason = "rolled back to \(id)"
            }
        }
        // Whoever rolls back knows of it.
        if id != from { try dropAnnouncements() }
        try turn(to: id)
        return (from, try build(id))
    }

    /// Why the publishing of a build that was made earlier has to be brought about again.
    /// - Returns: nil where it is the current one, or where a rollback went past it.
    package func pendingReason(for id: String) throws -> RunReason? {
        let build: Build
        do {
            build = try self.build(id)
        } catch BuildError.unknownBuild {
            return .effectPending(message: "build \(id) is gone")
        } catch BuildError.damagedRegister(let path) {
            return .effectPending(message: "\(path) is damaged")
        }
        if build.isCurrent || build.verdict == .rejected { return nil }
        return .effectPending(message: "build \(id) is not the current one")
    }

    private func point(at id: String) throws(FileSystemError) {
        let link = workspace.currentLink.filePath
        let temporary = link + ".tmp"
        try FileSystem.remove(temporary)
        guard symlink("builds/\(id)", temporary) == 0 else { throw FileSystem.failure("make the link", temporary) }
        try FileSystem.rename(temporary, to: link)
        try FileSystem.sync(workspace.folder.filePath)
    }
}

extension ArtifactProblem {
    /// The file it is about.
    package var file: String? {
        switch self {
        case .missing(let file): file
        case .damaged(let file): file
        }
    }
}
