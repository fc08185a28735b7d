import Foundation
import Logging
import Pipeline
import Testing

@Test func aSecondRunExecutesNothingAndReadsNothing() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let first = try place.run(chain(recorder: recorder))
    #expect(first.summary.status == .succeeded)
    #expect(first.summary.executedStages == ["source", "upper", "length", "other"])
    let count = try String(
        contentsOfFile: place.path(of: first.summary["length"]?.outputs["count"]), encoding: .utf8)
    #expect(count == "6")

    let second = try place.run(chain(recorder: recorder))
    #expect(second.summary.status == .upToDate)
    #expect(second.summary.executedStages == [])
    #expect(second.summary["length"]?.outputs == first.summary["length"]?.outputs)
    #expect(recorder.all.sorted() == ["length", "other", "source", "upper"])
    #expect(second.operations.hashedFileCount == 0)
    #expect(second.operations.ledgerCommitCount == 1)
    #expect(second.operations.executedStageCount == 0)
    #expect(!FileManager.default.fileExists(atPath: place.workspace.runFolder(second.summary.run).filePath))
}

@Test func aChangedParameterRerunsItsStageAndWhatDependsOnIt() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain(suffix: "!"))
    let plan = try place.executor(chain(suffix: "!!")).plan()
    let change = RunReason.parameterChanged(key: "suffix", old: "!", new: "!!")
    #expect(plan["source"] == .upToDate)
    #expect(plan["upper"] == .run([change]))
    #expect(plan["length"] == .mayRun([.upstreamWouldRun("upper")]))
    #expect(plan["other"] == .upToDate)
    let explanation = try place.executor(chain(suffix: "!!")).explain("upper")
    #expect(explanation.state.reasons == [change])
    let result = try place.run(chain(suffix: "!!"))
    #expect(result.summary.executedStages == ["upper", "length"])
}

@Test func equalBytesUpstreamCutTheWaveOff() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain(suffix: "!"))
    // Another suffix of the same length: `upper` writes other bytes, `length` the same.
    var stages = chain(suffix: "?")
    stages.append(PlainStage(name: "last", inputs: ["count"], outputs: ["end"]) { try $0.write("end", to: "end") })
    try place.run(chain(suffix: "!") + [stages[4]])
    let result = try place.run(stages)
    #expect(result.summary.executedStages == ["upper", "length"])
    #expect(result.summary["last"]?.status == .upToDate)
}

@Test func aParameterThatIsChangedBackRunsNothing() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(chain(suffix: "!"))
    try place.run(chain(suffix: "!!"))
    let third = try place.run(chain(suffix: "!"))
    #expect(third.summary.status == .upToDate)
    #expect(third.summary["upper"]?.outputs == first.summary["upper"]?.outputs)
    // The earlier state is the current one again: the next difference is told against it.
    let reasons = try place.executor(chain(suffix: "?")).explain("upper").state.reasons
    #expect(reasons == [.parameterChanged(key: "suffix", old: "!", new: "?")])
}

@Test func aTouchedButUnchangedInputRerunsNothing() throws {
    let place = try TemporaryWorkspace()
    let input = try place.file("in.txt", "hello")
    let stage = PlainStage(name: "copy", externalInputs: [input], outputs: ["copied"]) { context in
        #expect(context.externalDigests["in.txt"] == ContentDigest.sha256(of: "hello".utf8))
        try context.write("copied", to: "copied")
    }
    try place.run([stage])
    try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -1000)], ofItemAtPath: input.url.filePath)
    #expect(try place.run([stage]).summary.status == .upToDate)
    _ = try place.file("in.txt", "hullo")
    let plan = try place.executor([stage]).plan()
    let (old, new) = (ContentDigest.sha256(of: "hello".utf8), ContentDigest.sha256(of: "hullo".utf8))
    #expect(plan["copy"] == .run([.inputChanged(name: "in.txt", old: old, new: new)]))
}

/// Another change within the resolution of the clock would go unseen.
@Test func anInputThatChangedAMomentAgoIsReadAgain() throws {
    let place = try TemporaryWorkspace()
    let input = try place.file("in.txt", "hello")
    // In the future, so that it stays a moment ago however long the run takes.
    try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: 1000)], ofItemAtPath: input.url.filePath)
    let stage = PlainStage(name: "copy", externalInputs: [input], outputs: ["copied"]) {
        try $0.write("copied", to: "copied")
    }
    try place.run([stage])
    let second = try place.run([stage])
    #expect(second.summary.status == .upToDate && second.operations.hashedFileCount == 1)
}

@Test func aMissingExternalInputBlocksItsStageByName() throws {
    let place = try TemporaryWorkspace()
    let gone = ExternalInput(label: "data/gone.tar", url: place.root.appending(path: "gone.tar"))
    let stage = PlainStage(name: "ingest", externalInputs: [gone], outputs: ["text"]) { _ in }
    let result = try place.run([stage])
    #expect(result.summary.status == .failed)
    #expect((result.failures.first?.cause as? ExternalInputError)?.label == "data/gone.tar")
}

@Test func aFailedStageSkipsItsDependentsOnly() throws {
    struct Broken: Error {}
    let place = try TemporaryWorkspace()
    var stages = chain()
    stages[1] = PlainStage(name: "upper", inputs: ["text"], outputs: ["capitals"]) { _ in throw Broken() }
    stages.append(
        PlainStage(name: "beside", inputs: ["text"], outputs: ["side"]) { try $0.write("side", to: "side") })
    let result = try place.run(stages) { $0.keepsGoing = true }
    #expect(result.summary.status == .failed)
    #expect(result.failures.map(\.stage) == ["upper"])
    #expect(result.failures.first?.cause is Broken)
    #expect(result.summary["length"]?.status == .skipped)
    #expect(result.summary["length"]?.skippedBecause == ["upper"])
    #expect(result.summary["beside"]?.status == .succeeded)
    #expect(result.summary["other"]?.status == .succeeded)

    let plan = try place.executor(stages).plan()
    #expect(plan["upper"] == .run([.lastFailed(message: "Broken()")]))
}

@Test func withoutKeepGoingNothingStartsAfterAFailure() throws {
    struct Broken: Error {}
    let place = try TemporaryWorkspace()
    let stages: [any Stage] = [
        PlainStage(name: "first", pool: .exclusive, outputs: ["a"]) { _ in throw Broken() },
        PlainStage(name: "second", inputs: ["a"], outputs: ["b"]) { _ in },
        PlainStage(name: "third", outputs: ["c"]) { _ in },
    ]
    let result = try place.run(stages)
    #expect(result.summary.stages.map(\.status) == [.failed, .skipped, .notStarted])
}

@Test func aFailingStageIsTriedAgainWithGrowingPauses() throws {
    struct Flaky: Error {}
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let stage = PlainStage(
        name: "flaky", outputs: ["a"], retry: RetryPolicy(count: 3, backoffSeconds: 0.01)
    ) { context in
        #expect(try FileManager.default.contentsOfDirectory(atPath: context.output("a").filePath).isEmpty)
        try context.write("half", to: "a", file: "half-\(recorder.count("attempt"))")
        recorder.note("attempt")
        if recorder.count("attempt") < 3 { throw Flaky() }
    }
    let result = try place.run([stage], observer: recorder)
    #expect(result.summary.status == .succeeded)
    #expect(result.summary["flaky"]?.attemptCount == 3)
    #expect(recorder.all.filter { $0.hasPrefix("retrying") } == ["retrying flaky - 2 0.01", "retrying flaky - 3 0.02"])
    let half = try place.path(of: result.summary["flaky"]?.outputs["a"], file: "half-0")
    #expect(!FileManager.default.fileExists(atPath: half))
}

/// Says of itself that it does not pass.
private struct Lasting: AttemptError {
    let isFinal: Bool
}

@Test func aFailureThatIsFinalIsNotTriedAgain() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let retry = RetryPolicy(count: 3, backoffSeconds: 0.001)
    func planner(isFinal: Bool) -> LetterStage {
        LetterStage(retry: retry, letters: ["a"], beforePlan: { throw Lasting(isFinal: isFinal) })
    }
    let final = try place.run([planner(isFinal: true)], observer: recorder)
    #expect(final.summary["letters"]?.attemptCount == 1 && final.failures.first?.cause is Lasting)
    #expect(!recorder.all.contains { $0.hasPrefix("retrying") })
    let passing = try place.run([planner(isFinal: false)])
    #expect(passing.summary["letters"]?.attemptCount == 4)
    let stage = PlainStage(name: "whole", outputs: ["a"], retry: retry) { _ in throw Lasting(isFinal: true) }
    #expect(try place.run([stage]).summary["whole"]?.attemptCount == 1)
}

@Test func selectionTakesTheRestAsItIs() throws {
    let place = try TemporaryWorkspace()
    let blocked = try place.run(chain()) { $0.selection = StageSelection(only: ["upper"]) }
    #expect((blocked.failures.first?.cause as? MissingInputError)?.producer == "source")
    let until = try place.run(chain()) { $0.selection = StageSelection(until: ["upper"]) }
    #expect(until.summary.executedStages == ["source", "upper"])
    // `source` is stale, but left out: `upper` sees what it wrote before and has nothing to do.
    let only = try place.run(chain(source: "beta")) { $0.selection = StageSelection(only: ["upper"]) }
    #expect(only.summary.status == .upToDate)
    let from = try place.run(chain()) { $0.selection = StageSelection(from: ["upper"]) }
    #expect(from.summary.executedStages == ["length"])
    #expect(from.summary["other"]?.status == .notSelected)
    #expect(throws: StageGraphError.unknownStage("uper", known: ["source", "upper", "length", "other"])) {
        try place.run(chain()) { $0.selection = StageSelection(only: ["uper"]) }
    }
}

@Test func aDamagedArtifactOfAStageLeftOutIsNotRead() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(chain())
    try place.damage(place.path(of: first.summary["upper"]?.outputs["capitals"]))
    let only = try place.run(chain()) { $0.selection = StageSelection(only: ["length"]) }
    #expect((only.failures.first?.cause as? MissingInputError)?.producer == "upper")
}

@Test func forcingRunsAStageAndCutsOffBehindIt() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain())
    let result = try place.run(chain()) { $0.forced = ["source"] }
    #expect(result.summary.executedStages == ["source"])
    #expect(result.summary["source"]?.reasons == [.forced])
    #expect(result.summary["upper"]?.status == .upToDate)
}

@Test func aDryRunWritesNothing() throws {
    let place = try TemporaryWorkspace()
    let plan = try place.executor(chain()).plan()
    #expect(plan["source"] == .run([.neverRan]))
    #expect(plan["upper"] == .run([.neverRan, .upstreamWouldRun("source")]))
    #expect(!place.workspace.exists)
}

@Test func independentStagesRunAtTheSameTimeAndExclusiveOnesAlone() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let barrier = DispatchSemaphore(value: 0)
    let other = DispatchSemaphore(value: 0)
    let stages: [any Stage] = [
        PlainStage(name: "one", outputs: ["a"]) { context in
            barrier.signal()
            #expect(other.wait(timeout: .now() + 20) == .success)
            #expect(context.width == 1)
            recorder.note("one ends")
        },
        PlainStage(name: "two", outputs: ["b"]) { _ in
            other.signal()
            #expect(barrier.wait(timeout: .now() + 20) == .success)
            recorder.note("two ends")
        },
        PlainStage(name: "alone", pool: .exclusive, outputs: ["c"]) { context in
            #expect(context.width == 2)
            recorder.note("alone begins")
        },
    ]
    #expect(try place.run(stages, observer: recorder).summary.status == .succeeded)
    #expect(recorder.all.last == "alone begins")
}

@Test func aRunLeavesItsLogTraceAndSummary() throws {
    let place = try TemporaryWorkspace()
    let stage = PlainStage(name: "talks", outputs: ["a"]) { context in
        context.logger.info("hello", metadata: ["item": "7"])
    }
    let result = try place.run([stage])
    let folder = place.workspace.runFolder(result.summary.run)
    let log = try String(contentsOf: place.workspace.logFile(run: result.summary.run, stage: "talks"), encoding: .utf8)
    #expect(log.contains("info runs because: never ran\n"))
    #expect(log.contains("info hello item=7\n"))
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let summary = try decoder.decode(RunSummary.self, from: Data(contentsOf: folder.appending(path: "run.json")))
    #expect(summary.stages == result.summary.stages)
    let trace = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "trace.json")))
    #expect(((trace as? [String: Any])?["traceEvents"] as? [Any])?.count == 2)
    let ledger = try #require(try Ledger.openForReading(in: place.workspace))
    #expect(try ledger.runs(limit: 5).map(\.status) == [.succeeded])
    #expect(try ledger.stageRecords(of: result.summary.run).map(\.reasons) == [[.neverRan]])
}

@Test func aFailedAttemptLeavesNothingInTheStagingFolder() throws {
    struct Broken: Error {}
    let place = try TemporaryWorkspace()
    let stages: [any Stage] = [
        PlainStage(name: "broken", outputs: ["a"]) { context in
            try context.write("half", to: "a")
            throw Broken()
        },
        LetterStage(letters: ["x"]) { _, _ in throw Broken() },
    ]
    #expect(try place.run(stages) { $0.keepsGoing = true }.failures.count == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.workspace.stagingFolder.filePath) == [])
}

@Test func anEffectThatDoesNotStandIsBroughtAboutAgain() throws {
    struct Export: EffectStage {
        let name: StageName = "export"
        let version = 1
        let pool = StagePool.io
        let inputs: [ArtifactName] = ["text"]
        let outputs: [ArtifactName] = []
        let parameters: [String: String] = [:]
        let target: URL

        func run(_ context: StageContext) throws {
            try Data(context.read("text").utf8).write(to: target)
        }

        func pendingReason(_ context: EffectContext) throws -> RunReason? {
            let source = context.inputFolders["text"]?.appending(path: "content")
            let expected = try source.flatMap { try context.digest($0) }
            return try context.digest(target) == expected ? nil : .effectPending(message: "the export is not there")
        }
    }
    let place = try TemporaryWorkspace()
    let target = place.root.appending(path: "export.txt")
    let stages = chain() + [Export(target: target)]
    try place.run(stages)
    #expect(try place.run(stages).summary.status == .upToDate)
    try FileManager.default.removeItem(at: target)
    #expect(try place.executor(stages).plan()["export"] == .run([.effectPending(message: "the export is not there")]))
    #expect(try place.run(stages).summary.executedStages == ["export"])
    #expect(try String(contentsOf: target, encoding: .utf8) == "alpha")
}

@Test func largeInputsAreReadAsideWithTheirProgressTold() throws {
    let place = try TemporaryWorkspace()
    let input = try place.file("big", String(repeating: "x", count: 3 << 20))
    let stages: [any Stage] = [
        PlainStage(name: "reader", externalInputs: [input], outputs: ["a"]) { context in
            try context.write(context.externalDigests["big"] ?? "", to: "a")
        },
        PlainStage(name: "other", outputs: ["b"]) { try $0.write("b", to: "b") },
    ]
    let recorder = Recorder()
    let result = try place.run(stages, observer: recorder)
    #expect(result.summary.status == .succeeded)
    let told = recorder.all.filter { $0.hasPrefix("rea") }
    #expect(told.first == "reading reader 0/3145728" && told.last == "read reader", "\(told)")
    // What needs no reading starts meanwhile.
    let started = recorder.all.filter { $0.hasPrefix("started") }
    #expect(started == ["started other", "started reader"])
    let digest = try place.path(of: result.summary["reader"]?.outputs["a"])
    #expect(try String(contentsOfFile: digest, encoding: .utf8) == ContentDigest.sha256(ofFile: input.url.path))
}

@Test func stagesThatWereNotSelectedAreNotSkippedWhereAnotherFails() throws {
    struct Broken: Error {}
    let place = try TemporaryWorkspace()
    let stages: [any Stage] = [
        PlainStage(name: "first", outputs: ["a"]) { _ in throw Broken() },
        PlainStage(name: "second", inputs: ["a"], outputs: ["b"]) { try $0.write("b", to: "b") },
        PlainStage(name: "third", inputs: ["b"], outputs: ["c"]) { try $0.write("c", to: "c") },
    ]
    for keepsGoing in [false, true] {
        let recorder = Recorder()
        let result = try place.run(stages, observer: recorder) {
            $0.selection = StageSelection(until: ["second"])
            $0.keepsGoing = keepsGoing
        }
        #expect(result.summary.stages.map(\.status) == [.failed, .skipped, .notSelected])
        #expect(recorder.count("skipped third because [first]") == 0)
    }
}

@Test func aWarningIsLoggedAndToldToObservers() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let stage = PlainStage(name: "source", outputs: ["text"]) { context in
        context.logger.info("quiet")
        context.logger.warning("pictures are missing", metadata: ["count": "3"])
        try context.write("a", to: "text")
    }
    let result = try place.run([stage], observer: recorder)
    #expect(recorder.all.filter { $0.hasPrefix("warned") } == ["warned source: pictures are missing count=3"])
    let log = try String(contentsOf: place.workspace.logFile(run: result.summary.run, stage: "source"), encoding: .utf8)
    #expect(log.contains(" warning pictures are missing count=3\n"))
}
