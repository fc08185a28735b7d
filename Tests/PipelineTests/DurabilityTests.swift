import Foundation
import Pipeline
import Synchronization
import Testing

/// A job with every kind of stage: external input, shards, a plain stage on top of them, a published build.
private func wholeJob(_ place: TemporaryWorkspace, _ input: ExternalInput) -> [any Stage] {
    [
        PlainStage(name: "source", externalInputs: [input], outputs: ["text"]) { context in
            try context.write(String(contentsOf: input.url, encoding: .utf8), to: "text")
        },
        LetterStage(inputs: ["text"], letters: ["a", "b", "c", "d"]),
        PlainStage(name: "join", inputs: ["text", "words"], outputs: ["joined"]) { context in
            let words = try (0..<4).map { try context.read("words", file: "letter-\($0)") }
            try context.write(context.read("text") + words.joined(), to: "joined")
        },
        PublishDouble(),
    ]
}

/// Everything below the current build and the artifacts, as one text.
private func content(_ place: TemporaryWorkspace) throws -> [String: Data] {
    let builds = BuildStore(workspace: place.workspace)
    let root = try #require(builds.currentFolder)
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.filePath).sorted() {
        files[path] = FileManager.default.contents(atPath: root.filePath + "/" + path)
    }
    return files
}

@Test(arguments: FaultPoint.allCases) func aKillAtAnyFaultPointCostsNothingThatWasAcknowledged(_ point: FaultPoint)
    throws
{
    let oracle = try TemporaryWorkspace()
    try oracle.run(wholeJob(oracle, oracle.file("in", "text")))
    let expected = try content(oracle)

    var occurrence = 0
    while true {
        let place = try TemporaryWorkspace()
        let input = try place.file("in", "text")
        let remaining = Atomic<Int>(occurrence)
        let faults = FaultInjection { reached in
            if reached == point, remaining.wrappingSubtract(1, ordering: .relaxed).oldValue == 0 {
                throw SimulatedKill(point: reached)
            }
        }
        do {
            try place.run(wholeJob(place, input), faults: faults)
            #expect(occurrence > 0, "\(point) is never reached")
            break
        } catch is SimulatedKill {
            let result = try place.run(wholeJob(place, input))
            #expect(result.summary.status == .succeeded || result.summary.status == .upToDate)
            #expect(try content(place) == expected, "\(point) at its occurrence \(occurrence)")
            #expect(try place.run(wholeJob(place, input)).summary.status == .upToDate)
            #expect(try place.workspace.verify().problems == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.workspace.stagingFolder.filePath) == [])
        }
        occurrence += 1
    }
}

@Test func anInterruptedStageFindsItsCheckpointAgain() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let flag = CancellationFlag()
    let stage = PlainStage(name: "train", outputs: ["model"]) { context in
        let checkpoint = CheckpointFile(context.scratchFolder.appending(path: "state"))
        var epoch: UInt8 = 0
        if case .bytes(let bytes) = try checkpoint.read() { epoch = bytes[0] }
        recorder.note("begins at \(epoch)")
        while epoch < 5 {
            epoch += 1
            try checkpoint.write([epoch])
            if epoch == 3 { flag.cancel() }
            try context.cancellation.check()
        }
        try context.write("trained", to: "model")
    }
    let first = try place.executor(
        [stage, PlainStage(name: "next", inputs: ["model"], outputs: ["n"]) { _ in }],
        cancellation: flag
    ).run()
    #expect(first.summary.status == .interrupted)
    #expect(first.summary.stages.map(\.status) == [.interrupted, .notStarted])
    #expect(try place.executor([stage]).plan()["train"] == .run([.interrupted]))
    let second = try place.run([stage])
    #expect(second.summary.status == .succeeded)
    #expect(recorder.all == ["begins at 0", "begins at 3"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.workspace.scratchFolder.filePath) == [])
}

@Test func cancellationKeepsFinishedShardsAndStartsNoMore() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let flag = CancellationFlag()
    func stage() -> LetterStage {
        LetterStage(letters: ["a", "b", "c", "d"]) { shard, _ in
            recorder.note(shard.key)
            if shard.key == "b" { flag.cancel() }
        }
    }
    let first = try place.executor([stage()], cancellation: flag, change: { $0.jobs = 1 }).run()
    #expect(first.summary.status == .interrupted)
    let second = try place.executor([stage()], change: { $0.jobs = 1 }).run()
    #expect(second.summary["letters"]?.reusedShardCount == 2)
    #expect(recorder.all == ["a", "b", "c", "d"])
}

@Test func aPauseBeforeARetryEndsWithTheRun() throws {
    struct Flaky: Error {}
    let place = try TemporaryWorkspace()
    let flag = CancellationFlag()
    let stage = PlainStage(name: "flaky", outputs: ["a"], retry: RetryPolicy(count: 1, backoffSeconds: 3600)) { _ in
        throw Flaky()
    }
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) { flag.cancel() }
    #expect(try place.executor([stage], cancellation: flag).run().summary.status == .interrupted)
}

@Test(arguments: [true, false]) func aDamagedOutputIsDetectedNamedAndRebuilt(isTruncated: Bool) throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(chain())
    let digest = first.summary["upper"]?.outputs["capitals"]
    try place.damage(place.path(of: digest), at: 2, truncatingTo: isTruncated ? 3 : nil)
    let problems = try place.workspace.verify().problems
    #expect(problems.map(\.name) == ["upper/capitals"])
    #expect(problems.map(\.file) == ["content"])
    let second = try place.run(chain())
    #expect(second.summary.executedStages == ["upper"])
    #expect(second.summary["upper"]?.reasons == [.outputDamaged(artifact: "capitals", file: "content")])
    #expect(second.summary["upper"]?.outputs["capitals"] == digest)
    #expect(try place.workspace.verify().problems == [])
}

@Test func aMissingOutputAndADamagedManifestAreNamed() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(chain())
    try FileManager.default.removeItem(atPath: place.path(of: first.summary["source"]?.outputs["text"]))
    try place.damage(place.path(of: first.summary["upper"]?.outputs["capitals"], file: "manifest.json"), at: 20)
    try FileManager.default.removeItem(atPath: place.path(of: first.summary["other"]?.outputs["aside"], file: ""))
    let plan = try place.executor(chain()).plan()
    #expect(plan["source"] == .run([.outputMissing(artifact: "text", file: "content")]))
    #expect(plan["other"] == .run([.outputMissing(artifact: "aside", file: nil)]))
    let second = try place.run(chain())
    #expect(second.summary.executedStages == ["source", "upper", "other"])
    #expect(second.summary["upper"]?.reasons == [.outputDamaged(artifact: "capitals", file: "manifest.json")])
}

@Test func aCheckpointThatIsNotWholeIsReportedAsDamaged() throws {
    let place = try TemporaryWorkspace()
    let url = place.root.appending(path: "checkpoint")
    let file = CheckpointFile(url)
    #expect(try file.read() == .absent)
    try file.write([1, 2, 3])
    #expect(try file.read() == .bytes([1, 2, 3]))
    let whole = try Data(contentsOf: url)
    for length in 0..<whole.count {
        try whole.prefix(length).write(to: url)
        #expect(try file.read() == .damaged)
    }
    for index in whole.indices {
        var flipped = whole
        flipped[index] ^= 1
        try flipped.write(to: url)
        #expect(try file.read() == .damaged)
    }
}

@Test func aStageThatWritesALinkOrTheReservedNameFails() throws {
    let place = try TemporaryWorkspace()
    let link = PlainStage(name: "link", outputs: ["a"]) { context in
        try FileManager.default.createSymbolicLink(
            atPath: context.output("a").filePath + "/link", withDestinationPath: "/etc/hostname")
    }
    let reserved = PlainStage(name: "reserved", outputs: ["b"]) { try $0.write("x", to: "b", file: "manifest.json") }
    let result = try place.run([link, reserved]) { $0.keepsGoing = true }
    #expect(result.failures.count == 2)
    #expect(result.failures.allSatisfy { $0.cause is ArtifactError })
}
