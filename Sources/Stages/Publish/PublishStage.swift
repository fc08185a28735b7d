internal import Compatibility
internal import Foundation
internal import Logging
internal import Pipeline

/// Makes a complete build, holds it against the published one, and swaps it in; or keeps it aside where it is worse.
struct PublishStage: EffectStage {
    struct Parameters: StageParameters {
        /// The loss of accuracy, 0…1, that a build may show against the published one on the same questions.
        var margin = 0.02
        /// The least share, 0…1, of the published build's lists that hold an item which the new build must have. Lists that
        /// are all empty are refused whatever it is.
        var minimumListShare = 0.5
        /// Whose questions the gate asks.
        var split = Split.validation
        /// How many candidates of each adjacent category are kept for look-ups by category.
        var categoryDepth = 20
        var seed: UInt64 = 1

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require("margin", margin, in: 0...1)
            try ParameterProblem.require("minimum_list_share", minimumListShare, in: 0...1)
            try ParameterProblem.require(split != .train, "split", must: "be 'validation' or 'test'")
            try ParameterProblem.require("category_depth", categoryDepth, in: 0...10_000)
        }
    }

    /// `publication.json`: which build came of it. A build that was refused leaves none.
    struct Receipt: Codable, Sendable {
        var build: String
    }

    let settings: Parameters
    let retry: RetryPolicy

    let name: StageName = "publish"
    let version = 8
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = [
        "candidates", "catalog", "features", "index", "labels", "lists", "metrics", "model", "pictures",
    ]
    let outputs = [Self.receiptArtifact]
    var parameters: [String: String] { settings.canonicalParameters() }

    static let receiptArtifact: ArtifactName = "publication"
    static let receiptName = "publication.json"

    func pendingReason(_ context: EffectContext) throws -> RunReason? {
        guard let folder = context.outputFolders["publication"] else { return .neverRan }
        let receipt = try ArtifactFiles(folder).readJSON(Self.receiptName, as: Receipt.self)
        let builds = BuildStore(workspace: context.workspace)
        if let reason = try builds.pendingReason(for: receipt.build) { return reason }
        guard builds.currentID == receipt.build,
            let file = try builds.damagedFile(of: receipt.build, digest: context.digest)
        else { return nil }
        return .effectPending(message: "the published build \(receipt.build) is damaged: \(file)")
    }

    func run(_ context: StageContext) throws {
        guard let store = context.builds else { preconditionFailure("publishing needs a workspace") }
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog(attributes: .none)
        let staging = try store.makeStagingFolder()
        try BuildWriter(folder: staging, depth: settings.categoryDepth).write(catalog, context)
        let build = try store.commit(staging, madeFrom: context.inputDigests, width: context.width)
        try context.cancellation.check()

        if build.verdict == .rejected, !context.isForced {
            context.logger.notice("build \(build.id) stays unpublished: a rollback went past it")
        } else if store.currentID == build.id {
            try store.settle()
            context.logger.info("build \(build.id) is the current one already")
        } else {
            let report = try judge(build.id, against: store, catalog, context)
            try store.writeVerdict(report, of: build.id)
            if let refusal = report.refusal, !context.isForced {
                try store.refuse(build.id, reason: refusal)
                throw QualityGateRefusal(summary: refusal, build: build.id)
            }
            try store.publish(build.id, isForced: context.isForced)
            context.logger.info("published build \(build.id)")
        }
        try ArtifactFiles(context.output("publication")).writeJSON(Self.receiptName, Receipt(build: build.id))
    }
}
