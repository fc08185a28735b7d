/// Why a folder could not become an artifact, or an artifact could not be read.
package enum ArtifactError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Artifacts hold regular files and folders only.
    case unsupportedFile(path: String)
    /// The stage wrote the file name that the engine keeps for itself.
    case reservedName(path: String)
    /// Somebody wrote the file while its digest was computed.
    case changedWhileRead(path: String)
    /// No artifact of this digest is in the store.
    case missing(digest: String)

    package var description: String {
        switch self {
        case .unsupportedFile(let path): "\(path): neither a regular file nor a folder"
        case .reservedName(let path): "\(path): this name is kept for the engine"
        case .changedWhileRead(let path): "\(path): changed while it was read"
        case .missing(let digest): "artifact \(digest.prefix(12)) is not in the workspace"
        }
    }
}
