internal import ArgumentParser
internal import Foundation
internal import Pipeline
internal import Stages

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Bring a job up to date: run what changed, and nothing else.",
        usage: "atelier run <job> [<options>]",
        discussion: """
            A stage runs where its parameters, its inputs' content or its code changed, where its output is missing or \
            damaged, or where it was stopped. Killing a run costs at most the shards in hand.

              atelier run nightly.yaml                       what is not up to date
              atelier run nightly.yaml --dry-run             only say what, and why
              atelier run nightly.yaml --set train.epochs=5  with another parameter
              atelier run nightly.yaml --until index         up to a stage
              atelier run nightly.yaml --force train         a stage again

            The summary goes to stdout, everything else to stderr. With --json stdout has one object: run, job, status \
            (succeeded, up_to_date, failed, refused, interrupted), exit_status, executed, stages, wall_seconds, \
            started_at, current_build, published_build (null where there is none), failed_hooks, and error where it failed. \
            Of each stage: stage, status, reasons, attempts, wall_seconds, cpu_seconds, peak_bytes, shards, shards_reused, \
            fingerprint, outputs, error, skipped_because. With --dry-run: entries, of each stage, state and fingerprint, \
            where it can be known.
            """)

    @OptionGroup var job: JobOptions

    @Option(parsing: .singleValue, help: ArgumentHelp("Run this stage alone; may be repeated.", valueName: "stage"))
    var only: [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("Run this stage and what depends on it.", valueName: "stage"))
    var from: [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("Run this stage and what it depends on.", valueName: "stage"))
    var until: [String] = []
    @Option(parsing: .singleValue, help: ArgumentHelp("Run this stage even if it is up to date.", valueName: "stage"))
    var force: [String] = []

    @Flag(name: [.customShort("n"), .long], help: "Say what would run, and why; write nothing.") var dryRun = false
    @Flag(name: [.customShort("k"), .long], help: "After a failure, go on with the stages that do not depend on it.")
    var keepGoing = false
    @Option(name: .shortAndLong, help: "Threads to compute with; by default one a processor.") var jobs: Int?
    @Flag(name: .shortAndLong, help: "Keep the lines about stages back unless something goes wrong: for schedulers.")
    var quiet = false
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    }

    func run() throws {
        let file = try job.file()
        let warning = try job.checkHome(of: file)
        if dryRun {
            let loaded = try job.load(file)
            return try showPlan(loaded, try runOptions(for: loaded))
        }
        if let warning { Console.err(warning) }
        let run = JobRun(
            job: file, workspace: job.workspace(of: file), command: commandWords, jobCommand: job.commandWords,
            isQuiet: quiet, printsJSON: output.json
        ) {
            let loaded = try job.load(file)
            return (loaded.graph, try runOptions(for: loaded))
        }
        let status = try run.run()
        if status != .done { throw ExitCode(status.rawValue) }
    }

    /// What goes on with this run where it ended: all but `--force`, which would begin again.
    private var commandWords: String {
        var words: [String] = []
        for (option, stages) in [("--only", only), ("--from", from), ("--until", until)] {
            for stage in stages { words += [option, stage] }
        }
        if keepGoing { words.append("--keep-going") }
        if let jobs { words += ["--jobs", "\(jobs)"] }
        return ([job.commandWords] + words.map(RunOutcome.shellQuoted)).joined(separator: " ")
    }

    private func runOptions(for loaded: LoadedJob) throws -> RunOptions {
        var options = RunOptions(
            job: loaded.job.name,
            selection: StageSelection(
                only: try only.map(loaded.stageName), from: try from.map(loaded.stageName),
                until: try until.map(loaded.stageName)),
            forced: Set(try force.map(loaded.stageName)), keepsGoing: keepGoing,
            retention: Retention(builds: loaded.job.retention.builds, runs: loaded.job.retention.runs))
        options.errorWords = ErrorWords.cause
        try checkForced(options, loaded.graph)
        if let jobs { options.jobs = jobs }
        for name in loaded.job.sectionNames {
            let pool = loaded.job.settings(for: name).pool.flatMap { StagePool(rawValue: $0.rawValue) }
            options.pools[StageName(rawValue: name)] = pool
        }
        return options
    }

    /// A stage that is forced and left out would be no error of the run, which would do nothing and say that all is well.
    private func checkForced(_ options: RunOptions, _ graph: StageGraph) throws {
        let leftOut = options.forced.subtracting(try graph.stages(in: options.selection)).sorted()
        guard let first = leftOut.first else { return }
        let selection = [("--only", only), ("--from", from), ("--until", until)].flatMap { option, stages in
            stages.map { "\(option) \($0)" }
        }
        throw CommandProblem(
            "\(StageWords.quoted(leftOut)) cannot be forced: left out by \(selection.joined(separator: " "))",
            hint: "to run it and nothing else, give --only \(first) --force \(first)",
            status: .usage)
    }

    private func showPlan(_ loaded: LoadedJob, _ options: RunOptions) throws {
        let plan = try loaded.look(options) { try $0.plan() }
        if output.json { return try Console.json(plan) }
        var table = TextTable(.text("STAGE"), .text("STATE"), .prose("WHY"))
        for entry in plan.entries {
            var reasons = StageWords.told(of: entry.state.reasons)
            if case .blocked(let message) = entry.state { reasons = [message] }
            table.add(entry.stage.rawValue, entry.state.words, reasons.joined(separator: "; "))
        }
        try Console.out(table.lines(width: Console.tableWidth).joined(separator: "\n"))
    }
}
