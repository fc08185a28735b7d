import Foundation
import Pipeline
import Testing

@Test func finishedShardsAreReusedByFingerprint() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    func stage(_ letters: [String]) -> LetterStage {
        LetterStage(parameters: ["letters": "\(letters)"], letters: letters) { shard, _ in
            recorder.note("shard \(shard.key)")
        }
    }
    let first = try place.run([stage(["a", "b", "c"])])
    #expect(first.summary["letters"]?.shardCount == 3)
    let second = try place.run([stage(["c", "d", "a"])], observer: recorder)
    #expect(second.summary["letters"]?.reusedShardCount == 2)
    #expect(recorder.all.filter { $0.hasPrefix("shard") }.sorted() == ["shard a", "shard b", "shard c", "shard d"])
    let digest = second.summary["letters"]?.outputs["words"]
    let letters = try (0..<3).map {
        try String(contentsOfFile: place.path(of: digest, file: "letter-\($0)"), encoding: .utf8)
    }
    #expect(letters == ["c", "d", "a"])
    #expect(recorder.all.last == "progress letters 3/3")
}

@Test func theBytesDoNotDependOnTheWidth() throws {
    let letters = (0..<40).map { "letter \($0)" }
    let digests = try [1, 2, 7].map { jobs in
        let place = try TemporaryWorkspace()
        return try place.run([LetterStage(letters: letters)]) { $0.jobs = jobs }.summary["letters"]?.outputs["words"]
    }
    #expect(Set(digests).count == 1)
    #expect(digests[0] != nil)
}

@Test func shardsRunAtTheSameTime() throws {
    let place = try TemporaryWorkspace()
    let both = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
    let stage = LetterStage(letters: ["0", "1"]) { shard, _ in
        let own = shard.key == "0" ? 0 : 1
        both[own].signal()
        #expect(both[1 - own].wait(timeout: .now() + 20) == .success)
    }
    #expect(try place.run([stage]).summary.status == .succeeded)
}

@Test func aFailingShardIsTriedAgainAloneAndThenFailsItsStage() throws {
    struct Flaky: Error {}
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    func stage(failures: Int) -> LetterStage {
        LetterStage(retry: RetryPolicy(count: 1, backoffSeconds: 0), letters: ["a", "b", "c"]) { shard, _ in
            recorder.note("shard \(shard.key)")
            if shard.key == "b" && recorder.count("shard b") <= failures { throw Flaky() }
        }
    }
    let broken = try place.run([stage(failures: 2)])
    #expect(broken.failures.first?.shard == "b")
    #expect(broken.failures.first?.cause is Flaky)
    #expect(broken.summary["letters"]?.status == .failed)
    // What was finished stays: the next run computes what is missing only.
    let counts = [recorder.count("shard a"), recorder.count("shard c")]
    let mended = try place.run([stage(failures: 2)], observer: recorder)
    #expect(mended.summary.status == .succeeded)
    #expect(mended.summary["letters"]?.reusedShardCount == counts.reduce(0, +))
    #expect(recorder.count("shard a") == 1)
    #expect(recorder.count("shard b") == 3)
    #expect(recorder.count("shard c") == 1)
}

@Test func aDamagedShardIsComputedAgain() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    func stage(_ version: Int) -> LetterStage {
        LetterStage(version: version, letters: ["a", "b"]) { shard, _ in recorder.note("shard \(shard.key)") }
    }
    let first = try place.run([stage(1)])
    // The output's file is another name of the shard's: one flipped byte damages both.
    try place.damage(place.path(of: first.summary["letters"]?.outputs["words"], file: "letter-1"))
    let second = try place.run([stage(2)])
    #expect(second.summary["letters"]?.reusedShardCount == 1)
    #expect(recorder.all == ["shard a", "shard b", "shard b"] || recorder.all == ["shard b", "shard a", "shard b"])
    #expect(try place.workspace.verify().problems == [])
}

@Test func forcingComputesEveryShardAgain() throws {
    let place = try TemporaryWorkspace()
    let recorder = Recorder()
    let stage = LetterStage(letters: ["a", "b"]) { shard, _ in recorder.note("shard \(shard.key)") }
    try place.run([stage])
    let forced = try place.run([stage]) { $0.forced = ["letters"] }
    #expect(forced.summary["letters"]?.reusedShardCount == 0)
    #expect(recorder.count("shard a") == 2 && recorder.count("shard b") == 2)
}

@Test func shardsOfEarlierRunsAreGivenToTheStage() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run([LetterStage(letters: ["a", "b", "c"])])
    // A damaged one is none.
    try place.damage(place.path(of: first.summary["letters"]?.outputs["words"], file: "letter-2"))
    let recorder = Recorder()
    try place.run([
        LetterStage(version: 2, letters: ["z"]) { _, context in
            for shard in try context.stage.completedShards("family") {
                recorder.note(
                    shard.shard.key + (try String(contentsOf: shard.folder.appending(path: "letter"), encoding: .utf8)))
            }
            #expect(try context.stage.completedShards("another family").isEmpty)
        }
    ])
    #expect(recorder.all == ["aa", "bb"])
}

@Test func progressIsToldWithinShardsAndBeginsWhereAnEarlierRunEnded() throws {
    let place = try TemporaryWorkspace()
    let reporting: @Sendable (Shard, ShardContext) throws -> Void = { shard, context in
        for part in 1...50 { context.stage.progress.update(done: part, total: nil, unit: "letters") }
    }
    let first = Recorder()
    try place.run([LetterStage(letters: ["a", "b"], weight: 50, body: reporting)], observer: first)
    let told = first.all.filter { $0.hasPrefix("progress") }
    #expect(told.first == "progress letters 0/100" && told.last == "progress letters 100/100", "\(told)")
    let second = Recorder()
    try place.run(
        [LetterStage(parameters: ["v": "2"], letters: ["a", "b", "c"], weight: 50, body: reporting)], observer: second)
    let later = second.all.filter { $0.hasPrefix("progress") }
    // Shards of the run before count once, at the start: they are no speed of this run.
    #expect(later.first == "progress letters 100/150" && later.last == "progress letters 150/150", "\(later)")
    #expect(later.allSatisfy { $0 >= "progress letters 100/150" })
}
