internal import Crypto
package import Foundation
internal import Logging
package import Pipeline

/// Archives into one catalogue and one store of pictures.
///
/// One shard an archive, streamed once; a finished shard serves as long as the archive's content and the layout's
/// parameters stay, wherever the archive lies and whatever it is called. The merge goes over all shards, oldest archive first.
package struct IngestStage: ShardedStage {
    package static let catalog: ArtifactName = "catalog"
    package static let pictures: ArtifactName = "pictures"

    package let name: StageName = "ingest"
    package let version = 4
    package let pool = StagePool.io
    package let inputs: [ArtifactName] = []
    package let outputs: [ArtifactName] = [Self.catalog, Self.pictures]
    package let externalInputs: [ExternalInput]
    package let parameters: [String: String]
    package let retry: RetryPolicy
    package let unit = "bytes"
    private let ingest: IngestParameters

    /// - Parameters:
    ///   - folder: what the relative paths of archives are relative to.
    package init(_ parameters: IngestParameters, relativeTo folder: URL, retry: RetryPolicy = .never) {
        ingest = parameters
        externalInputs = ArchiveList.resolve(parameters.archives, relativeTo: folder)
        // The archives themselves are external inputs, with the names that the quarantine table has.
        self.parameters = parameters.canonicalParameters().filter { $0.key != "archives" }
        self.retry = retry
    }

    /// What decides a shard's bytes beside the archive's.
    package var shardFamily: String {
        let relevant = parameters.filter { $0.key != "quarantine_fraction_limit" }
        return Self.digest(
            ["ingest shard", String(version)] + relevant.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }

    /// A shard reads its archive, and the merge reads shards: an archive that is delivered anew once its own has ended is the
    /// next run's.
    package func externalInputs(readFor shard: Shard?) -> [ExternalInput] {
        externalInputs.filter { $0.label == shard?.key }
    }

    package func planShards(_ context: StageContext) throws -> [Shard] {
        var shards: [Shard] = []
        for input in externalInputs {
            guard let content = context.externalDigests[input.label] else {
                throw IngestError.noSuchArchive(input.label)
            }
            let size = try FileManager.default.attributesOfItem(atPath: input.url.path)[.size] as? Int ?? 0
            let fingerprint = Self.digest([shardFamily, content])
            // Two archives of the same bytes are one, at the later place.
            shards.removeAll { $0.fingerprint == fingerprint }
            shards.append(Shard(key: input.label, fingerprint: fingerprint, weight: max(1, size)))
        }
        return shards
    }

    package func runShard(_ shard: Shard, _ context: ShardContext) throws {
        guard let input = externalInputs.first(where: { $0.label == shard.key }) else {
            throw IngestError.noSuchArchive(shard.key)
        }
        let cancellation = context.stage.cancellation
        let progress = context.stage.progress
        let ingestion = ArchiveIngestion(
            path: input.url.path, name: input.label, parameters: ingest,
            checkCancellation: { try cancellation.check() },
            report: { progress.update(done: $0, total: shard.weight, unit: unit) })
        try ingestion.run(into: context.folder)
    }

    package func merge(_ shards: [CompletedShard], _ context: StageContext) throws {
        let merge = DatasetMerge(
            archives: shards.map {
                MergedArchive(name: ArchiveList.name(of: $0.shard.key), folder: $0.folder)
            },
            parameters: ingest, checkCancellation: { try context.cancellation.check() })
        let summary = try merge.run(
            catalogFolder: context.output(Self.catalog), picturesFolder: context.output(Self.pictures))
        for warning in summary.warnings { context.logger.warning("\(warning)") }
    }

    private static func digest(_ parts: [String]) -> String {
        var hash = SHA256()
        // Lengths before texts: no two lists of parts read the same.
        for part in parts { hash.update(data: Array("\(part.utf8.count):\(part)".utf8)) }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
