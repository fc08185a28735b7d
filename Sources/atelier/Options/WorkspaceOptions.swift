internal import ArgumentParser
internal import Foundation
internal import Pipeline

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

    /// - Throws: where no run ever used the folder.
    func open() throws -> Workspace {
        let path = workspace ?? ProcessInfo.processInfo.environment["ATELIER_WORKSPACE"] ?? ".atelier"
        let workspace = Workspace(folder: URL(filePath: path).standardizedFileURL)
        guard workspace.exists else {
            throw CommandProblem(
                "there is no workspace at '\(path)'", hint: "atelier run JOB makes one; --workspace names another",
                status: .usage)
        }
        return workspace
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
