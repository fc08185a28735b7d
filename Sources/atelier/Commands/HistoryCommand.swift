internal import ArgumentParser
internal import Foundation
internal import Pipeline

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the runs of a workspace, newest first.",
        discussion: """
            With a stage, its part in each of these runs: when it ran, how long, and why.

              atelier history
              atelier history --limit 3 --stage train
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
        let ledger = try place.open().openLedger()
        let runs = try ledger.runs(limit: limit).map { run in
            let records = try ledger.stageRecords(of: run.run)
            return Answer.Run(run: run, stages: records.filter { stage == nil || $0.stage.rawValue == stage })
        }
        if output.json { return try Console.json(Answer(runs: runs)) }
        Console.out(
            (stage == nil ? runTable(runs) : stageTable(runs)).lines(width: Console.tableWidth).joined(separator: "\n"))
    }

    private func runTable(_ runs: [Answer.Run]) -> TextTable {
        var table = TextTable(
            .text("RUN"), .text("STARTED"), .number("TOOK"), .text("STATUS"), .text("JOB"), .text("STAGES RUN"))
        for entry in runs {
            let took = entry.run.endedAt.map { Amounts.seconds($0.timeIntervalSince(entry.run.startedAt)) } ?? ""
            let stages = entry.stages.map {
                $0.status == .succeeded ? "\($0.stage)" : "\($0.stage) (\($0.status.words))"
            }
            table.add(
                "\(entry.run.run)", Amounts.moment(entry.run.startedAt), took, entry.run.status.words, entry.run.job,
                stages.joined(separator: ", "))
        }
        return table
    }

    private func stageTable(_ runs: [Answer.Run]) -> TextTable {
        var table = TextTable(.text("RUN"), .text("STATUS"), .number("TOOK"), .number("MEMORY"), .text("WHY"))
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
