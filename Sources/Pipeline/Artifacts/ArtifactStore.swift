package import Foundation
internal import Synchronization

/// What is wrong with an artifact.
package enum ArtifactProblem: Hashable, Sendable {
    /// The file, or with nil the whole folder or its manifest, is not there.
    case missing(file: String?)
    /// The file is not what the manifest says.
    case damaged(file: String)
}

/// An artifact that is durable under its final name.
struct CommittedArtifact: Sendable {
    var digest: String
    var byteCount: Int
}

/// Immutable folders named by their content: `artifacts/ab/cdef…`.
///
/// Order of durability: the files are written below `staging`, synced one by one, listed in a manifest that is synced, then
/// the folder is renamed to its final name and the folder above is synced. Only after that does the ledger hear of it.
package struct ArtifactStore: Sendable {
    let workspace: Workspace
    let cache: FileDigestCache
    let faults: FaultInjection

    /// A store that remembers no digests: each look at a file reads it.
    package init(workspace: Workspace) {
        self.init(workspace: workspace, cache: FileDigestCache(source: nil))
    }

    init(workspace: Workspace, cache: FileDigestCache, faults: FaultInjection = .none) {
        self.workspace = workspace
        self.cache = cache
        self.faults = faults
    }

    /// Where an artifact lies, or would lie.
    package func folder(of digest: String) -> URL {
        workspace.artifactsFolder
            .appending(path: String(digest.prefix(2)), directoryHint: .isDirectory)
            .appending(path: String(digest.dropFirst(2)), directoryHint: .isDirectory)
    }

    /// Makes a folder of the staging area durable and immutable.
    ///
    /// Where an intact artifact of the same content is there already, that one stays and the new one is dropped.
    /// - Parameter width: threads for hashing; the result does not depend on it.
    func commit(_ staging: URL, width: Int = 1) throws -> CommittedArtifact {
        try faults.reach(.afterTemporaryWrite)
        let source = staging.filePath
        let manifest = try seal(source, width: width)
        let target = folder(of: manifest.digest).filePath
        if FileSystem.exists(target) {
            if try problems(of: manifest.digest).isEmpty {
                try FileSystem.remove(source)
                return CommittedArtifact(digest: manifest.digest, byteCount: manifest.byteCount)
            }
            let aside = workspace.stagingFolder.filePath + "/damaged-" + manifest.digest
            try FileSystem.remove(aside)
            try FileSystem.rename(target, to: aside)
            try FileSystem.remove(aside)
        }
        try faults.reach(.beforeRename)
        let parent = FileSystem.parent(of: target)
        if !FileSystem.exists(parent) {
            try FileSystem.makeFolder(parent)
            try FileSystem.sync(workspace.artifactsFolder.filePath)
        }
        do {
            try FileSystem.rename(source, to: target)
        } catch {
            // Another thread may just have put the same content there.
            let isTaken = error.code == EEXIST || error.code == ENOTEMPTY
            guard try isTaken && problems(of: manifest.digest).isEmpty else { throw error }
            try FileSystem.remove(source)
        }
        try faults.reach(.afterRename)
        try FileSystem.sync(parent)
        return CommittedArtifact(digest: manifest.digest, byteCount: manifest.byteCount)
    }

    /// Syncs and hashes each file, makes it read-only, writes the manifest and syncs the folders.
    func seal(_ folder: String, width: Int, extra: (ArtifactManifest) throws -> [UInt8] = { try $0.encoded() }) throws
        -> ArtifactManifest
    {
        let tree = try FileTree(of: folder)
        let reserved = folder + "/" + ArtifactManifest.fileName
        if FileSystem.exists(reserved) { throw ArtifactError.reservedName(path: reserved) }
        let files = try parallelMap(tree.files, width: width) { file in
            let path = folder + "/" + file.path
            if file.mode & 0o222 != 0, chmod(path, 0o444) != 0 { throw FileSystem.failure("make read-only", path) }
            try FileSystem.sync(path)
            guard let (_, signature, _) = try FileSystem.status(path) else {
                throw ArtifactError.changedWhileRead(path: path)
            }
            let known = try cache.remembered(signature)
            let digest = try known ?? cache.read(path, isOwn: true).digest
            return ArtifactFile(path: file.path, byteCount: Int(signature.byteCount), sha256: digest)
        }
        let manifest = ArtifactManifest(files: files)
        try FileSystem.write(try extra(manifest), to: reserved)
        for sub in tree.folders.reversed() { try FileSystem.sync(folder + "/" + sub) }
        try FileSystem.sync(folder)
        return manifest
    }

    /// The list of an artifact's files.
    /// - Returns: nil where there is none, or where it does not answer to the digest.
    func manifest(of digest: String) throws -> ArtifactManifest? {
        let path = folder(of: digest).filePath + "/" + ArtifactManifest.fileName
        guard let bytes = try FileSystem.read(path), let manifest = ArtifactManifest.decode(bytes),
            manifest.digest == digest
        else { return nil }
        return manifest
    }

    /// What differs from the manifest.
    ///
    /// A file whose status is the remembered one counts as unchanged; any other is read again.
    /// - Parameter isThorough: read every byte, whatever is remembered, and look for files that do not belong.
    package func problems(of digest: String, isThorough: Bool = false) throws -> [ArtifactProblem] {
        let root = folder(of: digest).filePath
        guard FileSystem.exists(root) else { return [.missing(file: nil)] }
        guard FileSystem.exists(root + "/" + ArtifactManifest.fileName) else {
            return [.missing(file: ArtifactManifest.fileName)]
        }
        guard let manifest = try manifest(of: digest) else { return [.damaged(file: ArtifactManifest.fileName)] }
        return try differences(of: root, from: manifest, isThorough: isThorough)
    }

    /// Compares the files of a folder with a manifest.
    func differences(of root: String, from manifest: ArtifactManifest, isThorough: Bool) throws -> [ArtifactProblem] {
        var problems: [ArtifactProblem] = []
        for file in manifest.files {
            let path = root + "/" + file.path
            guard let (kind, signature, _) = try FileSystem.status(path) else {
                problems.append(.missing(file: file.path))
                continue
            }
            guard kind == .file, signature.byteCount == Int64(file.byteCount) else {
                problems.append(.damaged(file: file.path))
                continue
            }
            if !isThorough, try cache.remembered(signature) == file.sha256 { continue }
            do {
                if try cache.read(path, isOwn: true).digest != file.sha256 {
                    problems.append(.damaged(file: file.path))
                }
            } catch let error as FileSystemError where error.code == EIO {
                problems.append(.damaged(file: file.path))
            }
        }
        if isThorough {
            let expected = Set(manifest.files.map(\.path)).union([ArtifactManifest.fileName])
            for file in try FileTree(of: root).files where !expected.contains(file.path) {
                problems.append(.damaged(file: file.path))
            }
        }
        return problems
    }

    /// Digests of all artifacts that are there, sorted.
    func digests() throws -> [String] {
        let root = workspace.artifactsFolder.filePath
        guard FileSystem.exists(root) else { return [] }
        return try FileSystem.names(in: root).flatMap { prefix in
            try FileSystem.names(in: root + "/" + prefix).map { prefix + $0 }
        }
    }
}

/// Maps on several threads; the results are in the order of the elements, and the first failure in that order is thrown.
func parallelMap<Element: Sendable, Result: Sendable>(
    _ elements: [Element], width: Int, _ body: @escaping @Sendable (Element) throws -> Result
) throws -> [Result] {
    if width <= 1 || elements.count <= 1 { return try elements.map(body) }
    let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: elements.count))
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(width, elements.count)) { _ in
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < elements.count else { return }
            let result = Swift.Result { try body(elements[index]) }
            results.withLock { $0[index] = result }
        }
    }
    return try results.withLock { $0 }.compactMap { try $0?.get() }
}
