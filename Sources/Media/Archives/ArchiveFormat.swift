/// The containers that `ArchiveWriter` writes.
package enum ArchiveFormat: String, Sendable, CaseIterable {
    case tar
    case zip
    case sevenZip
}

/// The compressions of a whole file.
package enum CompressionFilter: String, Sendable, CaseIterable {
    case none
    case gzip
    case zstd
    case xz

    /// The compression that a file's ending asks for: `.gz`, `.tgz`, `.zst`, `.xz`, and none for any other.
    package init(ofPath path: String) {
        let name = path.lowercased()
        if name.hasSuffix(".gz") || name.hasSuffix(".tgz") {
            self = .gzip
        } else if name.hasSuffix(".zst") {
            self = .zstd
        } else if name.hasSuffix(".xz") {
            self = .xz
        } else {
            self = .none
        }
    }
}
