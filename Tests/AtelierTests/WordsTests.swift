import Foundation
import Pipeline
import Stages
import Testing
import atelier

@Test(arguments: [
    (0.0, "0.00 s"), (0.051, "0.05 s"), (12.34, "12.3 s"), (59.99, "1 min 0 s"), (200, "3 min 20 s"),
    (3900, "1 h 5 min"),
    (.infinity, "? s"), (-1, "? s"), (.nan, "? s"),
])
func secondsInWords(seconds: Double, expected: String) { #expect(Amounts.seconds(seconds) == expected) }

@Test func countsAndBytesInWords() {
    #expect(
        [0, 999, 1000, 1_234_567, -1000].map { Amounts.count($0) } == ["0", "999", "1,000", "1,234,567", "-1,000"])
    #expect(
        [0, 999, 1536, 512 << 20, 1300 << 20, 5 << 40].map(Amounts.bytes) == [
            "0 bytes", "999 bytes", "1.5 KiB", "512 MiB", "1.3 GiB", "5120 GiB",
        ])
    #expect(Amounts.count(1, "stage") == "1 stage" && Amounts.count(0, "stage") == "0 stages")
}

@Test func tableAlignsWideTextAndCutsItsLastColumn() {
    var table = TextTable(.text("ITEM"), .number("SCORE"), .text("TITLE"))
    table.add("a-1", "0.5", "スカート、花柄")
    table.add("スカ", "12.25", "")
    #expect(table.lines() == ["ITEM  SCORE  TITLE", "a-1     0.5  スカート、花柄", "スカ  12.25"])
    #expect(table.lines(width: 24)[1] == "a-1     0.5  スカート、…")
}

@Test func labelsAreCutSoThatTheRowFits() {
    var table = TextTable(.number("RANK"), .label("CATEGORY"), .text("ITEM"), .text("TITLE"))
    let long = String(repeating: "trousers and jeans ", count: 5)
    table.add("1", long, "0000002-01", "a pair of trousers of wool")
    table.add("2", "bags", "0000003-01", "a bag")
    for width in [50, 80, 100] {
        let lines = table.lines(width: width)
        #expect(lines.allSatisfy { $0.count <= width } && lines[1].contains("  0000002-01  a pair of"), "\(lines)")
        #expect(lines[1].contains("… "))
    }
    #expect(table.lines(width: 300)[1].contains(long) && table.lines()[1].contains(long))
}

@Test func tableWritesControlCharactersOut() {
    var table = TextTable(.text("ITEM"), .text("TITLE"))
    table.add("a-1", "red\u{1B}[31m\nb-2  fake")
    #expect(table.lines() == ["ITEM  TITLE", "a-1   red\\u{1B}[31m\\nb-2  fake"])
    #expect("a\tb\r\nc\u{9B}\n".terminalText == "a\tb\\r\nc\\u{009B}\n")
}

@Test func tableFoldsProseAndPutsNotesBelowTheirRow() {
    var table = TextTable(.text("RUN"), .number("TOOK"), .prose("STAGES"))
    table.add("r1", "2 s", "ingest, featurize, label")
    table.addNote("stopped by hand")
    table.add("r2", "10 s", "train")
    #expect(
        table.lines(width: 30) == [
            "RUN  TOOK  STAGES", "r1    2 s  ingest, featurize,", "           label", "  stopped by hand",
            "r2   10 s  train",
        ])
    #expect(table.lines()[1] == "r1    2 s  ingest, featurize, label")
}

@Test func messagesAreFoldedAtTheTerminalsEdgeAndCommandsAreNot() {
    #expect("".folded(to: 9) == [""] && "one two three".folded(to: 7) == ["one two", "three"])
    #expect("a スカート bcdefgh".folded(to: 4) == ["a", "スカ", "ート", "bcde", "fgh"])
    #expect(
        "error: save it as one file: python3 -c \"import onnx; onnx.save(1)\"".foldedMessage(to: 30)
            == "error: save it as one file:\n  python3 -c \"import onnx; onnx.save(1)\"")
    #expect("error: a b\nnote: c".foldedMessage(to: 20) == "error: a b\nnote: c")
    #expect(
        "note: this is said at length\nhint: to go on: atelier run a.yaml --set b.c=4".foldedMessage(to: 20)
            == "note: this is said\n  at length\nhint: to go on:\n  atelier run a.yaml --set b.c=4")
}

@Test func shellWordsAreQuotedWhereTheyMustBe() {
    #expect(
        ["jobs/n.yaml", "a b", "it's", "", "a=[1]"].map(RunOutcome.shellQuoted) == [
            "jobs/n.yaml", "'a b'", "'it'\\''s'", "''", "'a=[1]'",
        ])
}

private func outcome(
    _ status: RunStatus, _ stages: [StageSummary], failures: [StageFailure] = [], published: String? = nil
) throws -> RunOutcome {
    let text = """
        {"run": "r1", "job": "nightly", "status": "\(status.rawValue)", "started_at": 0, "wall_seconds": 83, "stages": [],
         "current_build": "aaaa"}
        """
    var summary = try JSONDecoder().decode(RunSummary.self, from: Data(text.utf8))
    summary.stages = stages
    summary.publishedBuild = published
    return RunOutcome(
        summary: summary, failures: failures, command: "jobs/nightly.yaml", jobCommand: "jobs/nightly.yaml",
        workspace: Workspace(folder: URL(filePath: "/w")))
}

@Test func runWithNothingWrongSaysOneLine() throws {
    let upToDate = try outcome(.upToDate, [])
    #expect(upToDate.summaryLine == "nightly: up to date, nothing to do (1 min 23 s); build aaaa is current")
    #expect(upToDate.complaints.isEmpty && upToDate.status == .done)
    let published = try outcome(.succeeded, [StageSummary(stage: "train", status: .succeeded)], published: "bbbb")
    #expect(published.summaryLine == "nightly: 1 stage run in 1 min 23 s; build bbbb published")
    #expect(published.complaints.isEmpty && published.status == .done)
}

@Test func failedRunNamesTheCauseWhatWasSkippedAndHowToGoOn() throws {
    var skipped = ["featurize", "label"].map { StageSummary(stage: StageName(rawValue: $0), status: .skipped) }
    for position in skipped.indices { skipped[position].skippedBecause = ["ingest"] }
    let failure = StageFailure(
        stage: "ingest", shard: "a.tar", cause: FileSystemError(operation: "read", path: "data/a.tar", code: ENOSPC))
    var ingest = StageSummary(stage: "ingest", status: .failed)
    ingest.reasons = [.neverRan]
    let failed = try outcome(.failed, [ingest] + skipped, failures: [failure])
    #expect(
        failed.complaints == [
            "error: stage 'ingest', shard 'a.tar' failed: data/a.tar: cannot read: No space left on device",
            "note: 'featurize' and 'label' were skipped because 'ingest' did not succeed",
            "hint: its log: atelier logs ingest --workspace /w",
            "hint: to go on from here: atelier run jobs/nightly.yaml",
        ])
    #expect(failed.status == .failed)
}

@Test func stageThatCouldNotBeginSaysWhatItLacksAndShowsNoLog() throws {
    let failure = StageFailure(stage: "rerank", cause: MissingInputError(artifact: "candidates", producer: "topk"))
    let failed = try outcome(.failed, [StageSummary(stage: "rerank", status: .failed)], failures: [failure])
    #expect(
        failed.complaints == [
            "error: stage 'rerank' failed: its input 'candidates' is not there; run stage 'topk' too, which makes it "
                + "(--until runs a stage and all that it needs)",
            "hint: to run what is needed too: atelier run jobs/nightly.yaml --until rerank",
        ])
}

@Test func shardThatTheCauseNamesIsNamedOnce() {
    let cause = FileSystemError(operation: "read", path: "data/a.tar", code: EIO)
    #expect(
        ErrorWords.cause(StageFailure(stage: "ingest", shard: "data/a.tar", cause: cause))
            == "stage 'ingest' failed: data/a.tar: cannot read: Input/output error")
}

@Test func refusedAndInterruptedRunsHaveTheirOwnStatusAndHint() throws {
    var publish = StageSummary(stage: "publish", status: .refused)
    publish.error = "accuracy fell from 0.68 to 0.61"
    let cause = QualityGateRefusal(summary: "accuracy fell from 0.68 to 0.61", build: "bbbb")
    let refused = try outcome(.refused, [publish], failures: [StageFailure(stage: "publish", cause: cause)])
    #expect(refused.status == .refused && refused.refusedStage == "publish")
    #expect(
        refused.complaints == [
            "error: stage 'publish' refused the build: accuracy fell from 0.68 to 0.61",
            "note: build bbbb is kept aside; build aaaa stays published",
            "hint: to publish it all the same: atelier run jobs/nightly.yaml --force publish",
        ])
    #expect(try outcome(.interrupted, []).status == .interrupted)
    #expect(try outcome(.interrupted, []).complaints.last == "hint: to go on from here: atelier run jobs/nightly.yaml")
}

@Test func runReportIsOneObjectWithTheSummarysKeysAndItsOwn() throws {
    let stages = [StageSummary(stage: "ingest", status: .upToDate), StageSummary(stage: "train", status: .succeeded)]
    let hook = HookFailure(hook: "after_publish", command: "false", cause: "exit status 1")
    let report = RunReport(outcome: try outcome(.succeeded, stages, published: "bbbb"), failedHooks: [hook])
    let object = try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any])
    #expect(object["executed"] as? [String] == ["train"])
    // The stages did; nobody was told.
    #expect(object["exit_status"] as? Int == 1 && object["status"] as? String == "succeeded")
    #expect(object["published_build"] as? String == "bbbb" && (object["stages"] as? [Any])?.count == 2)
    #expect((object["failed_hooks"] as? [[String: String]])?.first?["hook"] == "after_publish")
    let idle = RunReport(outcome: try outcome(.upToDate, stages), failedHooks: [])
    let nothing = try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(idle)) as? [String: Any])
    #expect(nothing["published_build"] is NSNull)
}

private enum Leaf: Error { case missingColumn(path: String, name: String), tooDeep, limit(Int) }
private struct Payload: Error { let path: String, code: Int? }

@Test func errorsWithoutWordsAreReadOffTheirPayload() {
    let failures: [any Error] = [
        Leaf.missingColumn(path: "a.csv", name: "id"), Leaf.tooDeep, Leaf.limit(3), Payload(path: "p", code: nil),
    ]
    #expect(
        failures.map { ErrorWords.cause($0) } == [
            "missing column (path a.csv, name id)", "too deep", "limit (3)", "payload (path p, code none)",
        ])
}

@Test func eachErrorHasItsExitStatus() {
    let errors: [any Error] = [
        JobFileErrors([]), StageGraphError.cycle(["a", "b"]), CancellationRequest(),
        QualityGateRefusal(summary: "worse"), Leaf.tooDeep, CommandProblem("no", status: .usage),
    ]
    #expect(errors.map { ErrorWords.exitStatus(for: $0).rawValue } == [64, 64, 130, 3, 1, 64])
    #expect(
        ErrorWords.message(for: StageGraphError.cycle(["a", "b"]))
            == "error: the stages 'a' and 'b' read from one another in a circle")
}

@Test func heldLockEndsWith75AndNamesItsHolder() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let lock = try RunLock(Workspace(folder: folder))
    try withExtendedLifetime(lock) {
        let error = try #require(throws: RunLockError.self) { try RunLock(Workspace(folder: folder)) }
        #expect(ErrorWords.exitStatus(for: error) == .locked)
        let process = ProcessInfo.processInfo.processIdentifier
        #expect(
            ErrorWords.message(for: error).hasPrefix(
                "error: process \(process) has been working in this workspace since "))
    }
}

private struct Node: Stage {
    let name: StageName
    var inputs: [ArtifactName] = []
    let outputs: [ArtifactName]
    var version: Int { 1 }
    var pool: StagePool { .cpu }
    var parameters: [String: String] { [:] }
    func run(_ context: StageContext) throws {}
}

@Test func graphIsDrawnAsTextDotAndMermaid() throws {
    let graph = try StageGraph(stages: [
        Node(name: "train", inputs: ["catalog", "labels"], outputs: ["model"]),
        Node(name: "ingest", outputs: ["catalog", "pictures"]),
        Node(name: "label", inputs: ["catalog"], outputs: ["labels"]),
    ])
    let picture = GraphPicture(graph)
    #expect(
        picture.text() == [
            "STAGE   POOL  WRITES             READS FROM", "ingest  cpu   catalog, pictures",
            "label   cpu   labels             ingest",
            "train   cpu   model              ingest, label",
        ])
    #expect(picture.dot.contains(#"  "ingest" -> "train" [label="catalog"];"#))
    #expect(
        picture.mermaid == """
            flowchart LR
              ingest[ingest]
              label[label]
              train[train]
              ingest -- catalog --> label
              ingest -- catalog --> train
              label -- labels --> train
            """)
}
