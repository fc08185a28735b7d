internal import ArgumentParser
internal import Pipeline

struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Show the stages of a job and what flows between them.",
        usage: "atelier graph <job> [--format <format>] [<options>]",
        discussion: """
            The graph is derived from what the stages read and write; nothing is run.

              atelier graph jobs/nightly.yaml
              atelier graph jobs/nightly.yaml --format dot | dot -Tsvg > graph.svg
              atelier graph jobs/nightly.yaml --format mermaid

            With --json: stages, of each stage, pool, inputs, outputs, files and reads.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, dot, mermaid
    }

    @OptionGroup var job: JobOptions
    @Option(help: "text, dot (Graphviz) or mermaid (Markdown).") var format = Format.text
    @OptionGroup var output: OutputOptions

    func run() throws {
        let picture = GraphPicture(try job.load().graph)
        if output.json { return try Console.json(picture) }
        switch format {
        case .text: try Console.out(picture.text(width: Console.tableWidth).joined(separator: "\n"))
        case .dot: try Console.out(picture.dot)
        case .mermaid: try Console.out(picture.mermaid)
        }
    }
}
