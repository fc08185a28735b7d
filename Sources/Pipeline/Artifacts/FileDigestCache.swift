internal import Foundation
internal import Synchronization

/// A digest that was computed once and holds while the file's status stays what it was.
struct CachedDigest: Sendable, Equatable {
    var signature: FileSignature
    var digest: String
    var path: String
}

/// Where remembered digests come from: the ledger, or nowhere.
protocol DigestSource: Sendable {
    func cachedDigest(device: UInt64, inode: UInt64) throws -> CachedDigest?
}

/// Digests of files, computed at most once for each content.
///
/// A cache and never part of a fingerprint. An entry is keyed by device and inode and holds only while size, modification
/// time and change time are the same to the nanosecond. A file that was changed less than two seconds before it was read
/// is not remembered: a second change within the resolution of the clock would go unseen.
final class FileDigestCache: Sendable {
    private struct State {
        var fresh: [UInt64: CachedDigest] = [:]
        var unsaved: [CachedDigest] = []
        var counts = OperationCount()

        mutating func remember(_ entry: CachedDigest) {
            fresh[entry.signature.inode] = entry
            unsaved.append(entry)
        }
    }

    private let source: (any DigestSource)?
    private let state = Mutex(State())

    init(source: (any DigestSource)?) { self.source = source }

    var counts: OperationCount { state.withLock { $0.counts } }

    /// The digest that is remembered for exactly this status.
    func remembered(_ signature: FileSignature) throws -> String? {
        let fresh = state.withLock { state in
            state.counts.statusCount += 1
            return state.fresh[signature.inode]
        }
        if let fresh, fresh.signature == signature { return fresh.digest }
        guard let saved = try source?.cachedDigest(device: signature.device, inode: signature.inode) else { return nil }
        return saved.signature == signature ? saved.digest : nil
    }

    /// Reads the file, whatever is remembered.
    /// - Parameter isOwn: the engine made the file and nobody else writes to it, so that it may be remembered at once.
    func read(
        _ path: String, isOwn: Bool = false, cancellation: CancellationFlag? = nil, progress: ((Int) -> Void)? = nil
    ) throws -> CachedDigest {
        let (digest, signature) = try ContentDigest.sha256(
            ofFile: path, cancellation: cancellation, progress: progress)
        let entry = CachedDigest(signature: signature, digest: digest, path: path)
        let now = Int64(Date().timeIntervalSince1970 * 1e9)
        let isRacy = now - max(signature.modified, signature.changed) < 2_000_000_000
        state.withLock { state in
            state.counts.hashedFileCount += 1
            state.counts.hashedByteCount += Int(signature.byteCount)
            if isOwn || !isRacy { state.remember(entry) }
        }
        return entry
    }

    /// The digest of a regular file whose status is remembered; nil for anything else.
    func rememberedDigest(of path: String) throws -> String? {
        guard let (kind, signature, _) = try FileSystem.status(Self.real(path)), kind == .file else { return nil }
        return try remembered(signature)
    }

    /// How much `digest(of:)` would read.
    func unreadByteCount(of path: String) throws -> Int {
        guard let (kind, signature, _) = try FileSystem.status(Self.real(path)) else { return 0 }
        switch kind {
        case .file: return try remembered(signature) == nil ? Int(signature.byteCount) : 0
        case .folder:
            return try FileTree(of: Self.real(path)).files.reduce(0) { sum, file in
                sum + (try remembered(file.signature) == nil ? Int(file.signature.byteCount) : 0)
            }
        case .link, .other: return 0
        }
    }

    private static func real(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().filePath }

    /// The digest of a regular file, or of a folder by the digests of the files below it.
    /// - Parameter progress: told how many bytes have been read so far.
    func digest(
        of path: String, cancellation: CancellationFlag? = nil, progress: ((Int) -> Void)? = nil
    ) throws -> String {
        let real = Self.real(path)
        guard let (kind, signature, _) = try FileSystem.status(real) else {
            throw FileSystemError(operation: "open", path: path, code: ENOENT)
        }
        switch kind {
        case .file:
            if let digest = try remembered(signature) { return digest }
            return try read(real, cancellation: cancellation, progress: progress).digest
        case .folder:
            var finished = 0
            let files = try FileTree(of: real).files.map { file in
                let known = try remembered(file.signature)
                let before = finished
                let digest =
                    try known
                    ?? read(
                        real + "/" + file.path, cancellation: cancellation, progress: { progress?(before + $0) }
                    ).digest
                if known == nil { finished += Int(file.signature.byteCount) }
                return ArtifactFile(path: file.path, byteCount: Int(file.signature.byteCount), sha256: digest)
            }
            return ArtifactManifest(files: files).digest
        case .link, .other: throw ArtifactError.unsupportedFile(path: path)
        }
    }

    /// What was learnt since the last call, to be saved with the next ledger commit.
    func takeUnsaved() -> [CachedDigest] {
        state.withLock { state in
            defer { state.unsaved = [] }
            return state.unsaved
        }
    }
}

/// What a run cost in operations, for tests that count instead of timing.
package struct OperationCount: Sendable, Equatable {
    /// Files whose status was compared with a remembered one.
    package var statusCount = 0
    package var hashedFileCount = 0
    package var hashedByteCount = 0
    /// Transactions that wrote to the ledger.
    package var ledgerCommitCount = 0
    /// Stages whose code ran.
    package var executedStageCount = 0
}
