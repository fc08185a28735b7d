internal import ArgumentParser
internal import Pipeline
internal import Stages

struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove what no up-to-date stage and no kept build refers to.",
        usage: "atelier prune [--dry-run] [--job <file>] [<options>]",
        discussion: """
            Frees artifacts and shards of earlier parameters, old builds and old logs. The current build and the one \
            published before it always stay. Earlier builds whose manifest.json does not read go, with a warning. Use the \
            retention of your job file, or another one:

              atelier prune --dry-run
              atelier prune --job jobs/nightly.yaml
              atelier prune --builds 2 --runs 10

            With --json: builds, damaged_builds, kept_damaged_builds, artifacts, shards, runs, scratch, freed_bytes and \
            dry_run.
            """)

    @Flag(name: [.customShort("n"), .long], help: "Say what would be removed; remove nothing.") var dryRun = false
    @Option(help: ArgumentHelp("Take retention and workspace from this job file.", valueName: "file"))
    var job: String?
    @Option(help: "Builds to keep, instead of the job file's number (5 without one).") var builds: Int?
    @Option(help: "Runs whose logs to keep, instead of the job file's number (30 without one).") var runs: Int?
    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let builds, builds < 1 { throw ValidationError("--builds must be at least 1") }
        if let runs, runs < 1 { throw ValidationError("--runs must be at least 1") }
    }

    func run() throws {
        var retention = Retention()
        var workspace: Workspace?
        if let job {
            let file = try JobFile.load(path: job)
            retention = Retention(builds: file.retention.builds, runs: file.retention.runs)
            if place.workspace == nil {
                let named = Workspace(folder: file.workspace)
                try WorkspaceOptions.require(
                    named, at: named.folder.filePath,
                    hint: "the job file names it; atelier run \(RunOutcome.shellQuoted(job)) makes it")
                workspace = named
            }
        }
        if let builds { retention.builds = builds }
        if let runs { retention.runs = runs }
        let chosen = try workspace ?? place.open()
        let report = try chosen.prune(retention, isDryRun: dryRun)
        warn(of: report, current: BuildStore(workspace: chosen).currentID)
        if output.json { return try Console.json(report) }
        for build in report.builds + report.damagedBuilds { try Console.out("build    \(build)") }
        for digest in report.artifacts { try Console.out("artifact \(digest)") }
        for shard in report.shards { try Console.out("shard    \(shard)") }
        for folder in report.scratchFolders { try Console.out("scratch  \(folder)") }
        for run in report.runs { try Console.out("run      \(run)") }
        try Console.out("\(Amounts.bytes(report.freedByteCount)) \(dryRun ? "would be freed" : "freed")")
    }

    private func warn(of report: PruneReport, current: String?) {
        let fate = dryRun ? "is damaged and would be removed" : "was damaged and is removed"
        for build in report.damagedBuilds {
            Console.err("warning: build \(build) \(fate): its manifest.json does not read")
        }
        for build in report.keptDamagedBuilds {
            let reason =
                build == current
                ? "since it is the current one: its manifest.json does not read"
                : "since a rollback goes back to it, once its manifest.json is put back"
            Console.err("warning: build \(build) is damaged and stays, \(reason)")
        }
    }
}
