package import Foundation
package import Logging

/// What the engine hands to a running stage.
///
/// `@unchecked Sendable` is not needed: every member is a value or guards itself.
package struct StageContext: Sendable {
    package let stage: StageName
    /// The folder of each input artifact, read-only.
    package let inputFolders: [ArtifactName: URL]
    /// SHA-256 of each input artifact's content, lowercase hexadecimal.
    package let inputDigests: [ArtifactName: String]
    /// SHA-256 of each external input's bytes, by label.
    package let externalDigests: [String: String]
    /// An empty folder for each output, on the workspace's file system.
    package let outputFolders: [ArtifactName: URL]
    /// A folder that belongs to this fingerprint: what is left there by a killed run is there on the next, and is gone
    /// once the stage has succeeded. For checkpoints within a stage; write them with `CheckpointFile`.
    package let scratchFolder: URL
    /// Threads that the stage may use.
    package let width: Int
    package let cancellation: CancellationFlag
    package let progress: StageProgress
    package let logger: Logger
    /// Finished shards of a family, from this run or any earlier one that is still kept.
    package let completedShards: @Sendable (_ family: String) throws -> [CompletedShard]
    /// Where builds and the rest of the workspace lie; nil in a context made by hand.
    package let workspace: Workspace?
    /// The user asked for this stage to run whatever its state.
    package let isForced: Bool
    private let store: ArtifactStore?

    package init(
        stage: StageName, inputFolders: [ArtifactName: URL], inputDigests: [ArtifactName: String],
        externalDigests: [String: String], outputFolders: [ArtifactName: URL], scratchFolder: URL, width: Int,
        cancellation: CancellationFlag, progress: StageProgress, logger: Logger,
        completedShards: @escaping @Sendable (_ family: String) throws -> [CompletedShard],
        workspace: Workspace? = nil, isForced: Bool = false, store: ArtifactStore? = nil
    ) {
        self.stage = stage
        self.inputFolders = inputFolders
        self.inputDigests = inputDigests
        self.externalDigests = externalDigests
        self.outputFolders = outputFolders
        self.scratchFolder = scratchFolder
        self.width = width
        self.cancellation = cancellation
        self.progress = progress
        self.logger = logger
        self.completedShards = completedShards
        self.workspace = workspace
        self.isForced = isForced
        self.store = store
    }

    /// The workspace's builds, for a stage that publishes; nil in a context made by hand.
    package var builds: BuildStore? {
        store.map(BuildStore.init(store:)) ?? workspace.map { BuildStore(workspace: $0) }
    }

    /// The folder of an input that the stage declared.
    package func input(_ name: ArtifactName) -> URL {
        guard let folder = inputFolders[name] else { preconditionFailure("\(stage) did not declare input \(name)") }
        return folder
    }

    /// The folder of an output that the stage declared.
    package func output(_ name: ArtifactName) -> URL {
        guard let folder = outputFolders[name] else { preconditionFailure("\(stage) did not declare output \(name)") }
        return folder
    }
}

/// What the engine hands to one running shard.
package struct ShardContext: Sendable {
    /// The stage's context. A shard reports to its progress how far it is with itself, from 0 to its weight; the engine
    /// adds the shards up.
    package let stage: StageContext
    /// An empty folder for what the shard writes.
    package let folder: URL

    package init(stage: StageContext, folder: URL) {
        self.stage = stage
        self.folder = folder
    }
}
