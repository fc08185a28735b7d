internal import Foundation

/// What tells whether an external input still has the bytes that were hashed: size, modification time and inode of the
/// file, or of each file below a folder.
///
/// A new name, owner or mode is no new content, so that the time of the last status change does not count.
struct ExternalInputStatus: Hashable, Sendable {
    private struct File: Hashable, Sendable {
        let path: String
        let device: UInt64
        let inode: UInt64
        let byteCount: Int64
        /// Nanoseconds since 1970.
        let modified: Int64

        init(_ path: String, _ signature: FileSignature) {
            self.path = path
            device = signature.device
            inode = signature.inode
            byteCount = signature.byteCount
            modified = signature.modified
        }
    }

    private let files: [File]

    /// Links are followed: one that leads elsewhere is a replacement. Nothing there is a status too.
    /// - Throws: `FileSystemError`, `ArtifactError.unsupportedFile`.
    init(of input: ExternalInput) throws {
        let path = input.url.resolvingSymlinksInPath().filePath
        switch try FileSystem.status(path) {
        case (.folder, _, _)?: files = try FileTree(of: path).files.map { File($0.path, $0.signature) }
        case (_, let signature, _)?: files = [File("", signature)]
        case nil: files = []
        }
    }
}

/// An external input whose digest is known, with the status that it had before that was looked up or computed.
struct KnownInput: Sendable {
    let input: ExternalInput
    let digest: InputDigest
    let status: ExternalInputStatus

    /// To be called once a stage has read the input: what it read need not be what was hashed.
    ///
    /// Another status alone is no other content: some network file systems number files anew, and a file may be fetched
    /// again as it was. So it is hashed once more before it is called changed.
    /// - Throws: `ChangedInputError`.
    func checkUnchanged(by cache: FileDigestCache) throws(ChangedInputError) {
        if let now = try? ExternalInputStatus(of: input), now == status { return }
        guard let now = try? cache.digest(of: input.url.filePath, cancellation: CancellationFlag()),
            now == digest.digest
        else { throw ChangedInputError(label: input.label) }
    }
}

/// An external file was replaced or written to between its hashing and its reading, so that what was read may be other
/// bytes than what the result would be recorded under.
package struct ChangedInputError: AttemptError, Hashable, Sendable, CustomStringConvertible {
    /// The path as the job file writes it.
    package let label: String

    /// What was read under another digest stays so until inputs are looked at again, in the next run.
    package var isFinal: Bool { true }

    package var description: String { "\(label): changed while it was read; run again once it is whole" }
}
