internal import ArgumentParser
internal import Foundation
internal import Pipeline
internal import Stages

struct RecommendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recommend",
        abstract: "Look up what goes with an item, in the published build.",
        usage: "atelier recommend <item> [--category <category>] [<options>]",
        discussion: """
            The final list across categories, best first; with a category, the best of that one. The score says how well \
            two items go together: standard deviations above a random pair of the same categories. A list is varied too, \
            so an item may stand before one of a higher score.

              atelier recommend 0000002-01
              atelier recommend 0000002-01 --category shoes -k 5
              atelier recommend 0000002-01 -k 10 --picture list.png

            With --json: item_id, category, title and build; recommendations, of each rank, item_id, category, title and \
            score.
            """)

    @Argument(help: "The item's id.") var item: String
    @Option(name: .shortAndLong, help: "Only this category.") var category: String?
    @Option(name: [.customShort("k"), .long], help: "How many at most.") var count = 20
    @Option(
        help: ArgumentHelp(
            "Draw the item and its list into a PNG file; an empty frame is an item without a picture.",
            valueName: "path"), completion: .file())
    var picture: String?
    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    private struct Answer: Encodable {
        struct Entry: Encodable {
            let item: PublishedBuild.Recommendation

            enum CodingKeys: String, CodingKey {
                case rank, score, category, title
                case id = "item_id"
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(item.item.id, forKey: .id)
                try container.encode(item.item.category, forKey: .category)
                try container.encode(item.item.title, forKey: .title)
                try container.encode(item.rank, forKey: .rank)
                try container.encode(item.score, forKey: .score)
            }
        }

        let id: String
        let category: String
        let title: String
        let build: String
        let recommendations: [Entry]

        enum CodingKeys: String, CodingKey {
            case category, title, build, recommendations
            case id = "item_id"
        }
    }

    func validate() throws {
        if count < 1 { throw ValidationError("-k must be at least 1") }
        if let picture, !picture.lowercased().hasSuffix(".png") {
            throw ValidationError("--picture writes PNG: give a name that ends in .png instead of '\(picture)'")
        }
    }

    func run() throws {
        let build = try place.publishedBuild()
        if let picture { try Self.checkFolder(of: picture) }
        guard let found = try build.item(item) else {
            let near = try build.itemIDs(like: item, count: 3)
            let hint =
                near.isEmpty
                ? "atelier export --output lists.jsonl writes every item's id"
                : "ids look like \(near.joined(separator: ", "))"
            throw CommandProblem("the published build has no item '\(item)'", hint: hint)
        }
        let list = try build.recommendations(for: item, category: category, count: count)
        if list.isEmpty, let category {
            let known = try build.categories(for: item)
            throw CommandProblem(
                "item '\(item)' has no recommendations of category '\(category)'",
                hint: known.isEmpty ? nil : "it has some of \(known.joined(separator: ", "))")
        }
        if let picture {
            let png = try ContactSheet(build: build).png(of: item, recommendations: list)
            try Data(png).write(to: URL(filePath: picture), options: .atomic)
        }
        if output.json {
            return try Console.json(
                Answer(
                    id: found.id, category: found.category, title: found.title, build: build.folder.lastPathComponent,
                    recommendations: list.map(Answer.Entry.init)))
        }
        try Console.say(["\(found.id)  \(found.category)  \(found.label)".terminalLine, ""])
        guard !list.isEmpty else { return try Console.out("no recommendations") }
        var table = TextTable(.number("RANK"), .number("SCORE"), .label("CATEGORY"), .text("ITEM"), .text("TITLE"))
        for entry in list {
            table.add(
                "\(entry.rank)", String(format: "%.2f", entry.score), entry.item.category, entry.item.id,
                entry.item.label)
        }
        try Console.out(table.lines(width: Console.tableWidth).joined(separator: "\n"))
    }

    private static func checkFolder(of picture: String) throws {
        let path = URL(filePath: picture).deletingLastPathComponent().filePath
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandProblem(
                "--picture: there is no folder '\(path)'", hint: "mkdir -p \(RunOutcome.shellQuoted(path))",
                status: .usage)
        }
    }
}

extension PublishedBuild.Item {
    /// The title; of an item without one what it is.
    fileprivate var label: String {
        title.contains { !$0.isWhitespace } ? title : "untitled, \(category) \(id)"
    }
}

extension WorkspaceOptions {
    /// The build that consumers read.
    ///
    /// - Throws: where none was published yet.
    func publishedBuild() throws -> PublishedBuild {
        guard let folder = BuildStore(workspace: try open()).currentFolder else {
            throw CommandProblem("no build is published yet", hint: "atelier run JOB publishes one")
        }
        return PublishedBuild(folder: folder)
    }
}
