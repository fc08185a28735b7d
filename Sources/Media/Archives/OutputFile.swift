private import Foundation

/// A file that appears under its name only when it is complete and on the disk.
///
/// Bytes go to `<path>.partial`; `commit` syncs it, renames it and syncs the folder. Without `commit` the partial file is
/// removed; one left by a killed process is overwritten by the next.
final class OutputFile {
    let path: String
    let descriptor: Int32
    private var isOpen = true
    private var partialPath: String { Self.partialPath(of: path) }

    /// Where the bytes of a file are until it is whole.
    static func partialPath(of path: String) -> String { path + ".partial" }

    init(path: String) throws(ArchiveError) {
        self.path = path
        descriptor = open(Self.partialPath(of: path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 {
            isOpen = false
            throw Self.failure(path)
        }
    }

    deinit {
        abandon()
    }

    func abandon() {
        guard isOpen else { return }
        isOpen = false
        close(descriptor)
        unlink(partialPath)
    }

    func commit() throws(ArchiveError) {
        guard isOpen else { return }
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
        guard rename(partialPath, path) == 0 else { throw Self.failure(path) }
        isOpen = false
        guard close(descriptor) == 0 else { throw Self.failure(path) }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw Self.failure(path) }
        defer { close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw Self.failure(path) }
    }

    private static func failure(_ path: String) -> ArchiveError {
        ArchiveError(.unwritable(errno: errno), archivePath: path)
    }
}
