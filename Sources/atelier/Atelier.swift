internal import ArgumentParser
internal import Foundation
internal import LinearAlgebra

/// The program. Commands throw; what is thrown becomes words on stderr and an exit status here and nowhere else.
@main
struct Atelier: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atelier",
        abstract: "Rebuilds complete-the-look recommendations, night after night.",
        discussion: """
            A job file names archives of outfits and what is to be made of them. `run` brings everything up to date, from \
            the archives to published recommendations; what did not change is not computed again, and what was killed goes \
            on where it was.

              atelier sample data                      make archives to try it with
              atelier run jobs/nightly.yaml            bring everything up to date
              atelier recommend 0000002-01             look an item up
              atelier explain jobs/nightly.yaml train  why would this stage run?

            Exit status: 0 done or nothing to do; 1 a stage, a check or a look-up failed; 3 the quality gate refused the \
            build; 64 bad command or job file; 75 another run holds the lock; 130 interrupted.
            """,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(name: "Running jobs", subcommands: [RunCommand.self, ExplainCommand.self, GraphCommand.self]),
            CommandGroup(
                name: "Reading results", subcommands: [RecommendCommand.self, ExportCommand.self, EvaluateCommand.self]),
            CommandGroup(
                name: "Looking back", subcommands: [StatusCommand.self, HistoryCommand.self, LogsCommand.self]),
            CommandGroup(
                name: "Builds and the workspace",
                subcommands: [BuildsCommand.self, RollbackCommand.self, VerifyCommand.self, PruneCommand.self]),
            CommandGroup(name: "Trying it out", subcommands: [SampleCommand.self]),
        ])

    static func main() {
        BLAS.configure()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        // Help, versions and what is wrong with the arguments are the parser's to print; an exit code is ready made.
        if error is ExitCode || error is CleanExit || error is ValidationError || "\(type(of: error))" == "CommandError"
        {
            let status = exitCode(for: error)
            let message = fullMessage(for: error)
            let start = "Error: "
            guard !status.isSuccess, message.hasPrefix(start) else { exit(withError: error) }
            // As all other errors begin.
            Console.err("error: " + message.dropFirst(start.count))
            exit(withError: status)
        }
        Console.err(ErrorWords.message(for: error))
        exit(withError: ExitCode(ErrorWords.exitStatus(for: error).rawValue))
    }
}
