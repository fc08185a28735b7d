internal import ArgumentParser
internal import Pipeline
internal import Stages

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a stage would run now, or why not: the difference to its last run.",
        usage: "atelier explain <job> <stage> [<options>]",
        discussion: """
            Names each parameter with its old and its new value, each input whose content changed, what is missing or \
            damaged. Nothing is run or written.

              atelier explain jobs/nightly.yaml train
              atelier explain jobs/nightly.yaml train --set train.epochs=30

            With --json: stage; fingerprint; state, with .state and .reasons; last_success and last_attempt, as the stages of `atelier \
            help status`.
            """)

    @OptionGroup var job: JobOptions
    @Argument(help: "The stage.") var stage: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        let loaded = try job.load()
        let name = try loaded.stageName(stage)
        let explanation = try loaded.look(RunOptions(job: loaded.job.name)) { try $0.explain(name) }
        if output.json { return try Console.json(explanation) }
        try Console.say(Self.lines(for: explanation))
    }

    private static func lines(for explanation: StageExplanation) -> [String] {
        let stage = explanation.stage
        var lines: [String]
        switch explanation.state {
        case .upToDate: lines = ["\(stage) is up to date."]
        case .notSelected: lines = ["\(stage) is not selected."]
        case .blocked(let message): lines = ["\(stage) cannot run: \(message)"]
        case .run(let reasons): lines = ["\(stage) would run:"] + reasons.map { "  \($0)" }
        case .mayRun(let reasons):
            lines =
                ["\(stage) would run if the stages before it write other bytes than they did:"]
                + reasons.map { "  \($0)" }
        }
        if let last = explanation.lastSuccess {
            let took = last.wallSeconds.map { ", in \(Amounts.seconds($0))" } ?? ""
            lines.append("It last succeeded at \(Amounts.moment(last.startedAt))\(took), in run \(last.run).")
        }
        if let attempt = explanation.lastAttempt, attempt.id != explanation.lastSuccess?.id {
            let error = attempt.error.map { ": \($0)" } ?? ""
            lines.append("Its last attempt, in run \(attempt.run), ended as \(attempt.status.words)\(error)")
        }
        return lines
    }
}
