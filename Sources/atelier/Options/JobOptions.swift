internal import ArgumentParser
internal import Foundation
internal import Pipeline
internal import Stages

/// For commands that read a job file.
struct JobOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The job file (YAML).", valueName: "job"), completion: .file(extensions: ["yaml", "yml"]))
    var path: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Set a parameter for this time: train.epochs=5. The value is YAML; may be repeated.",
            valueName: "stage.key=value"))
    var overrides: [String] = []

    @Option(help: ArgumentHelp("The workspace, instead of the job file's.", valueName: "folder"))
    var workspace: String?

    func validate() throws { try WorkspaceOptions.check(workspace) }

    /// These options as words of a shell's command line, for hints.
    var commandWords: String {
        var words = [path]
        for override in overrides { words += ["--set", override] }
        if let workspace { words += ["--workspace", workspace] }
        return words.map(RunOutcome.shellQuoted).joined(separator: " ")
    }

    /// The job, its stages and where they work.
    ///
    /// - Throws: `JobFileErrors` with everything that is wrong with the file; `StageGraphError`.
    func load() throws -> LoadedJob { try load(try file()) }

    /// The job alone: what can be known before any `before` hook has run.
    func file() throws(JobFileErrors) -> JobFile { try JobFile.load(path: path, overrides: overrides) }

    func workspace(of job: JobFile) -> Workspace {
        Workspace(folder: workspace.map { URL(filePath: $0).standardizedFileURL } ?? job.workspace)
    }

    /// A job's stages, and where they work. Archives are looked for: their absence is an error of a run that needs them.
    func load(_ job: JobFile) throws -> LoadedJob {
        let graph = try StageGraph(stages: try StageRegistry.stages(for: job))
        return LoadedJob(job: job, graph: graph, workspace: workspace(of: job))
    }
}

struct LoadedJob {
    let job: JobFile
    let graph: StageGraph
    let workspace: Workspace

    /// Looks at the job without running anything. On a terminal, reading large new archives shows how far it is.
    func look<Value>(_ options: RunOptions, _ body: (Executor) throws -> Value) throws -> Value {
        let reporter = Console.isLive ? ProgressReporter(style: .live, causeWords: ErrorWords.cause) : nil
        defer { reporter?.finish() }
        return try body(
            Executor(workspace: workspace, graph: graph, options: options, observers: reporter.map { [$0] } ?? []))
    }

    /// A stage that the command line names.
    ///
    /// - Throws: with the nearest name where there is none of it.
    func stageName(_ name: String) throws -> StageName {
        let known = graph.names.map(\.rawValue)
        guard known.contains(name) else {
            let nearest = NearestName.suggestion(for: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
            throw CommandProblem(
                "no stage is called '\(name)'\(nearest)", hint: "the stages are \(known.joined(separator: ", "))",
                status: .usage)
        }
        return StageName(rawValue: name)
    }
}
