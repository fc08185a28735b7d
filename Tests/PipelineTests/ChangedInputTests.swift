import Foundation
import Pipeline
import Testing

/// Reads an external file a shard and writes what it found there.
private struct ReaderStage: ShardedStage {
    let name: StageName = "reader"
    let version = 1
    let pool = StagePool.io
    let inputs: [ArtifactName] = []
    let outputs: [ArtifactName] = ["read"]
    let parameters: [String: String] = [:]
    var retry = RetryPolicy.never
    let shardFamily = "family"
    let unit = "files"
    let externalInputs: [ExternalInput]
    var before: @Sendable (_ shard: String) throws -> Void = { _ in }
    var afterwards: @Sendable () throws -> Void = {}

    func externalInputs(readFor shard: Shard?) -> [ExternalInput] {
        externalInputs.filter { $0.label == shard?.key }
    }

    func planShards(_ context: StageContext) throws -> [Shard] {
        externalInputs.map { input in
            Shard(key: input.label, fingerprint: context.externalDigests[input.label] ?? "", weight: 1)
        }
    }

    func runShard(_ shard: Shard, _ context: ShardContext) throws {
        try before(shard.key)
        guard let input = externalInputs.first(where: { $0.label == shard.key }) else { return }
        try Data(contentsOf: input.url).write(to: context.folder.appending(path: "content"))
    }

    func merge(_ shards: [CompletedShard], _ context: StageContext) throws {
        try afterwards()
        let texts = try shards.map { try String(contentsOf: $0.folder.appending(path: "content"), encoding: .utf8) }
        try context.write(texts.joined(separator: " "), to: "read")
    }
}

private func append(_ text: String, to url: URL) throws {
    let handle = try FileHandle(forWritingTo: url)
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
}

/// Archives arrive while a run goes on.
private enum Change: CaseIterable {
    case grows
    case isReplaced
    case isGone

    func make(_ url: URL) throws {
        switch self {
        case .grows: try append(" and more", to: url)
        case .isReplaced:
            let other = url.appendingPathExtension("new")
            // Of the same size and time: another file all the same.
            try Data("BETA".utf8).write(to: other)
            let time = try FileManager.default.attributesOfItem(atPath: url.path)[.modificationDate] ?? Date()
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: other.path)
            guard rename(other.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        case .isGone: try FileManager.default.removeItem(at: url)
        }
    }
}

@Test(arguments: Change.allCases)
private func aFileThatChangesBetweenHashingAndReadingIsNeverRecordedUnderItsOldDigest(_ change: Change) throws {
    let place = try TemporaryWorkspace()
    let inputs = [try place.file("a.tar", "alpha"), try place.file("b.tar", "beta")]
    let recorder = Recorder()
    var stage = ReaderStage(externalInputs: inputs)
    stage.retry = RetryPolicy(count: 3, backoffSeconds: 0.01)
    stage.before = { key in
        recorder.note(key)
        if key == "b.tar" { try change.make(inputs[1].url) }
    }
    let first = try place.run([stage], observer: recorder)
    let failure = try #require(first.failures.first)
    #expect(first.summary.status == .failed)
    #expect((failure.cause as? ChangedInputError)?.label == "b.tar", "\(failure.cause)")
    #expect("\(failure.cause)" == "b.tar: changed while it was read; run again once it is whole")
    // Another attempt of this run would read the same under the same digest.
    #expect(recorder.count("b.tar") == 1)
    if change == .isGone { try Data("gamma".utf8).write(to: inputs[1].url) }

    recorder.note("again")
    stage.before = { recorder.note("again \($0)") }
    let second = try place.run([stage], observer: recorder)
    #expect(second.summary.status == .succeeded, "\(second.failures)")
    let now = try String(contentsOf: inputs[1].url, encoding: .utf8)
    let read = try String(contentsOfFile: place.path(of: second.summary["reader"]?.outputs["read"]), encoding: .utf8)
    #expect(read == "alpha \(now)" && now != "beta")
    // What was read as it had been hashed is kept.
    #expect(recorder.count("again a.tar") == 0 && recorder.count("again b.tar") == 1)
}

@Test func aFileThatWasReadAlreadyMayChange() throws {
    let place = try TemporaryWorkspace()
    let input = try place.file("a.tar", "alpha")
    var stage = ReaderStage(externalInputs: [input])
    stage.afterwards = { try append("!", to: input.url) }
    #expect(try place.run([stage]).summary.status == .succeeded)
    stage.afterwards = {}
    let next = try place.run([stage])
    #expect(next.summary["reader"]?.reasons.contains { if case .inputChanged = $0 { true } else { false } } == true)
}

@Test func aNewNameOrModeIsNoChange() throws {
    let place = try TemporaryWorkspace()
    let input = try place.file("a.tar", "alpha")
    var stage = ReaderStage(externalInputs: [input])
    stage.before = { _ in
        try FileManager.default.linkItem(at: input.url, to: input.url.appendingPathExtension("backup"))
        chmod(input.url.path, 0o600)
    }
    #expect(try place.run([stage]).summary.status == .succeeded)
}

@Test(arguments: [false, true])
func aStageWithoutShardsIsHeldAgainstItsInputsToo(_ fails: Bool) throws {
    let place = try TemporaryWorkspace()
    let input = try place.file("model.onnx", "weights")
    let stage = PlainStage(name: "encode", externalInputs: [input], outputs: ["vectors"]) { context in
        try append("!", to: input.url)
        // As a reader does that meets the end too early.
        if fails { throw CocoaError(.fileReadCorruptFile) }
        try context.write("x", to: "vectors")
    }
    let result = try place.run([stage])
    #expect(result.failures.first?.cause is ChangedInputError, "\(result.failures)")
    #expect(try !place.executor([stage]).plan().entries.contains { $0.state == .upToDate })
}
