package import Foundation

/// Held while a run, a prune or a rollback changes the workspace.
///
/// `flock` on a descriptor that closes on exec: the kernel lets go of it when the process ends, however it ends, so that it
/// cannot go stale. The file's content names the holder for the message and decides nothing.
package final class RunLock: Sendable {
    /// Who holds the lock.
    package struct Holder: Codable, Hashable, Sendable {
        package var process: Int
        package var startedAt: Date
        /// When the process began, in the kernel's ticks since the machine did: another of the same number began at another.
        /// Nil where the system does not tell.
        package var processStart: UInt64?

        enum CodingKeys: String, CodingKey {
            case process
            case startedAt = "started_at"
            case processStart = "process_start"
        }
    }

    private let descriptor: Int32

    /// - Throws: `RunLockError`, `ForeignFolderError`, `FileSystemError`.
    package init(_ workspace: Workspace) throws {
        let path = workspace.lockFile.filePath
        try workspace.checkOwn()
        try FileSystem.makeFolder(workspace.folder.filePath)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileSystem.failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw FileSystemError(operation: "lock", path: path, code: code) }
            throw RunLockError(path: path, holder: Self.holder(of: workspace))
        }
        let holder = Holder(process: Int(getpid()), startedAt: Date(), processStart: Self.start(of: getpid()))
        let bytes = (try? JSONText.encode(holder)) ?? []
        ftruncate(descriptor, 0)
        _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        self.descriptor = descriptor
    }

    deinit {
        ftruncate(descriptor, 0)
        // A child between its fork and its exec has the descriptor too; closing this one would leave it the lock till then.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Who wrote the lock file last; nil where it is empty. Says nothing on whether the lock is held.
    package static func holder(of workspace: Workspace) -> Holder? {
        guard let bytes = try? FileSystem.read(workspace.lockFile.filePath) else { return nil }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try? decoder.decode(Holder.self, from: Data(bytes))
    }

    /// Who is at work in the workspace; nil where nobody is.
    ///
    /// The lock file of a killed process still names it, so the process is looked for, and whether it is the same: after a
    /// restart of the machine its number is another's. Trying the lock instead would keep out a run that begins at this
    /// moment. This process is not meant: in a container a killed run had the same number.
    package static func holderAtWork(of workspace: Workspace) -> Holder? {
        guard let holder = holder(of: workspace), let process = pid_t(exactly: holder.process), process > 0,
            process != getpid(), kill(process, 0) == 0 || errno == EPERM
        else { return nil }
        let isOther = holder.processStart.map { known in start(of: process).map { $0 != known } ?? false }
        return isOther == true ? nil : holder
    }

    /// Field 22 of `/proc/<process>/stat`; the second, the program's name, may hold spaces and brackets.
    private static func start(of process: pid_t) -> UInt64? {
        guard let bytes = try? FileSystem.read("/proc/\(process)/stat") else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }
}

/// Another process holds the workspace.
package struct RunLockError: Error, Hashable, Sendable {
    package let path: String
    package let holder: RunLock.Holder?
}
