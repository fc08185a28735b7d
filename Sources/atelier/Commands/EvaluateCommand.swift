internal import ArgumentParser
internal import Compatibility
internal import Foundation
internal import LinearAlgebra
internal import Stages

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Put questions from files to the published build.",
        usage: "atelier evaluate [--fitb <file>] [--compatibility <file>] [<options>]",
        discussion: """
            The formats are Polyvore's; items are named by their id or as set_index, ids with spaces between tabs. Names \
            that the build does not know are counted and told; a question that cannot be answered for them counts as wrong.
            Which answer is right says "correct", counted from 0; without it the answer of the question's own set, or, \
            where items are named by id, the first.

              atelier evaluate --fill-in-the-blank questions/fill_in_blank_valid.json
              atelier evaluate --fitb fitb.json --compatibility outfits.txt --json

            With --json: fill_in_the_blank.accuracy (0 to 1), .interval (95 %), .questions, .unanswerable, .unknown_items, \
            .undecided, .recall_at_10, .recall_at_30, .recall_at_50, .grouped_auc; compatibility.auc, .interval, .outfits, \
            .unscorable, .unknown_items; scorers, the model and the baselines beside it, of each name, accuracy, interval, \
            recall_at_10 and auc; build. What was not asked is null.
            """)

    @Option(
        name: [.customLong("fill-in-the-blank"), .customLong("fitb")],
        help: ArgumentHelp("Questions with one right answer among a few (JSON).", valueName: "file"),
        completion: .file())
    var fillInTheBlank: String?
    @Option(
        help: ArgumentHelp("Sets of items, each labelled 1 (an outfit) or 0 (not).", valueName: "file"),
        completion: .file())
    var compatibility: String?
    @Option(name: .shortAndLong, help: "Threads to compute with; by default one a processor.") var jobs: Int?
    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if fillInTheBlank == nil, compatibility == nil {
            throw ValidationError("give --fill-in-the-blank FILE, --compatibility FILE or both")
        }
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1") }
    }

    func run() throws {
        let parallelism = Parallelism(width: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
        let build = try place.publishedBuild()
        let published = try build.scorer()
        let tokens = try build.questionTokens(of: published.catalog)
        var answer = EvaluationAnswer(build: build.folder.lastPathComponent)
        let table = try build.scorers(published.scorer, of: published.catalog)
        answer.scorers = table.map { EvaluationAnswer.Line(name: $0.name) }
        if let path = fillInTheBlank {
            let read = try Self.read(path) { bytes throws(QuestionFormatError) in
                try FillInTheBlankFormat.read(bytes, tokens: tokens)
            }
            for (place, entry) in table.enumerated() {
                let part = EvaluationAnswer.FillInTheBlank(read, published.catalog, entry, parallelism)
                if place == 0 { answer.fillInTheBlank = part }
                answer.scorers[place].accuracy = part.accuracy
                answer.scorers[place].interval = part.interval
                answer.scorers[place].recallAt10 = part.recallAt10
            }
        }
        if let path = compatibility {
            let read = try Self.read(path) { bytes throws(QuestionFormatError) in
                try CompatibilityFormat.read(bytes, tokens: tokens)
            }
            for (place, entry) in table.enumerated() {
                let part = EvaluationAnswer.Compatibility(read, entry.outfits, parallelism)
                if place == 0 { answer.compatibility = part }
                answer.scorers[place].auc = part.auc
            }
        }
        for note in answer.notes { Console.err("note: \(note)") }
        if output.json { return try Console.json(answer) }
        try Console.out(answer.lines.joined(separator: "\n"))
    }

    private static func read<Questions>(
        _ path: String, _ parse: ([UInt8]) throws(QuestionFormatError) -> Questions
    ) throws -> Questions {
        guard let data = FileManager.default.contents(atPath: path) else {
            let reason = FileManager.default.fileExists(atPath: path) ? "" : ": no such file"
            throw CommandProblem("'\(path)' cannot be read\(reason)", status: .usage)
        }
        do {
            return try parse([UInt8](data))
        } catch {
            let place = "\(path):\(error.line):\(error.column)"
            throw CommandProblem("\(place): \(Self.words(for: error.problem))", status: .usage)
        }
    }

    private static func words(for problem: QuestionFormatError.Problem) -> String {
        switch problem {
        case .expected(let what): "expected \(what)"
        case .truncated: "the text ends in the middle"
        case .invalidUTF8: "this is not UTF-8"
        case .missingKey(let key): "the question has no '\(key)'"
        case .noSuchAnswer(let number): "'correct' is \(number), and there is no such answer"
        case .unknownLabel(let label): "a line begins with 1 (an outfit) or 0 (not), not with '\(label)'"
        case .nestedTooDeeply: "arrays and objects lie too deeply in each other"
        }
    }
}
