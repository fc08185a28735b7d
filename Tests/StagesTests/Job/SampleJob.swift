import Foundation
import Logging
import Pipeline
import Samples
import Stages

/// A whole job over small sample archives, run in this process: every real stage, the real ledger, real files.
final class SampleJob {
    let folder: URL
    let workspace: Workspace
    private let samples: URL
    private let jobFile: URL

    /// The archives are made once for all tests: they are the same bytes each time.
    private static let shared: URL = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "atelier-samples-\(UUID().uuidString)")
        var parameters = SampleParameters()
        parameters.itemCount = 192
        parameters.outfitCount = 600
        parameters.pictureWidth = 72
        do {
            try SampleCollection.write(to: folder.path, parameters)
        } catch {
            preconditionFailure("no sample archives: \(error)")
        }
        atexit { try? FileManager.default.removeItem(at: SampleJob.shared) }
        return folder
    }()

    /// Two members, and a completion model of so few batches that a test may interrupt it at every other one.
    static let twoMembers = ["train.members=2", "train.completion.epochs=1", "train.completion.networks=1"]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-job-\(UUID().uuidString)")
        samples = Self.shared
        workspace = Workspace(folder: folder.appendingPathComponent("workspace"))
        jobFile = folder.appendingPathComponent("job.yaml")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(Self.text.utf8).write(to: jobFile)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func archive(_ name: String) -> URL { samples.appendingPathComponent(name) }

    /// Runs the job; a fault, where there is one, ends the run as a kill would.
    @discardableResult
    func run(
        _ overrides: [String] = [], jobs: Int = 2, forced: Set<StageName> = [], until: [StageName] = [],
        faults: FaultInjection = .none
    ) throws -> RunSummary {
        try executor(overrides, jobs: jobs, forced: forced, until: until, faults: faults).run().summary
    }

    /// One stage of the job, for a test that runs it by hand.
    func stage(_ name: StageName, _ overrides: [String]) throws -> (any Stage)? {
        try stages(overrides).first { $0.name == name }
    }

    /// Runs the code of one stage on the artifacts of a run, some of them replaced.
    func runByHand(_ name: StageName, of summary: RunSummary, instead folders: [ArtifactName: URL]) throws {
        guard let stage = try stage(name, []) else { return }
        var inputs: [ArtifactName: URL] = [:]
        for input in stage.inputs { inputs[input] = folders[input] ?? artifact(input.rawValue, of: summary) }
        let place = folder.appendingPathComponent("by-hand-\(UUID().uuidString)")
        var outputs: [ArtifactName: URL] = [:]
        for output in stage.outputs {
            outputs[output] = place.appendingPathComponent(output.rawValue)
            try FileManager.default.createDirectory(
                at: place.appendingPathComponent(output.rawValue), withIntermediateDirectories: true)
        }
        let context = StageContext(
            stage: name, inputFolders: inputs, inputDigests: [:], externalDigests: [:], outputFolders: outputs,
            scratchFolder: place, width: 2, cancellation: CancellationFlag(), progress: .silent,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, completedShards: { _ in [] })
        try stage.run(context)
    }

    private func stages(_ overrides: [String]) throws -> [any Stage] {
        try StageRegistry.stages(
            for: try JobFile.load(path: jobFile.path, environment: ["SAMPLES": samples.path], overrides: overrides))
    }

    func executor(
        _ overrides: [String] = [], jobs: Int = 2, forced: Set<StageName> = [], until: [StageName] = [],
        faults: FaultInjection = .none
    ) throws -> Executor {
        let graph = try StageGraph(stages: try stages(overrides))
        return Executor(
            workspace: workspace, graph: graph,
            options: RunOptions(
                job: "sample", selection: StageSelection(until: until), forced: forced, jobs: jobs),
            faults: faults)
    }

    /// The folder of an artifact that a stage of the last run wrote.
    func artifact(_ name: String, of summary: RunSummary) -> URL? {
        for stage in summary.stages {
            if let digest = stage.outputs[name] {
                return workspace.artifactsFolder.appendingPathComponent(String(digest.prefix(2)))
                    .appendingPathComponent(String(digest.dropFirst(2)))
            }
        }
        return nil
    }

    private static let text = """
        version: 1
        stages:
          ingest:
            archives:
              - ${SAMPLES}/catalogue.tar.gz
              - ${SAMPLES}/polyvore.zip
              - ${SAMPLES}/maryland.tar.xz
            quarantine_fraction_limit: 0.1
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
              outfits: {members: [outfits.csv], outfit: outfit_id, item: item_id}
          featurize:
            picture_side: 64
            shard_size: 48
            text: {dimension: 256, excluded_attributes: [item_id, model, image]}
          label: {season_attribute: season}
          warmup: {epochs: 2, hidden: 32, dimension: 16}
          mine: {shard_size: 80}
          train: {epochs: 3, hidden: 32, dimension: 16, checkpoint_every: 4}
          topk: {candidates: 10, shard_size: 80}
          rerank: {length: 8}
          evaluate: {bootstrap_replicates: 50, colour_attribute: colour_group}
          publish: {margin: 0.1}
          export: {folder: exports}
        """
}
