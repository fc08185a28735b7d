private import Foundation

/// A file that appears under its name only when it is complete and on the disk.
///
/// Bytes go to `<path>.partial`; `commit` syncs it, renames it and syncs the folder. Without `commit` the partial file is
/// removed; one left by a killed process is overwritten by the next. A link stays one: the file that it leads to is
/// replaced, as who reads that one expects.
final class OutputFile {
    let path: String
    let descriptor: Int32
    private let target: String
    private var isOpen = true
    private var partialPath: String { target + Self.partialEnding }
    private static let partialEnding = ".partial"

    /// Where the bytes of a file are until it is whole.
    static func partialPath(of path: String) -> String { ((try? target(of: path)) ?? path) + partialEnding }

    init(path: String) throws(ArchiveError) {
        self.path = path
        target = try Self.target(of: path)
        descriptor = try Self.claim(target + Self.partialEnding, for: path)
    }

    /// Opens the partial file, empty and locked as long as it is open: two that write one file would write into each other's
    /// bytes, and the first to end would put both under the name.
    private static func claim(_ partial: String, for path: String) throws(ArchiveError) -> Int32 {
        for _ in 0..<100 {
            let descriptor = open(partial, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw failure(path) }
            // Not every file system has locks.
            let isHeld = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            var (opened, named) = (stat(), stat())
            let isNamed =
                fstat(descriptor, &opened) == 0 && stat(partial, &named) == 0
                && (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino)
            if !isHeld && isNamed && ftruncate(descriptor, 0) == 0 { return descriptor }
            let error = isHeld ? ArchiveError(.beingWritten, archivePath: path) : failure(path)
            close(descriptor)
            if isHeld || isNamed { throw error }
            // Who held it a moment ago has put it under its name, or away.
        }
        throw ArchiveError(.beingWritten, archivePath: path)
    }

    deinit {
        abandon()
    }

    func abandon() {
        guard isOpen else { return }
        isOpen = false
        // In this order: once it is closed it may be another's.
        unlink(partialPath)
        close(descriptor)
    }

    func commit() throws(ArchiveError) {
        guard isOpen else { return }
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
        guard rename(partialPath, target) == 0 else { throw Self.failure(path) }
        isOpen = false
        guard close(descriptor) == 0 else { throw Self.failure(path) }
        let slash = target.lastIndex(of: "/")
        let folder = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
        let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw Self.failure(path) }
        defer { close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw Self.failure(path) }
    }

    /// The file that stands at a path, or will.
    ///
    /// - Throws: for what a file must not replace, such as a device, a pipe or a folder, and for links that go round.
    private static func target(of path: String, links: Int = 32) throws(ArchiveError) -> String {
        var status = stat()
        guard lstat(path, &status) == 0 else { return path }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        if isLink, stat(path, &status) != 0 {
            guard errno == ENOENT, links > 0 else { throw failure(path) }
            // The file that it leads to is made.
            return try target(of: destination(of: path), links: links - 1)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw ArchiveError(.notAFile, archivePath: path) }
        guard isLink else { return path }
        guard let resolved = realpath(path, nil) else { throw failure(path) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What a link names, by the folder that the link is in.
    private static func destination(of link: String) throws(ArchiveError) -> String {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(link, &text, text.count)
        guard length > 0, length < text.count else { throw failure(link) }
        let name = String(decoding: text[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
        if name.hasPrefix("/") { return name }
        return (link as NSString).deletingLastPathComponent + "/" + name
    }

    private static func failure(_ path: String) -> ArchiveError {
        ArchiveError(.unwritable(errno: errno), archivePath: path)
    }
}
