import Foundation
import Pipeline
import Synchronization

/// A stage made of closures.
struct PlainStage: Stage {
    var name: StageName
    var version = 1
    var pool = StagePool.cpu
    var inputs: [ArtifactName] = []
    var externalInputs: [ExternalInput] = []
    var outputs: [ArtifactName]
    var parameters: [String: String] = [:]
    var retry = RetryPolicy.never
    var body: @Sendable (StageContext) throws -> Void

    func run(_ context: StageContext) throws { try body(context) }
}

/// A sharded stage: a shard holds its key, the output all keys in order.
struct LetterStage: ShardedStage {
    var name: StageName = "letters"
    var version = 1
    var pool = StagePool.cpu
    var inputs: [ArtifactName] = []
    var outputs: [ArtifactName] = ["words"]
    var parameters: [String: String] = [:]
    var retry = RetryPolicy.never
    var letters: [String]
    var shardFamily = "family"
    var asksForFinishedShards = true
    var weight = 1
    let unit = "letters"
    var body: @Sendable (Shard, ShardContext) throws -> Void = { _, _ in }
    var beforePlan: @Sendable () throws -> Void = {}

    func planShards(_ context: StageContext) throws -> [Shard] {
        try beforePlan()
        return letters.map { Shard(key: $0, fingerprint: ContentDigest.sha256(of: $0.utf8), weight: weight) }
    }

    func runShard(_ shard: Shard, _ context: ShardContext) throws {
        try body(shard, context)
        try Data(shard.key.utf8).write(to: context.folder.appending(path: "letter"))
    }

    func merge(_ shards: [CompletedShard], _ context: StageContext) throws {
        for (index, shard) in shards.enumerated() {
            try linkOrCopy(
                shard.folder.appending(path: "letter"), to: context.output("words").appending(path: "letter-\(index)"))
        }
    }
}

extension StageContext {
    func write(_ text: String, to artifact: ArtifactName, file: String = "content") throws {
        try Data(text.utf8).write(to: output(artifact).appending(path: file))
    }

    func read(_ artifact: ArtifactName, file: String = "content") throws -> String {
        try String(contentsOf: input(artifact).appending(path: file), encoding: .utf8)
    }
}

/// What observers were told, and what stages did, in order.
final class Recorder: RunObserver {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func note(_ line: String) { lines.withLock { $0.append(line) } }

    func count(_ line: String) -> Int { all.count { $0 == line } }

    func observe(_ event: RunEvent) {
        switch event {
        case .stageStarted(let name, _): note("started \(name)")
        case .stageSkipped(let name, let culprits): note("skipped \(name) because \(culprits)")
        case .retrying(let name, let shard, let attempt, let pause, _):
            note("retrying \(name) \(shard ?? "-") \(attempt) \(pause)")
        case .stageWarned(let name, let message): note("warned \(name): \(message)")
        case .runWarned(let message, _): note("warned: \(message)")
        case .ledgerRebuilt: note("ledger rebuilt")
        case .stageProgress(let name, let done, let total, _): note("progress \(name) \(done)/\(total ?? -1)")
        case .readingInputs(let name, let done, let total): note("reading \(name) \(done)/\(total)")
        case .inputsRead(let name): note("read \(name)")
        default: break
        }
    }
}

/// A workspace in a temporary folder, removed with the value.
final class TemporaryWorkspace {
    let root: URL
    let workspace: Workspace

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "atelier-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        workspace = Workspace(folder: root.appending(path: "workspace"))
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func executor(
        _ stages: [any Stage], faults: FaultInjection = .none, cancellation: CancellationFlag = CancellationFlag(),
        observer: Recorder = Recorder(), change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Executor {
        var options = RunOptions(job: "test", jobs: 2)
        change(&options)
        return Executor(
            workspace: workspace, graph: try StageGraph(stages: stages), options: options, observers: [observer],
            cancellation: cancellation, faults: faults)
    }

    @discardableResult
    func run(
        _ stages: [any Stage], faults: FaultInjection = .none, observer: Recorder = Recorder(),
        change: (inout RunOptions) -> Void = { _ in }
    ) throws -> RunResult {
        try executor(stages, faults: faults, observer: observer, change: change).run()
    }

    func file(_ name: String, _ text: String) throws -> ExternalInput {
        let url = root.appending(path: name)
        try Data(text.utf8).write(to: url)
        return ExternalInput(label: name, url: url)
    }

    func path(of digest: String?, file: String = "content") throws -> String {
        let store = ArtifactStore(workspace: workspace)
        return store.folder(of: digest ?? "none").filePath + "/" + file
    }

    /// Overwrites bytes of a read-only file in place.
    func damage(_ path: String, at offset: UInt64 = 0, truncatingTo length: UInt64? = nil) throws {
        chmod(path, 0o644)
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        defer { try? handle.close() }
        if let length {
            try handle.truncate(atOffset: length)
        } else {
            try handle.seek(toOffset: offset)
            let byte = try handle.read(upToCount: 1)?.first ?? 0
            try handle.seek(toOffset: offset)
            try handle.write(contentsOf: Data([byte ^ 0x20]))
        }
    }
}

/// Three stages in a row, with a fourth beside them: source → upper → length, and other.
func chain(source: String = "alpha", suffix: String = "!", recorder: Recorder = Recorder()) -> [any Stage] {
    [
        PlainStage(name: "source", outputs: ["text"], parameters: ["text": source]) { context in
            recorder.note("source")
            try context.write(source, to: "text")
        },
        PlainStage(name: "upper", inputs: ["text"], outputs: ["capitals"], parameters: ["suffix": suffix]) { context in
            recorder.note("upper")
            try context.write(context.read("text").uppercased() + suffix, to: "capitals")
        },
        PlainStage(name: "length", inputs: ["capitals"], outputs: ["count"]) { context in
            recorder.note("length")
            try context.write(String(context.read("capitals").count), to: "count")
        },
        PlainStage(name: "other", outputs: ["aside"]) { context in
            recorder.note("other")
            try context.write("aside", to: "aside")
        },
    ]
}
