internal import Compatibility
internal import Foundation
internal import LinearAlgebra
internal import Logging
internal import Pipeline

extension PublishStage {
    /// Holds a build against the published one. Its lists must hold something even where nothing was published yet.
    func judge(
        _ id: String, against store: BuildStore, _ catalog: OutfitCatalog, _ context: StageContext
    ) throws -> GateReport {
        let lists = try ListFiles(ArtifactFiles(context.input("lists"))).read()
        var report = GateReport(
            lists: ListCoverage(lists, of: catalog, minimumShare: settings.minimumListShare))
        report.against = store.currentID
        if let currentID = store.currentID, let published = evidence(of: currentID, in: store, catalog, context) {
            report.lists.publishedFilledLists = published.filledLists
            report.drift = try drift(since: published.observed, lists, currentID, context)
            report.catalogue = published.catalogue
            let questions = try ask(id, published, currentID, store, catalog, context)
            report.questions = questions
            for warning in published.catalogue.warnings(since: currentID) + questions.warnings {
                context.logger.warning("\(warning)")
            }
        }
        report.refusal = report.lists.refusal ?? report.questions?.refusal
        return report
    }

    /// Nil where what was published cannot be read any more: that is no reason to stay with it.
    private func evidence(
        of build: String, in store: BuildStore, _ catalog: OutfitCatalog, _ context: StageContext
    ) -> PublishedEvidence? {
        do {
            return try PublishedEvidence(store.folder(of: build), for: catalog)
        } catch {
            context.logger.warning("the published build \(build) cannot be compared with: \(error)")
            return nil
        }
    }

    /// Drift warns and refuses nothing: a new season moves scores too.
    private func drift(
        since observed: PublishedEvidence.Observed, _ lists: RecommendationLists, _ build: String,
        _ context: StageContext
    ) throws -> BuildDrift {
        let metrics = try ArtifactFiles(context.input("metrics")).readJSON(
            EvaluateStage.metricsName, as: PublishedEvidence.Observed.self)
        let drift = BuildDrift(
            nullRates: metrics.nullRates, since: observed.nullRates, scores: lists.scores,
            distribution: observed.scoreDistribution)
        for warning in drift.warnings(since: build) { context.logger.warning("\(warning)") }
        return drift
    }

    private func ask(
        _ id: String, _ published: PublishedEvidence, _ currentID: String, _ store: BuildStore,
        _ catalog: OutfitCatalog,
        _ context: StageContext
    ) throws -> QualityGate.Verdict {
        let candidate = try PublishedBuild(folder: store.folder(of: id)).scorer()
        let labels = LabelFiles(ArtifactFiles(context.input("labels")))
        let verdict = QualityGate(margin: settings.margin, seed: settings.seed).compare(
            candidate.scorer, with: published.scorer, build: currentID, catalog: catalog,
            sets: try QuestionKind.allCases.map {
                QuestionSet(name: $0.rawValue, questions: try labels.readBlanks(settings.split, $0, catalog: catalog))
            },
            compatibility: try labels.readCompatibility(settings.split, catalog: catalog),
            learned: try labels.read().outfits(in: settings.split).filter { published.learned.contains($0.id) },
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
