internal import ArgumentParser
internal import Foundation
internal import Pipeline
internal import Stages

struct LogsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what the stages of a run logged.",
        discussion: """
            Of the last run, all stages one after the other, unless told otherwise.

              atelier logs
              atelier logs ingest
              atelier logs train --run 20261122T051833Z

            With --json: run; logs, of each stage, path and lines.
            """)

    @Argument(help: "Only this stage.") var stage: String?
    @Option(
        name: .customLong("run"), help: "Of this run, as `atelier history` names it; else of the last that has logs.")
    var wantedRun: String?
    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        struct Log: Encodable {
            let stage: String
            let path: String
            let lines: [String]
        }
        let run: String
        let logs: [Log]
    }

    func run() throws {
        let workspace = try place.open()
        let answer = try logs(in: workspace)
        if output.json { return try Console.json(answer) }
        for log in answer.logs {
            if answer.logs.count > 1 { try Console.out("== \(log.stage)") }
            if !log.lines.isEmpty { try Console.say(log.lines) }
        }
    }

    private func logs(in workspace: Workspace) throws -> Answer {
        let files = FileManager.default
        let runs = try workspace.loggedRuns().map(\.rawValue)
        if let wantedRun, !runs.contains(wantedRun) {
            throw CommandProblem("no run is called '\(wantedRun)'", hint: "atelier history lists them")
        }
        var known: Set<String> = []
        for candidate in runs where wantedRun == nil || candidate == wantedRun {
            let folder = workspace.runFolder(RunID(rawValue: candidate))
            let names = (try? files.contentsOfDirectory(atPath: folder.filePath)) ?? []
            let logged = names.filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }
            known.formUnion(logged)
            let wanted = logged.filter { stage == nil || $0 == stage }
            if wanted.isEmpty { continue }
            let logs = try wanted.map { name in
                let url = workspace.logFile(run: RunID(rawValue: candidate), stage: StageName(rawValue: name))
                let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
                return (
                    try files.attributesOfItem(atPath: url.filePath)[.creationDate] as? Date ?? .distantPast,
                    Answer.Log(
                        stage: name, path: url.filePath,
                        lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                            .dropLastEmpty())
                )
            }
            return Answer(run: candidate, logs: logs.sorted { ($0.0, $0.1.stage) < ($1.0, $1.1.stage) }.map(\.1))
        }
        guard let stage, !known.isEmpty else {
            throw CommandProblem("there are no logs yet", hint: "atelier run JOB writes some")
        }
        let nearest = NearestName.suggestion(for: stage, among: known.sorted()).map { "; did you mean '\($0)'?" } ?? ""
        throw CommandProblem(
            "there are no logs of a stage '\(stage)'\(nearest)",
            hint: "there are some of \(known.sorted().joined(separator: ", "))")
    }
}

extension [String] {
    fileprivate func dropLastEmpty() -> [String] { last == "" ? Array(dropLast()) : self }
}
