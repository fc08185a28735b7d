internal import ArgumentParser
internal import Foundation
internal import Pipeline
internal import Stages

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how a workspace stands: the last run, each stage's last result, the current build.",
        discussion: """
            Reads what is recorded, of a run that failed also why; to compare it with the job file and the archives, use \
            `atelier run JOB --dry-run`.

              atelier status
              atelier status --json

            With --json: workspace, current_build, unannounced, curves, running; last_run, with run, job, status, error, started_at, \
            ended_at and process; stages, of each run, status, reasons, error, attempts, started_at, ended_at, cpu_seconds, \
            peak_bytes, shards, shards_reused, outputs, fingerprint, family, id and its signature: stage, version, \
            parameters, inputs, external_inputs.
            """)

    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let workspace: String
        let lastRun: RunRecord?
        let holder: RunLock.Holder?
        let stages: [StageRecord]
        let currentBuild: String?
        /// Whether the hooks of `after_publish` are still to succeed for it.
        let isUnannounced: Bool
        /// The picture of how the current build was trained; nil where there is none.
        let curves: String?

        enum CodingKeys: String, CodingKey {
            case workspace, stages, curves
            case lastRun = "last_run"
            case holder = "running"
            case currentBuild = "current_build"
            case isUnannounced = "unannounced"
        }
    }

    func run() throws {
        let workspace = try place.open()
        let holder = RunLock.holderAtWork(of: workspace)
        let ledger = try workspace.openLedger()
        let lastRun = try ledger.runs(limit: 1).first?.settled(by: holder)
        var stages = try ledger.currentStates()
        // What failed or was stopped since stands in place of the success before it.
        if let lastRun {
            for record in try ledger.stageRecords(of: lastRun.run) where stages[record.stage]?.id ?? 0 < record.id {
                stages[record.stage] = record.settled(by: holder)
            }
        }
        let builds = BuildStore(workspace: workspace)
        let curves = builds.currentFolder.map { _ in
            workspace.folder.appendingPathComponent("current").appendingPathComponent(PublishedBuild.curveName).filePath
        }
        let answer = Answer(
            workspace: workspace.folder.filePath, lastRun: lastRun, holder: holder,
            stages: stages.values.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) },
            currentBuild: builds.currentID, isUnannounced: builds.owesAnnouncement,
            curves: curves.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil })
        if output.json { return try Console.json(answer) }
        try show(answer)
    }

    private func show(_ answer: Answer) throws {
        try Console.out("workspace  \(answer.workspace)")
        if let run = answer.lastRun {
            let took = run.endedAt.map { ", took \(Amounts.seconds($0.timeIntervalSince(run.startedAt)))" } ?? ""
            try Console.out("last run   \(run.run) of \(run.job): \(run.status.words)\(took)")
            if let error = run.error { try Console.say(["error      " + error]) }
        }
        if let holder = answer.holder {
            try Console.out("running    process \(holder.process), since \(Amounts.moment(holder.startedAt))")
        }
        try Console.out("build      \(answer.currentBuild ?? "none published")")
        if answer.isUnannounced {
            try Console.say(["hooks      after_publish did not succeed yet for this build; the next run runs it again"])
        }
        if let curves = answer.curves { try Console.out("curves     \(curves)") }
        try Console.out("")
        var table = TextTable(
            .text("STAGE"), .text("STATUS"), .text("LAST RUN"), .number("TOOK"), .number("CPU"), .number("MEMORY"))
        for record in answer.stages {
            table.add(
                record.stage.rawValue, record.status.words, Amounts.moment(record.startedAt),
                record.wallSeconds.map(Amounts.seconds) ?? "", Amounts.seconds(record.cpuSeconds),
                record.peakByteCount > 0 ? Amounts.bytes(record.peakByteCount) : "")
        }
        try Console.out(table.lines().joined(separator: "\n"))
    }
}
