import Foundation
import Testing

/// The nightly job in small: drawn archives, a job file of the shape of `jobs/nightly.yaml`, the real program.
struct NightlyJob {
    let program: Program
    /// What the first run said; the job is up to date after it.
    let first: Program.Outcome

    /// - Parameter hooks: the section of the job file, whole lines.
    init(settings: [String] = [], hooks: String = "") throws {
        program = try Program()
        let sample = try program.run(
            "sample", "data", "--items", "160", "--outfits", "800", "--picture-width", "72")
        try #require(sample.status == 0, "\(sample.errors)")
        try program.write(Self.text + hooks, to: "job.yaml")
        first = try program.start(["run", "job.yaml"] + settings.flatMap { ["--set", $0] }).finish()
        try #require(first.status == 0, "\(first.errors)")
    }

    func remove() { program.remove() }

    /// A run of the job that ends with one JSON object on stdout.
    func run(_ arguments: String...) throws -> Report {
        let outcome = try program.start(["run", "job.yaml", "--json"] + arguments).finish()
        let report = try Self.decoded(Report.self, outcome)
        #expect(report.exit_status == outcome.status)
        return report
    }

    /// A look at the workspace that ends with one JSON object on stdout.
    func answer<Answer: Decodable>(_ type: Answer.Type, _ arguments: String...) throws -> Answer {
        let outcome = try program.start(arguments + ["--workspace", "ws", "--json"]).finish()
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try Self.decoded(type, outcome)
    }

    static func decoded<Answer: Decodable>(_ type: Answer.Type, _ outcome: Program.Outcome) throws -> Answer {
        do {
            return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
        } catch {
            Issue.record("status \(outcome.status), stdout: \(outcome.output), stderr: \(outcome.errors)")
            throw error
        }
    }

    /// What a shell makes of the text in the job's folder.
    func shell(_ text: String) throws -> String {
        let outcome = try program.shell(text)
        #expect(outcome.status == 0, "\(text)\n\(outcome.errors)")
        return outcome.output
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: program.folder.appending(path: name)) }

    /// Every file that consumers read, by its path.
    func published(workspace: String = "ws", exports: String = "exports") throws -> [String: Data] {
        var files: [String: Data] = [:]
        for folder in [workspace + "/current/", exports + "/"] {
            let base = (program.folder.path + "/" + folder as NSString).resolvingSymlinksInPath
            for name in try FileManager.default.subpathsOfDirectory(atPath: base) {
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: base + "/" + name, isDirectory: &isFolder)
                if isFolder.boolValue { continue }
                files[(folder.contains("current") ? "current/" : "") + name] = try bytes(folder + name)
            }
        }
        return files
    }

    /// The lists of all items, best first.
    func lists() throws -> [List] {
        let file = "\(UUID().uuidString).jsonl"
        let outcome = try program.run("export", "--workspace", "ws", "--output", file)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try bytes(file).split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(List.self, from: Data($0))
        }
    }

    // MARK: What the program answers

    // swift-format-ignore: AlwaysUseLowerCamelCase
    struct Report: Decodable {
        struct Stage: Decodable {
            let stage: String
            let status: String
            let outputs: [String: String]
        }
        let status: String
        let exit_status: Int32
        let executed: [String]
        let stages: [Stage]
        let current_build: String?
        let published_build: String?

        /// The folder of an artifact below the workspace.
        func folder(of artifact: String) throws -> String {
            let digest = try #require(stages.compactMap { $0.outputs[artifact] }.first)
            return "artifacts/\(digest.prefix(2))/\(digest.dropFirst(2))"
        }
    }

    // swift-format-ignore: AlwaysUseLowerCamelCase
    struct List: Decodable {
        struct Entry: Decodable {
            let item_id: String
            let category: String
            let rank: Int
            let score: Double
        }
        let item_id: String
        let recommendations: [Entry]
    }

    private static let text = """
        version: 1
        name: nightly
        workspace: ws

        stages:
          ingest:
            archives: [data/catalogue.tar.gz, data/polyvore.zip, data/maryland.tar.xz, data/arrivals.tar.zst]
            tables:
              products:
                members: [products.csv]
                id: item_id
                category: [category, family]
                title: [title]
                picture: image
                price: price
                available: {column: available, values: ["1"]}
                variant_of: {column: item_id, separator: "-", take: prefix}
              outfits:
                members: [outfits.csv]
                outfit: outfit_id
                item: item_id

          featurize:
            text:
              dimension: 256
              excluded_attributes: [item_id, model, image]

          label:
            validation_fraction: 0.3
            season_attribute: season

          warmup:
            epochs: 2
            hidden: 32
            dimension: 16

          train:
            epochs: 3
            hidden: 32
            dimension: 16
            context_attribute: season

          evaluate:
            colour_attribute: colour_group

          publish:
            margin: 1

          export:
            folder: exports
            files: [recommendations.jsonl.gz, recommendations.csv.gz, recommendations.sqlite, embeddings.npy]

        """
}
