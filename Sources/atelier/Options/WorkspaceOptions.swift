internal import ArgumentParser
internal import Foundation
internal import Pipeline
internal import Stages

/// What every command takes.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object on stdout, its keys stable, for scripts.")
    var json = false
}

/// For commands that look at a workspace without a job file.
struct WorkspaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The workspace: artifacts, builds and the ledger. By default $ATELIER_WORKSPACE, else .atelier here.",
            valueName: "folder"))
    var workspace: String?

    func validate() throws { try Self.check(workspace) }

    /// An empty path would be the current folder: mostly a shell's variable that is not set.
    static func check(_ path: String?) throws(ValidationError) {
        guard path == "" else { return }
        throw ValidationError("--workspace is empty; name a folder, '.' for this one, or leave it out")
    }

    /// - Throws: where no run ever used the folder.
    func open() throws -> Workspace {
        // Set to nothing is the usual way to unset it in a unit file.
        let variable = ProcessInfo.processInfo.environment["ATELIER_WORKSPACE"].flatMap { $0.isEmpty ? nil : $0 }
        let path = workspace ?? variable ?? ".atelier"
        let workspace = Workspace(folder: URL(filePath: path).standardizedFileURL)
        // A job may name another than is looked for where nothing is said.
        let isUnnamed = self.workspace == nil && variable == nil
        try Self.require(workspace, at: path, hint: isUnnamed ? Self.hintOfWorkspacesHere() : nil)
        return workspace
    }

    /// - Throws: where no run ever used the workspace.
    static func require(
        _ workspace: Workspace, at path: String, hint: @autoclosure () -> String?
    ) throws(CommandProblem) {
        if workspace.exists { return }
        throw CommandProblem(
            "there is no workspace at '\(path)'",
            hint: hint() ?? "atelier run JOB makes one; --workspace names another", status: .usage)
    }

    private static func hintOfWorkspacesHere() -> String? {
        let folders = workspacesHere()
        if folders.isEmpty { return nil }
        let names = folders.prefix(3).map { "'\($0.terminalLine)'" }.joined(separator: ", ")
        let more = folders.count > 3 ? " and \(folders.count - 3) more" : ""
        return "here \(folders.count == 1 ? "is" : "are") \(names)\(more): "
            + "--workspace \(RunOutcome.shellQuoted(folders[0])), or set ATELIER_WORKSPACE"
    }

    /// Folders in the current one that runs have used.
    private static func workspacesHere() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: ".")) ?? []
        return names.filter { name in
            FileManager.default.fileExists(atPath: Workspace(folder: URL(filePath: name)).ledgerFile.filePath)
        }.sorted()
    }
}

extension Workspace {
    /// The ledger, open for reading.
    ///
    /// - Throws: where nothing ran yet.
    func openLedger() throws -> Ledger {
        guard let ledger = try Ledger.openForReading(in: self) else {
            throw CommandProblem("nothing ran yet in '\(folder.filePath)'", hint: "atelier run JOB")
        }
        return ledger
    }
}
