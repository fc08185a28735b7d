internal import ArgumentParser
internal import Pipeline

struct BuildsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "builds",
        abstract: "List the builds that are kept, the current one first.",
        discussion: """
            published: it is or was what consumers read; refused: the quality gate found it worse; rejected: a rollback \
            went past it; kept: whole, and never published.

              atelier builds

            With --json: builds, of each id, verdict, reason (where it was refused or rejected), created_at, published_at, \
            current, files, bytes and artifacts.
            """)

    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        let builds: [Build]
    }

    func run() throws {
        let builds = try BuildStore(workspace: place.open()).list()
        if output.json { return try Console.json(Answer(builds: builds)) }
        guard !builds.isEmpty else { return try Console.out("no builds") }
        var table = TextTable(
            .text("BUILD"), .text("STATE"), .text("MADE"), .text("PUBLISHED"), .number("SIZE"))
        for build in builds {
            table.add(
                build.id, build.isCurrent ? "current" : build.verdict.rawValue, Amounts.moment(build.createdAt),
                build.publishedAt.map(Amounts.moment) ?? "", Amounts.bytes(build.byteCount))
            if let reason = build.reason { table.addNote(reason) }
        }
        try Console.out(table.lines(width: Console.tableWidth).joined(separator: "\n"))
    }
}
