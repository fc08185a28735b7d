internal import Compatibility
internal import Foundation
internal import LinearAlgebra
internal import Logging
internal import Pipeline

/// Makes a complete build, holds it against the published one, and swaps it in; or keeps it aside where it is worse.
struct PublishStage: EffectStage {
    struct Parameters: StageParameters {
        /// The loss of accuracy, 0…1, that a build may show against the published one on the same questions.
        var margin = 0.02
        /// Whose questions the gate asks.
        var split = Split.validation
        /// How many candidates of each adjacent category are kept for look-ups by category.
        var categoryDepth = 20
        var seed: UInt64 = 1

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require("margin", margin, in: 0...1)
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
    let version = 5
    let pool = StagePool.io
    let inputs: [ArtifactName] = [
        "candidates", "catalog", "features", "index", "labels", "lists", "metrics", "model", "pictures",
    ]
    let outputs: [ArtifactName] = ["publication"]
    var parameters: [String: String] { settings.canonicalParameters() }

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
            context.logger.info("build \(build.id) is the current one already")
        } else {
            let verdict = try judge(build.id, against: store, catalog, context)
            if let refusal = verdict?.refusal, !context.isForced {
                try store.refuse(build.id, reason: refusal)
                throw QualityGateRefusal(summary: refusal, build: build.id)
            }
            try store.publish(build.id, isForced: context.isForced)
            context.logger.info("published build \(build.id)")
        }
        try ArtifactFiles(context.output("publication")).writeJSON(Self.receiptName, Receipt(build: build.id))
    }

    /// Nil where nothing was published yet, or what was published cannot be read any more.
    private func judge(
        _ id: String, against store: BuildStore, _ catalog: OutfitCatalog, _ context: StageContext
    ) throws -> QualityGate.Verdict? {
        guard let currentID = store.currentID else { return nil }
        let current = PublishedBuild(folder: store.folder(of: currentID))
        let published: RemappedScorer
        do {
            let other = try current.scorer()
            published = RemappedScorer(other.scorer, from: catalog, to: other.catalog)
        } catch {
            context.logger.warning("the published build \(currentID) cannot be compared with: \(error)")
            return nil
        }
        let candidate = try PublishedBuild(folder: store.folder(of: id)).scorer()
        let labels = LabelFiles(ArtifactFiles(context.input("labels")))
        let verdict = QualityGate(margin: settings.margin, seed: settings.seed).compare(
            candidate.scorer, with: published, build: currentID, catalog: catalog,
            sets: try QuestionKind.allCases.map {
                QuestionSet(name: $0.rawValue, questions: try labels.readBlanks(settings.split, $0, catalog: catalog))
            },
            compatibility: try labels.readCompatibility(settings.split, catalog: catalog),
            parallelism: Parallelism(width: context.width))
        for entry in verdict.comparison?.entries ?? [] {
            context.logger.info(
                "gate",
                metadata: [
                    "metric": "\(entry.metric)", "difference": "\(entry.comparison.difference)",
                    "lower": "\(entry.comparison.interval.lower)", "upper": "\(entry.comparison.interval.upper)",
                    "verdict": "\(entry.comparison.verdict.rawValue)",
                ])
        }
        return verdict
    }
}
