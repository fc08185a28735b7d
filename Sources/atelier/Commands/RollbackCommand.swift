internal import ArgumentParser
internal import Pipeline

struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make an earlier build the current one, at once and whole.",
        discussion: """
            Without a name: the build that was published before the current one. The build that is left is marked as \
            rejected, and an unchanged run does not publish it again unless forced. Exported files stay as they are until \
            they are written again.

              atelier rollback
              atelier rollback 1a2b3c4d5e6f

            With --json: from and to.
            """)

    @Argument(help: "The build, as `atelier builds` names it.") var build: String?
    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let from: String?
        let to: String
    }

    func run() throws {
        let (from, to) = try place.open().rollBack(to: build)
        if output.json { return try Console.json(Answer(from: from, to: to.id)) }
        try Console.out(
            "build \(to.id) is the current one"
                + (from.map { $0 == to.id ? " already" : "; build \($0) is rejected" } ?? ""))
        if let from, from != to.id {
            Console.err(
                "hint: exported files still hold build \(from); to write a job's again: atelier run JOB --only export")
        }
    }
}
