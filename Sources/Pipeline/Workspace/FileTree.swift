internal import Foundation

/// A regular file below a folder.
struct TreeFile: Sendable {
    /// Below the folder, with `/` between the parts.
    var path: String
    var signature: FileSignature
    var mode: UInt32
}

/// The regular files and folders below a folder, each in byte order of their paths.
struct FileTree: Sendable {
    private(set) var files: [TreeFile] = []
    /// Below the folder; the folder itself is not among them.
    private(set) var folders: [String] = []

    /// - Throws: `ArtifactError.unsupportedFile` for a link, a socket or the like, `FileSystemError` otherwise.
    init(of root: String) throws {
        try collect(root: root, below: "")
        files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        folders.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func collect(root: String, below prefix: String) throws {
        let folder = prefix.isEmpty ? root : root + "/" + prefix
        for name in try FileSystem.names(in: folder) {
            let path = prefix.isEmpty ? name : prefix + "/" + name
            guard let (kind, signature, mode) = try FileSystem.status(root + "/" + path) else { continue }
            switch kind {
            case .file: files.append(TreeFile(path: path, signature: signature, mode: mode))
            case .folder:
                folders.append(path)
                try collect(root: root, below: path)
            case .link, .other: throw ArtifactError.unsupportedFile(path: root + "/" + path)
            }
        }
    }
}
