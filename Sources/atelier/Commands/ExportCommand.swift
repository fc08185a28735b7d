internal import ArgumentParser
internal import Foundation
internal import Stages

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the published recommendations to a file that others read.",
        usage: "atelier export --output <path> [--format <format>] [<options>]",
        discussion: """
            jsonl: one line an item, {"item_id", "recommendations": [{"item_id", "category", "rank", "score"}]}, best \
            first. csv: one line a recommendation. sqlite: indexed for look-ups. npy: the embeddings, ids beside them. \
            Compressed as the file's ending says (.gz, .zst, .xz); a file appears whole or not at all, and where a link \
            stands, the file that it leads to is replaced.

              atelier export --format jsonl --output lists.jsonl.zst
              atelier export --output recommendations.csv.gz

            With --json: format, files and build.
            """)

    @Option(help: "jsonl, csv, sqlite or npy; by default what the file's ending says.") var format: ExportFormat?
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "path"), completion: .file())
    var output: String
    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var json: OutputOptions

    private struct Answer: Encodable {
        let format: String
        let files: [String]
        let build: String
    }

    func validate() throws {
        if output == "-" {
            throw ValidationError("--output names a file; recommendations do not go to standard output")
        }
    }

    func run() throws {
        guard let format = format ?? ExportFormat(path: output) else {
            throw CommandProblem(
                "'\(output)' does not say which format it is to have", hint: "add --format jsonl, csv, sqlite or npy",
                status: .usage)
        }
        let build = try place.publishedBuild()
        let path = URL(filePath: output).standardizedFileURL.path(percentEncoded: false)
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        let isNewFolder = !FileManager.default.fileExists(atPath: folder)
        let files = try Exporter(build: build).export(format, to: path)
        if isNewFolder { Console.err("note: made the folder \(folder)") }
        let id = build.folder.lastPathComponent
        if json.json { return try Console.json(Answer(format: format.rawValue, files: files, build: id)) }
        try Console.out((["build \(id) exported to"] + files).joined(separator: files.count > 1 ? "\n  " : " "))
    }
}

extension ExportFormat: ExpressibleByArgument {}
