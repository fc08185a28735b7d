internal import Foundation

extension BuildStore {
    /// Marks a build as one that nobody was told of: an empty file of its name, durable before `current` names the build, so
    /// that neither a kill after the swap nor a hook that fails is forgotten. It counts while the build is the current one.
    ///
    /// What has no mark owes nothing: a build of an earlier version of the program, and one that a rollback brought back.
    func oweAnnouncement(of build: String) throws {
        let folder = workspace.unannouncedFolder.filePath
        if !FileSystem.exists(folder) {
            try FileSystem.makeFolder(folder)
            try FileSystem.sync(workspace.folder.filePath)
        }
        try FileSystem.replace(mark(of: build), with: [])
    }

    /// Removes the marks of all builds but one.
    func dropAnnouncements(besides build: String? = nil) throws {
        let folder = workspace.unannouncedFolder.filePath
        guard FileSystem.exists(folder) else { return }
        for name in try FileSystem.names(in: folder) where name != build { try FileSystem.remove(folder + "/" + name) }
    }

    /// Whether the current build is still to be told of.
    package var owesAnnouncement: Bool { currentID.map { FileSystem.exists(mark(of: $0)) } ?? false }

    /// Takes on telling of the current build.
    /// - Returns: nil where it was told of, or where another process is at it: a hook may call the program itself.
    package func claimAnnouncement() throws -> Announcement? {
        try currentID.flatMap { try Announcement(of: $0, mark: mark(of: $0)) }
    }

    private func mark(of build: String) -> String { workspace.unannouncedFolder.filePath + "/" + build }
}

/// That the current build is still to be told of, and that this process does so.
///
/// `flock` on the mark, as `RunLock`: whoever ends without `wasMade` leaves it to the next run. No lock of the workspace is
/// needed, so that a hook may use it.
package final class Announcement {
    package let build: String
    private let mark: String
    private let descriptor: Int32

    fileprivate init?(of build: String, mark: String) throws {
        let descriptor = open(mark, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileSystem.failure("open", mark)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let failure = FileSystem.failure("lock", mark)
            close(descriptor)
            if isHeld { return nil }
            throw failure
        }
        var status = stat()
        // Removed by who held it a moment ago.
        guard fstat(descriptor, &status) == 0, status.st_nlink > 0 else {
            close(descriptor)
            return nil
        }
        (self.build, self.mark, self.descriptor) = (build, mark, descriptor)
    }

    deinit { close(descriptor) }

    /// Everybody was told. Not synced: after a power cut they may be told twice.
    package func wasMade() throws { try FileSystem.remove(mark) }
}
