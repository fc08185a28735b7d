import Foundation
import Pipeline
import Testing

/// Publishes its one input; the receipt names the build.
struct PublishDouble: EffectStage {
    let name: StageName = "publish"
    let version = 1
    let pool = StagePool.io
    var inputs: [ArtifactName] = ["joined"]
    let outputs: [ArtifactName] = ["receipt"]
    var parameters: [String: String] = [:]
    var refusal: String?

    func run(_ context: StageContext) throws {
        guard let builds = context.builds else { return }
        let staging = try builds.makeStagingFolder()
        try linkOrCopy(
            context.input(inputs[0]).appending(path: "content"), to: staging.appending(path: "recommendations"))
        let build = try builds.commit(staging, madeFrom: context.inputDigests)
        if let refusal {
            try builds.refuse(build.id, reason: refusal)
            throw QualityGateRefusal(summary: refusal, build: build.id)
        }
        try builds.publish(build.id, isForced: context.isForced)
        try context.write(build.id, to: "receipt")
    }

    func pendingReason(_ context: EffectContext) throws -> RunReason? {
        guard let receipt = context.outputFolders["receipt"] else { return nil }
        let id = try String(contentsOf: receipt.appending(path: "content"), encoding: .utf8)
        return try BuildStore(workspace: context.workspace).pendingReason(for: id)
    }
}

private func job(_ text: String, refusal: String? = nil) -> [any Stage] {
    [
        PlainStage(name: "source", outputs: ["joined"], parameters: ["text": text]) {
            try $0.write(text, to: "joined")
        },
        PublishDouble(refusal: refusal),
    ]
}

private func published(_ place: TemporaryWorkspace) throws -> String {
    try String(contentsOf: place.workspace.currentLink.appending(path: "recommendations"), encoding: .utf8)
}

@Test func publishingSwapsTheLinkAndKeepsTheBuildBefore() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(job("one"))
    #expect(try published(place) == "one")
    #expect(first.summary.publishedBuild == first.summary.currentBuild)
    let second = try place.run(job("two"))
    #expect(try published(place) == "two")
    let builds = try BuildStore(workspace: place.workspace).list()
    #expect(builds.map(\.id) == [second.summary.currentBuild, first.summary.currentBuild])
    #expect(builds.map(\.verdict) == [.published, .published])
    let target = try FileManager.default.destinationOfSymbolicLink(atPath: place.workspace.currentLink.filePath)
    #expect(target == "builds/" + (second.summary.currentBuild ?? ""))
    // The build's files are other names of the artifacts'; giving them one must not make the next run read them again.
    let third = try place.run(job("two"))
    #expect(third.summary.publishedBuild == nil)
    #expect(third.operations.hashedFileCount == 0)
}

@Test func equalContentHasTheSameBuildID() throws {
    let (one, two) = (try TemporaryWorkspace(), try TemporaryWorkspace())
    #expect(try one.run(job("x")).summary.currentBuild == two.run(job("x")).summary.currentBuild)
}

@Test func aRolledBackBuildIsNotPublishedAgainUnlessForced() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(job("one"))
    let second = try place.run(job("two"))
    let (from, to) = try place.workspace.rollBack()
    #expect(from == second.summary.currentBuild)
    #expect(to.id == first.summary.currentBuild)
    #expect(try published(place) == "one")
    #expect(try place.run(job("two")).summary.status == .upToDate)
    #expect(try published(place) == "one")
    let forced = try place.run(job("two")) { $0.forced = ["publish"] }
    #expect(forced.summary.publishedBuild == from)
    #expect(try published(place) == "two")
}

@Test func rollingBackToTheCurrentBuildChangesNothing() throws {
    let place = try TemporaryWorkspace()
    try place.run(job("one"))
    let current = try #require(try place.run(job("two")).summary.currentBuild)
    let register = place.workspace.buildsFolder.appending(path: "register.json").filePath
    func file() throws -> Int? { try FileManager.default.attributesOfItem(atPath: register)[.systemFileNumber] as? Int }
    let (before, builds) = (try file(), try BuildStore(workspace: place.workspace).list())
    let (from, to) = try place.workspace.rollBack(to: current)
    #expect(from == current && to.id == current)
    #expect(try file() == before && BuildStore(workspace: place.workspace).list() == builds)
}

@Test func rollingBackWithNothingBeforeIsRefused() throws {
    let place = try TemporaryWorkspace()
    #expect(throws: BuildError.nothingToRollBackTo) { try place.workspace.rollBack() }
    try place.run(job("one"))
    #expect(throws: BuildError.nothingToRollBackTo) { try place.workspace.rollBack() }
    #expect(throws: BuildError.unknownBuild("none")) { try place.workspace.rollBack(to: "none") }
}

@Test func aChangeThatIsTakenBackPublishesTheEarlierBuildAgain() throws {
    let place = try TemporaryWorkspace()
    try place.run(job("one"))
    try place.run(job("two"))
    let third = try place.run(job("one"))
    #expect(third.summary.executedStages == ["publish"])
    #expect(try published(place) == "one")
}

@Test func aRefusedBuildIsKeptAsideAndTheRunSaysSo() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(job("one"))
    let second = try place.run(job("two", refusal: "auc fell"))
    #expect(second.summary.status == .refused)
    #expect((second.failures.first?.cause as? QualityGateRefusal)?.summary == "auc fell")
    #expect(try published(place) == "one")
    let refused = try BuildStore(workspace: place.workspace).list().first { $0.verdict == .refused }
    #expect(refused?.reason == "auc fell")
    #expect(second.summary.currentBuild == first.summary.currentBuild)
    let again = try place.run(job("two", refusal: "auc fell"))
    #expect(again.summary.status == .refused)
    #expect(again.summary.executedStages == ["publish"])
}

@Test func aDamagedBuildIsNeitherPublishedNorRolledBackTo() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(job("one"))
    try place.run(job("two"))
    let id = try #require(first.summary.currentBuild)
    let path = BuildStore(workspace: place.workspace).folder(of: id).filePath + "/recommendations"
    try place.damage(path)
    #expect(throws: BuildError.damaged(build: id, file: "recommendations")) { try place.workspace.rollBack() }
    #expect(throws: BuildError.damaged(build: id, file: "recommendations")) {
        try BuildStore(workspace: place.workspace).publish(id)
    }
    #expect(try published(place) == "two")
    #expect(try place.workspace.verify().problems.contains { $0.kind == "build" && $0.name == id })
}

@Test func aDamagedBuildIsReplacedByTheSameOneMadeAnew() throws {
    let place = try TemporaryWorkspace()
    let id = try #require(try place.run(job("one")).summary.currentBuild)
    try place.run(job("two"))
    try place.damage(BuildStore(workspace: place.workspace).folder(of: id).filePath + "/recommendations")
    let again = try place.run(job("one"))
    #expect(again.summary.status == .succeeded && again.summary.publishedBuild == id)
    #expect(try published(place) == "one")
    #expect(try place.workspace.verify().problems == [])
}

@Test func verifyReadsWhatOnlyAnEarlierBuildWasMadeFrom() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(job("one"))
    let second = try place.run(job("two"))
    let clean = try place.workspace.verify()
    // The texts of both builds, and the receipt of the second.
    #expect(clean.problems == [] && clean.artifactCount == 3 && clean.buildCount == 2)
    let digest = try #require(first.summary["source"]?.outputs["joined"])
    let path = try place.path(of: digest)
    // Its own copy: the build's file is another name of the same bytes.
    let bytes = try Data(contentsOf: URL(filePath: path))
    try FileManager.default.removeItem(atPath: path)
    try (bytes + Data("!".utf8)).write(to: URL(filePath: path))
    let problems = try place.workspace.verify().problems
    #expect(problems.map(\.kind) == ["artifact"] && problems.map(\.name) == ["joined"])
    #expect(problems.map(\.build) == [first.summary.currentBuild] && problems.map(\.file) == ["content"])
    #expect(problems.map(\.problem) == ["damaged"] && problems.map(\.digest) == [digest])
    #expect(second.summary.currentBuild != first.summary.currentBuild)
}

@Test func verifyReportsAnEarlierBuildWhoseManifestIsDamagedOrGone() throws {
    let place = try TemporaryWorkspace()
    let builds = BuildStore(workspace: place.workspace)
    let ids = try ["one", "two", "three"].map { try #require(try place.run(job($0)).summary.currentBuild) }
    try place.damage(builds.folder(of: ids[0]).filePath + "/manifest.json", at: 40)
    try FileManager.default.removeItem(atPath: builds.folder(of: ids[1]).filePath + "/manifest.json")
    let report = try place.workspace.verify()
    #expect(report.buildCount == 3)
    #expect(Set(report.problems.map(\.kind)) == ["build"])
    #expect(
        Set(report.problems.map { [$0.name, $0.file, $0.problem] }) == [
            [ids[0], "manifest.json", "damaged"], [ids[1], "manifest.json", "missing"],
        ])
    // The current one is said once, and of it what is wrong.
    try place.damage(builds.folder(of: ids[2]).filePath + "/manifest.json", at: 40)
    let current = try place.workspace.verify().problems.filter { $0.name == ids[2] }
    #expect(current.map(\.problem) == ["damaged"])
    // What the gate writes beside builds is none.
    try builds.writeVerdict(["a": 1], of: ids[2])
    #expect(try place.workspace.verify().buildCount == 3)
}

@Test(arguments: [0, 1, 60]) func aDamagedRegisterIsAnErrorAndNotAnEmptyOne(_ length: UInt64) throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(job("one"))
    try place.run(job("two"))
    let path = place.workspace.buildsFolder.appending(path: "register.json").filePath
    let whole = try Data(contentsOf: URL(filePath: path))
    try place.damage(path, truncatingTo: length)
    let damaged = try Data(contentsOf: URL(filePath: path))
    let error = BuildError.damagedRegister(path: path)

    #expect(throws: error) { try BuildStore(workspace: place.workspace).list() }
    #expect(throws: error) { try place.workspace.rollBack() }
    // Before any stage: none would be recorded as done in a run that then fails.
    #expect(throws: error) { try place.run(job("three")) }
    let ledger = try #require(try Ledger.openForReading(in: place.workspace))
    #expect(try ledger.runs(limit: 10).map(\.status) == [.succeeded, .succeeded])
    #expect(try published(place) == "two")
    let problems = try place.workspace.verify().problems
    #expect(problems.map(\.kind) == ["register"] && problems.map(\.problem) == ["damaged"])
    #expect(try Data(contentsOf: URL(filePath: path)) == damaged, "it was written over")

    try whole.write(to: URL(filePath: path))
    #expect(try place.run(job("three")).summary.status == .succeeded)
    let builds = try BuildStore(workspace: place.workspace).list()
    #expect(builds.count == 3 && builds.allSatisfy { $0.verdict == .published })
    // Without a copy: the builds are there, and nothing is known of them but which is current.
    try FileManager.default.removeItem(atPath: path)
    #expect(try place.run(job("four")).summary.status == .succeeded)
    #expect(try BuildStore(workspace: place.workspace).list().contains { $0.id == first.summary.currentBuild })
}

@Test(arguments: [FaultPoint.beforePublish, .afterPublish]) func aKillWhilePublishingLeavesAWholeBuild(
    _ point: FaultPoint
) throws {
    let place = try TemporaryWorkspace()
    try place.run(job("one"))
    let faults = FaultInjection { if $0 == point { throw SimulatedKill(point: $0) } }
    #expect(throws: SimulatedKill.self) { try place.run(job("two"), faults: faults) }
    #expect(try published(place) == (point == .beforePublish ? "one" : "two"))
    #expect(try place.run(job("two")).summary.status == .succeeded)
    #expect(try published(place) == "two")
}

/// What is written beside a run once the ledger has it.
@Test func aRunThatPublishedIsNoFailureForWhatIsWrittenAfterwards() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let (runs, builds) = (place.workspace.runsFolder.filePath, place.workspace.buildsFolder)
    let vandal = PlainStage(name: "vandal", inputs: ["receipt"], outputs: ["none"]) { context in
        for run in try FileManager.default.contentsOfDirectory(atPath: runs) {
            for name in ["trace.json", "run.json"] {
                try FileManager.default.createDirectory(
                    atPath: "\(runs)/\(run)/\(name)", withIntermediateDirectories: true)
            }
        }
        try Data("{".utf8).write(to: builds.appending(path: "register.json"))
    }
    let result = try place.run(job("one") + [vandal], observer: recorder)
    #expect(result.summary.status == .succeeded && result.summary.publishedBuild != nil)
    #expect(
        recorder.all.filter { $0.hasPrefix("warned: ") } == [
            "warned: the run's trace is not written", "warned: the run's summary is not written",
            "warned: earlier builds are not tidied away",
        ])
    let ledger = try #require(try Ledger.openForReading(in: place.workspace))
    #expect(try ledger.runs(limit: 10).map(\.status) == [.succeeded])
}

/// The register knows seconds, and what was published in the same one has no order.
private func nextSecond() { Thread.sleep(forTimeInterval: 1.1) }

/// What was published before a kill is what a rollback goes back to, once a run has found it.
@Test func aBuildOfAKilledPublishingIsRolledBackTo() throws {
    let place = try TemporaryWorkspace()
    try place.run(job("one"))
    nextSecond()
    let faults = FaultInjection { if $0 == .afterPublish { throw SimulatedKill(point: $0) } }
    #expect(throws: SimulatedKill.self) { try place.run(job("two"), faults: faults) }
    try BuildStore(workspace: place.workspace).settle()
    nextSecond()
    try place.run(job("three"))
    _ = try place.workspace.rollBack()
    #expect(try published(place) == "two")
}

/// Who is killed right after the swap, and who never told, leave it to the next; a rollback is told by whoever makes it.
@Test func aPublishedBuildIsToldOfUntilItWasOnce() throws {
    let place = try TemporaryWorkspace()
    let builds = BuildStore(workspace: place.workspace)
    #expect(try builds.claimAnnouncement() == nil)
    let faults = FaultInjection { if $0 == .afterPublish { throw SimulatedKill(point: $0) } }
    #expect(throws: SimulatedKill.self) { try place.run(job("one"), faults: faults) }
    let first = try #require(builds.currentID)
    do {
        let held = try #require(try builds.claimAnnouncement())
        // One at a time: a hook may run the program itself.
        #expect(try held.build == first && builds.claimAnnouncement() == nil)
    }
    try place.run(job("one"))
    let early = FaultInjection { if $0 == .beforePublish { throw SimulatedKill(point: $0) } }
    #expect(throws: SimulatedKill.self) { try place.run(job("two"), faults: early) }
    #expect(try #require(try builds.claimAnnouncement()).build == first)
    try #require(try builds.claimAnnouncement()).wasMade()
    #expect(try builds.claimAnnouncement() == nil)

    nextSecond()
    let second = try place.run(job("two")).summary.publishedBuild
    #expect(try #require(try builds.claimAnnouncement()).build == second)
    _ = try place.workspace.rollBack()
    #expect(try builds.claimAnnouncement() == nil)
    _ = try place.workspace.rollBack(to: second)
    #expect(try builds.claimAnnouncement() == nil)
    #expect(try place.workspace.verify().problems == [])
}

@Test func pruningLeavesABuildToGoBackToAfterARollback() throws {
    let place = try TemporaryWorkspace()
    for text in ["one", "two", "three"] {
        try place.run(job(text))
        nextSecond()
    }
    _ = try place.workspace.rollBack()
    _ = try place.workspace.prune(Retention(builds: 2, runs: 3))
    _ = try place.workspace.rollBack()
    #expect(try published(place) == "one")
}

@Test func theBuildBeforeStaysHoweverFewAreKept() throws {
    let place = try TemporaryWorkspace()
    for text in ["one", "two", "three"] {
        try place.run(job(text)) { $0.retention = Retention(builds: 1, runs: 3) }
        nextSecond()
    }
    #expect(try BuildStore(workspace: place.workspace).list().count == 2)
    _ = try place.workspace.rollBack()
    #expect(try published(place) == "two")
}

/// It would be none to go back to.
@Test func theCurrentBuildIsNeverRefused() throws {
    let place = try TemporaryWorkspace()
    let first = try #require(try place.run(job("one")).summary.currentBuild)
    try BuildStore(workspace: place.workspace).refuse(first, reason: "too late")
    try place.run(job("two"))
    #expect(try place.workspace.rollBack().to.id == first)
}

/// A gate that refuses each night leaves a build each night.
@Test func refusedBuildsAreTidiedAwayByTheRunsThatMakeThem() throws {
    let place = try TemporaryWorkspace()
    try place.run(job("one"))
    var refused: [String?] = []
    for text in ["two", "three", "four"] {
        nextSecond()
        let result = try place.run(job(text, refusal: "auc fell")) { $0.retention = Retention(builds: 1, runs: 3) }
        refused.append((result.failures.first?.cause as? QualityGateRefusal)?.build)
    }
    let builds = try BuildStore(workspace: place.workspace).list()
    #expect(builds.filter { $0.verdict == .refused }.map(\.id) == [refused[2]])
    #expect(try published(place) == "one")
}

/// A rollback goes past it, and it is the newest of all by its date.
@Test func aRefusedBuildIsKeptBesideRejectedOnes() throws {
    let place = try TemporaryWorkspace()
    for text in ["one", "two"] {
        try place.run(job(text))
        nextSecond()
    }
    _ = try place.workspace.rollBack()
    let result = try place.run(job("three", refusal: "auc fell")) { $0.retention = Retention(builds: 1, runs: 3) }
    let refused = try #require((result.failures.first?.cause as? QualityGateRefusal)?.build)
    #expect(try BuildStore(workspace: place.workspace).list().map(\.id).contains(refused))
}

@Test func pruningForgetsNoRejection() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(job("one"))
    var rejected: [String?] = []
    for text in ["two", "three"] {
        nextSecond()
        rejected.append(try place.run(job(text)).summary.publishedBuild)
        _ = try place.workspace.rollBack()
    }
    let pruned = try place.workspace.prune(Retention(builds: 1, runs: 3))
    #expect(pruned.builds == [rejected[0]])
    // Made once more, it is still what the rollback went past.
    let again = try place.run(job("two"))
    #expect(again.failures.first?.cause as? BuildError == .rejected(build: try #require(rejected[0])))
    #expect(try published(place) == "one" && again.summary.currentBuild == first.summary.currentBuild)
}

@Test func pruningKeepsWhatIsReferredTo() throws {
    let place = try TemporaryWorkspace()
    for text in ["one", "two", "three", "four"] { try place.run(job(text)) }
    try place.run([
        LetterStage(letters: ["a"]), PlainStage(name: "left", outputs: ["l"]) { try $0.write("l", to: "l") },
    ])
    let dry = try place.workspace.prune(Retention(builds: 2, runs: 3), isDryRun: true)
    let builds = try BuildStore(workspace: place.workspace).list()
    #expect(builds.count == 4)
    let report = try place.workspace.prune(Retention(builds: 2, runs: 3))
    #expect(report.builds.count == 2)
    #expect(report.runs.count == 2)
    // Receipts of builds one, two and three, and the texts of builds one and two, that no kept build was made from.
    #expect(report.artifacts.count == 5)
    #expect(report.freedByteCount > 0)
    #expect(report.artifacts == dry.artifacts)
    #expect(report.freedByteCount == dry.freedByteCount)
    #expect(try place.workspace.verify().problems == [])
    #expect(try place.run(job("four")).summary.status == .upToDate)
    #expect(try place.run([LetterStage(letters: ["a"])]).summary.status == .upToDate)
    _ = try place.workspace.rollBack()
    #expect(try published(place) == "three")
    #expect(try place.workspace.prune(Retention(builds: 2, runs: 3)).artifacts == [])
}

@Test func pruningDropsShardsOfAnEarlierFamily() throws {
    let place = try TemporaryWorkspace()
    try place.run([LetterStage(parameters: ["v": "1"], letters: ["a", "b"], shardFamily: "old")])
    try place.run([LetterStage(parameters: ["v": "2"], letters: ["b", "c"], shardFamily: "new")])
    let report = try place.workspace.prune()
    #expect(report.shards == ["letters/a"])
    #expect(try place.workspace.verify().problems == [])
}

/// A stage that names all its shards, night after night in one family.
@Test func pruningDropsShardsThatNobodyWillAskFor() throws {
    let place = try TemporaryWorkspace()
    func stage(_ letters: [String], _ body: @escaping @Sendable (Shard) -> Void = { _ in }) -> LetterStage {
        LetterStage(
            parameters: ["letters": "\(letters)"], letters: letters, asksForFinishedShards: false
        ) { shard, _ in body(shard) }
    }
    try place.run([stage(["a", "b"])])
    try place.run([stage(["b", "c"])])
    #expect(try place.workspace.prune(isDryRun: true).shards == ["letters/a"])
    // What an interrupted run has finished is no less of use than the current state's.
    let flag = CancellationFlag()
    let stopped = [stage(["c", "d", "e"]) { if $0.key == "d" { flag.cancel() } }]
    let interrupted = try place.executor(stopped, cancellation: flag, change: { $0.jobs = 1 }).run()
    #expect(interrupted.summary.status == .interrupted)
    let report = try place.workspace.prune()
    #expect(report.shards == ["letters/a"] && report.freedByteCount > 0)
    #expect(try place.run([stage(["c", "d", "e"])]).summary["letters"]?.reusedShardCount == 2)
    #expect(try place.workspace.prune().shards == ["letters/b"])
    #expect(try place.workspace.verify().problems == [])
}
