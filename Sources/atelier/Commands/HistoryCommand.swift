internal import ArgumentParser
internal import Foundation
internal import Pipeline

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the runs of a workspace, newest first.",
        usage: "atelier history [--limit <limit>] [--stage <stage>] [<options>]",
        discussion: """
            A run is named by its start, in universal time; below one that failed stands why. With a stage, its part in each \
            of these runs: how it ended, how long it took, and why it ran.

              atelier history
              atelier history --limit 3 --stage train

            With --json: runs, of each run (its run, job, status, error, started_at, ended_at, process) and stages, as those of \
            `atelier help status`.
            """)

    @Option(name: .shortAndLong, help: "How many runs at most.") var limit = 20
    @Option(help: "What this stage did in each run.") var stage: String?
    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        struct Run: Encodable {
            let run: RunRecord
            let stages: [StageRecord]
        }
        let runs: [Run]
    }

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    func run() throws {
        let workspace = try place.open()
        let holder = RunLock.holderAtWork(of: workspace)
        let ledger = try workspace.openLedger()
        let runs = try ledger.runs(limit: limit).map { run in
            let (records, damagedCount) = try ledger.intactStageRecords(of: run.run)
            if damagedCount > 0 {
                let what = Amounts.count(damagedCount, "stage record")
                Console.err("warning: \(what) of run \(run.run) cannot be read; the ledger was damaged")
            }
            return Answer.Run(
                run: run.settled(by: holder),
                stages: records.filter { stage == nil || $0.stage.rawValue == stage }.map { $0.settled(by: holder) })
        }
        if let stage, runs.allSatisfy(\.stages.isEmpty) {
            let records = try runs.flatMap { try ledger.intactStageRecords(of: $0.run.run).records }
            let known = Set(records.map(\.stage.rawValue)).sorted()
            let hint =
                known.isEmpty ? "--limit \(limit * 10) looks at more" : "they ran \(known.joined(separator: ", "))"
            throw CommandProblem("none of the last \(Amounts.count(limit, "run")) ran a stage '\(stage)'", hint: hint)
        }
        if output.json { return try Console.json(Answer(runs: runs)) }
        try Console.out(
            (stage == nil ? runTable(runs) : stageTable(runs)).lines(width: Console.tableWidth).joined(separator: "\n"))
    }

    private func runTable(_ runs: [Answer.Run]) -> TextTable {
        var table = TextTable(
            .text("RUN"), .number("TOOK"), .text("STATUS"), .label("JOB"), .prose("STAGES RUN"))
        for entry in runs {
            let took = entry.run.endedAt.map { Amounts.seconds($0.timeIntervalSince(entry.run.startedAt)) } ?? ""
            let stages = entry.stages.map {
                $0.status == .succeeded ? "\($0.stage)" : "\($0.stage) (\($0.status.words))"
            }
            table.add(
                "\(entry.run.run)", took, entry.run.status.words, entry.run.job, stages.joined(separator: ", "))
            if let error = entry.run.error { table.addNote(error) }
        }
        return table
    }

    private func stageTable(_ runs: [Answer.Run]) -> TextTable {
        var table = TextTable(.text("RUN"), .text("STATUS"), .number("TOOK"), .number("MEMORY"), .prose("WHY"))
        for entry in runs {
            for record in entry.stages {
                table.add(
                    "\(entry.run.run)", record.status.words, record.wallSeconds.map(Amounts.seconds) ?? "",
                    record.peakByteCount > 0 ? Amounts.bytes(record.peakByteCount) : "",
                    record.error ?? record.reasons.map(\.description).joined(separator: "; "))
            }
        }
        return table
    }
}
