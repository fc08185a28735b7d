internal import Foundation

/// Folders for checkpoints within a stage: `scratch/<stage>@<first 16 digits of the fingerprint>`.
struct Scratch {
    let workspace: Workspace

    static func name(stage: StageName, fingerprint: String) -> String { "\(stage)@\(fingerprint.prefix(16))" }

    /// Removes the folders of a stage that has succeeded, those of other fingerprints too.
    func removeAll(of stage: StageName) throws(FileSystemError) {
        for name in try names() where name.hasPrefix("\(stage)@") { try FileSystem.remove(path(name)) }
    }

    func names() throws(FileSystemError) -> [String] {
        let root = workspace.scratchFolder.filePath
        return FileSystem.exists(root) ? try FileSystem.names(in: root) : []
    }

    func path(_ name: String) -> String { workspace.scratchFolder.filePath + "/" + name }
}

/// The folders of logs, traces and summaries, one a run.
struct RunFolders {
    let workspace: Workspace

    /// Newest first.
    func runs() throws(FileSystemError) -> [RunID] {
        let root = workspace.runsFolder.filePath
        return FileSystem.exists(root) ? RunID.newestFirst(try FileSystem.names(in: root)) : []
    }

    /// Removes the oldest folders.
    /// - Returns: what was removed, or with `isDryRun` what would be.
    @discardableResult
    func retain(_ count: Int, isDryRun: Bool = false) throws(FileSystemError) -> [String] {
        let surplus = try runs().dropFirst(max(1, count)).map { workspace.runFolder($0).filePath }
        if !isDryRun { for path in surplus { try FileSystem.remove(path) } }
        return surplus
    }
}
