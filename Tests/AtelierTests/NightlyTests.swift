import Foundation
import Testing

@Test func nightlyJobRunsOnceAndThenHasNothingToDo() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    #expect(job.first.output.split(separator: "\n").count == 1, "\(job.first.output)")
    #expect(job.first.output.hasPrefix("nightly: 12 stages run in "))

    let second = try job.run()
    #expect(second.executed.isEmpty && second.status == "up_to_date" && second.published_build == nil)
    let build: String = try #require(second.current_build)
    #expect(job.first.output.hasSuffix("; build \(build) published\n"))

    let archive = job.program.folder.appending(path: "data/catalogue.tar.gz").path
    try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: archive)
    let touched = try job.run()
    #expect(touched.executed.isEmpty && touched.current_build == build)

    let program = job.program
    let looks: [(arguments: [String], says: String)] = [
        (["status", "--workspace", "ws"], build), (["history", "--workspace", "ws"], "up to date"),
        (["logs", "train", "--workspace", "ws"], "epoch"), (["builds", "--workspace", "ws"], "\(build)  current"),
        (["graph", "job.yaml"], "featurize"), (["graph", "job.yaml", "--format", "dot"], "digraph"),
        (["graph", "job.yaml", "--format", "mermaid"], "-->"), (["verify", "--workspace", "ws"], "1 build read"),
        (["prune", "--workspace", "ws", "--dry-run"], "0 bytes"),
    ]
    for look in looks {
        let outcome = try program.start(look.arguments).finish()
        #expect(outcome.status == 0 && outcome.output.contains(look.says), "\(look.arguments): \(outcome)")
    }
}

@Test func changedParameterIsNamedWithItsOldAndNewValue() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    let change = "parameter lambda changed from 0.7 to 0.4"
    let planned = try job.program.run("run", "job.yaml", "--set", "rerank.lambda=0.4", "--dry-run")
    #expect(planned.status == 0)
    #expect(planned.output.split(separator: "\n").contains { $0.hasPrefix("rerank ") && $0.hasSuffix(change) })
    let explained = try job.program.run("explain", "job.yaml", "rerank", "--set", "rerank.lambda=0.4")
    #expect(explained.status == 0 && explained.output.hasPrefix("rerank would run:\n  \(change)\n"))
    let other = try job.program.run("explain", "job.yaml", "train", "--set", "rerank.lambda=0.4")
    #expect(other.status == 0 && !other.output.contains("would run"))
    // Neither of them has run anything.
    #expect(try job.run().executed.isEmpty)

    let changed = try job.run("--set", "rerank.lambda=0.4")
    #expect(changed.executed == ["rerank", "evaluate", "publish", "export"])
}

@Test func recommendationsAreOfOtherCategoriesAndModelsBestFirst() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    let lists = try job.lists()
    #expect(lists.count > 100 && lists.map(\.item_id) == lists.map(\.item_id).sorted())
    // swift-format-ignore: AlwaysUseLowerCamelCase
    struct Answer: Decodable {
        let item_id: String
        let category: String
        let recommendations: [NightlyJob.List.Entry]
    }
    func model(_ id: String) -> Substring? { id.contains("-") ? id.split(separator: "-").first : nil }
    for list in lists {
        let (ids, scores) = (list.recommendations.map(\.item_id), list.recommendations.map(\.score))
        #expect(Set(ids).count == ids.count && !ids.contains(list.item_id) && ids.count <= 20)
        #expect(list.recommendations.map(\.rank) == Array(1...max(1, ids.count)).prefix(ids.count).map { $0 })
        #expect(scores.allSatisfy { $0.isFinite }, "\(list.item_id)")
        if let own = model(list.item_id) { #expect(!ids.contains { model($0) == own }, "\(list.item_id)") }
    }
    #expect(lists.filter { $0.recommendations.count == 20 }.count > lists.count / 2)
    // Scores are compatibilities; ranks follow variety too.
    #expect(lists.contains { $0.recommendations.map(\.score) != $0.recommendations.map(\.score).sorted(by: >) })
    let nowhere = try job.program.run("recommend", lists[0].item_id, "--picture", "no/list.png", "--workspace", "ws")
    #expect(nowhere.status == 64 && nowhere.output.isEmpty && nowhere.errors.contains("there is no folder '"))
    try checkHeadings(of: lists, job)
    for list in [lists[0], lists[lists.count / 2], lists[lists.count - 1]] {
        let answer = try job.answer(Answer.self, "recommend", list.item_id)
        #expect(answer.recommendations.map(\.item_id) == list.recommendations.map(\.item_id))
        #expect(!answer.recommendations.contains { $0.category == answer.category })
        let category: String = try #require(answer.recommendations.first?.category)
        let few = try job.answer(Answer.self, "recommend", list.item_id, "--category", category, "-k", "3")
        #expect((1...3).contains(few.recommendations.count))
        #expect(few.recommendations.allSatisfy { $0.category == category })
        #expect(few.recommendations.map(\.score) == few.recommendations.map(\.score).sorted(by: >))
        // Two items have one score, whichever list it stands in.
        let all = try job.answer(Answer.self, "recommend", list.item_id, "--category", category, "-k", "20")
        for entry in list.recommendations {
            guard let same = all.recommendations.first(where: { $0.item_id == entry.item_id }) else { continue }
            #expect(abs(same.score - entry.score) < 1e-5)
        }
    }
    let unknown = try job.program.run("recommend", "no-such-item", "--workspace", "ws")
    #expect(unknown.status == 1 && unknown.output.isEmpty)
    #expect(unknown.errors.hasPrefix("error: the published build has no item 'no-such-item'\nhint: "))
    // Ids as a spreadsheet or a person leaves them.
    let id = lists[0].item_id
    for slip in [String(id.dropFirst()), String(id.dropLast(3)), id + "x"] {
        let outcome = try job.program.run("recommend", slip, "--workspace", "ws")
        #expect(outcome.status == 1 && outcome.errors.contains("\nhint: ids look like \(id)"), "\(slip): \(outcome)")
    }
    // So it is with whatever else the workspace does not have; a stage that the job does not have is a bad command.
    for arguments in [
        ["logs", "nowhere"], ["logs", "--run", "20200101T000000Z"], ["history", "--stage", "nowhere"],
        ["rollback", "aaaaaaaaaaaa"], ["recommend", lists[0].item_id, "--category", "nowhere"],
    ] {
        let outcome = try job.program.start(arguments + ["--workspace", "ws"]).finish()
        #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.errors.hasPrefix("error: "), "\(arguments)")
    }
    for arguments in [["explain", "job.yaml", "nowhere"], ["run", "job.yaml", "--only", "nowhere"]] {
        #expect(try job.program.start(arguments).finish().status == 64, "\(arguments)")
    }
}

@Test func exportsAreReadByOrdinaryToolsAndTheSameTwice() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    let lists = try job.lists()
    let pairCount = lists.reduce(0) { $0 + $1.recommendations.count }
    for name in ["lists.jsonl.gz", "lists.csv.gz", "lists.csv", "lists.sqlite", "vectors.npy"] {
        for prefix in ["a-", "b-"] {
            let outcome = try job.program.run("export", "--workspace", "ws", "--output", prefix + name)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(try job.bytes("a-" + name) == job.bytes("b-" + name), "\(name)")
    }
    #expect(try job.shell("zcat a-lists.jsonl.gz | wc -l | tr -d ' '") == "\(lists.count)\n")
    #expect(try job.shell("zcat a-lists.csv.gz | head -n 1") == "item_id,rank,recommended_id,category,score\n")
    #expect(
        try job.shell("zcat a-lists.csv.gz | cmp - a-lists.csv && tail -n +2 a-lists.csv | wc -l") == "\(pairCount)\n")
    let best: NightlyJob.List.Entry = try #require(lists.first?.recommendations.first)
    #expect(try job.shell("sed -n 2p a-lists.csv").hasPrefix("\(lists[0].item_id),1,\(best.item_id),\(best.category),"))
    #expect(try job.bytes("a-lists.sqlite").starts(with: Data("SQLite format 3\0".utf8)))
    let integrity =
        "! command -v sqlite3 >/dev/null || sqlite3 a-lists.sqlite 'PRAGMA integrity_check' | grep -v '^ok$' || :"
    #expect(try job.shell(integrity).isEmpty)
    let vectors = try job.bytes("a-vectors.npy")
    #expect(vectors.starts(with: [0x93] + Array("NUMPY".utf8)))
    #expect(String(decoding: vectors.prefix(128), as: UTF8.self).contains("'shape': (\(lists.count), "))
    #expect(try job.shell("wc -l < a-vectors.ids.txt").contains("\(lists.count)"))
}

@Test func evaluateAnswersFilesAsTheBuildsOwnMetricsDo() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    struct Answer: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        struct FillInTheBlank: Decodable {
            let accuracy: Double
            let interval: [Double]
            let questions: Int
            let unanswerable: Int
            let unknown_items: Int
            let recall_at_10: Double
        }
        struct Compatibility: Decodable {
            let auc: Double
            let interval: [Double]
            let outfits: Int
        }
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let fill_in_the_blank: FillInTheBlank?
        let compatibility: Compatibility?
    }
    struct Metrics: Decodable {
        struct Share: Decodable { let accuracy: Double }
        struct Area: Decodable { let auc: Double }
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let fill_in_the_blank: Share
        let compatibility: Area
    }
    let labels = "ws/" + (try job.run().folder(of: "labels"))
    let answer = try job.answer(
        Answer.self, "evaluate", "--fill-in-the-blank", labels + "/fill_in_blank_validation_season.json",
        "--compatibility",
        labels + "/compatibility_validation.txt")
    let metrics = try JSONDecoder().decode(Metrics.self, from: job.bytes("ws/current/metrics.json"))
    let asked: Answer.FillInTheBlank = try #require(answer.fill_in_the_blank)
    #expect(abs(asked.accuracy - metrics.fill_in_the_blank.accuracy) < 1e-9)
    #expect(asked.questions > 10 && asked.unanswerable == 0 && asked.unknown_items == 0)
    #expect(asked.interval.count == 2 && asked.interval[0] <= asked.accuracy && asked.accuracy <= asked.interval[1])
    #expect((0...1).contains(asked.recall_at_10))
    let shown = try job.program.run(
        "evaluate", "--fitb", labels + "/fill_in_blank_validation_season.json", "--workspace", "ws")
    #expect(shown.output.contains("grouped AUC"))
    for line in shown.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    let area: Answer.Compatibility = try #require(answer.compatibility)
    #expect(abs(area.auc - metrics.compatibility.auc) < 1e-9 && area.outfits > 10)
    #expect(area.interval.count == 2 && area.interval[0] <= area.auc && area.auc <= area.interval[1])

    // Unknown items are counted, and a question that they spoil counts as wrong.
    let lists = try job.lists()
    let (anchor, answers) = (lists[0].item_id, lists[0].recommendations.prefix(4).map { "\"\($0.item_id)\"" })
    let questions = """
        [{"question": ["\(anchor)"], "answers": [\(answers.joined(separator: ", "))], "blank_position": 2, "correct": 0},
         {"question": ["nobody"], "answers": [\(answers.joined(separator: ", "))], "blank_position": 2, "correct": 0}]
        """
    try job.program.write(questions, to: "questions.json")
    let few = try job.answer(Answer.self, "evaluate", "--fill-in-the-blank", "questions.json")
    let spoilt: Answer.FillInTheBlank = try #require(few.fill_in_the_blank)
    #expect(spoilt.questions == 2 && spoilt.unanswerable == 1 && spoilt.unknown_items == 1 && spoilt.accuracy <= 0.5)
    #expect(few.compatibility == nil)

    // Nothing to tell outfits from.
    try job.program.write(lists.prefix(3).map { "1 \($0.item_id) \(anchor)\n" }.joined(), to: "alike.txt")
    let alike = try job.program.run("evaluate", "--compatibility", "alike.txt", "--workspace", "ws")
    #expect(alike.status == 0 && alike.output.contains("\ncompatibility       AUC undefined\n"), "\(alike)")
    #expect(alike.errors.contains("note: an AUC compares outfits with what is none; all lines of --compatibility have"))
}

@Test func flippedByteIsNamedAndMadeGoodByTheNextRun() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    let before = try job.published()
    let name = "ws/" + (try job.run().folder(of: "model")) + "/model.safetensors"
    var bytes = try job.bytes(name)
    bytes[bytes.count / 2] ^= 0x10
    _ = try job.shell("chmod u+w '\(name)'")
    let handle = try FileHandle(forWritingTo: job.program.folder.appending(path: name))
    try handle.write(contentsOf: bytes)
    try handle.close()

    let verified = try job.program.run("verify", "--workspace", "ws")
    #expect(verified.status == 1)
    #expect(verified.output.contains("damaged: artifact train/model: model.safetensors"), "\(verified)")
    let repaired = try job.run()
    #expect(repaired.exit_status == 0 && repaired.executed == ["train", "publish"])
    #expect(try job.program.run("verify", "--workspace", "ws").status == 0)
    #expect(try job.published() == before)
}

/// An item's heading is folded at the edge of a terminal.
private func checkHeadings(of lists: [NightlyJob.List], _ job: NightlyJob) throws {
    struct Answer: Decodable {
        let category: String
        let title: String
    }
    let width = 44
    for list in lists {
        let answer = try job.answer(Answer.self, "recommend", list.item_id, "-k", "1")
        let heading = "\(list.item_id)  \(answer.category)  \(answer.title)"
        if heading.count <= width { continue }
        let path = try #require(Program.path)
        let shown = try job.shell(
            "script -qec \"stty cols \(width); '\(path)' recommend \(list.item_id) -k 1 --workspace ws\" /dev/null")
        let lines = shown.split(whereSeparator: \.isNewline)
        #expect(lines.first?.hasPrefix(list.item_id) == true && (lines.first?.count ?? 0) <= width, "\(shown)")
        return #expect(lines.dropFirst().first?.hasPrefix("  ") == true, "\(shown)")
    }
    Issue.record("no item has a long title")
}
