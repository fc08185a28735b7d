internal import Compatibility
internal import LinearAlgebra
internal import Pipeline

/// Puts the held-out questions to the model and to each baseline, and measures the lists.
struct EvaluateStage: Stage {
    struct Parameters: StageParameters {
        /// Whose questions are asked: `validation`, or `test` for a last word.
        var split = Split.validation
        /// The question set whose figures stand first.
        var mainQuestions = QuestionKind.season
        /// Recall ranks the answer among its whole category: most of the stage's time.
        var recall = true
        /// Bootstrap samples behind each interval.
        var bootstrapReplicates = 2000
        /// How many items from the top of each list count for the list figures.
        var listDepth = 10
        /// The attribute that names an item's colour group; none by default.
        var colourAttribute = ""
        var seed: UInt64 = 1

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require(split != .train, "split", must: "be 'validation' or 'test'")
            try ParameterProblem.require("bootstrap_replicates", bootstrapReplicates, in: 10...1_000_000)
            try ParameterProblem.require("list_depth", listDepth, atLeast: 1)
        }
    }

    let settings: Parameters
    let retry: RetryPolicy

    let name: StageName = "evaluate"
    let version = 10
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["catalog", "features", "index", "labels", "lists", "model"]
    let outputs: [ArtifactName] = ["metrics"]
    var parameters: [String: String] { settings.canonicalParameters() }

    static let metricsName = "metrics.json"

    func run(_ context: StageContext) throws {
        let parallelism = Parallelism(width: context.width)
        let reader = try CatalogReader(folder: context.input("catalog"))
        try reader.requireAttribute(settings.colourAttribute, for: "evaluate.colour_attribute")
        let catalog = try reader.catalog()
        let labelFiles = LabelFiles(ArtifactFiles(context.input("labels")))
        let labelled = try labelFiles.read()
        let features = try FeatureFiles(ArtifactFiles(context.input("features"))).read()
        let index = try IndexFiles(ArtifactFiles(context.input("index"))).read()
        let model = try ArtifactFiles(context.input("model")).readModel(ModelTraining.modelName)
        let scorer = EmbeddingScorer(model: model, embeddings: index.embeddings, categoryOfItem: catalog.categoryOfItem)
        let palette = features.palette

        let evaluator = BuildEvaluator(
            catalog: catalog, isSeen: labelled.itemsSeen(in: .train, itemCount: catalog.items.count),
            questionSets: try QuestionKind.allCases.map {
                QuestionSet(
                    name: $0.rawValue, questions: try labelFiles.readBlanks(settings.split, $0, catalog: catalog))
            },
            compatibility: try labelFiles.readCompatibility(settings.split, catalog: catalog),
            bootstrap: Bootstrap(replicateCount: settings.bootstrapReplicates, seed: settings.seed),
            measuresRecall: settings.recall)
        let scorers = ScorerTable(catalog: catalog, labelled: labelled, palette: palette, seed: settings.seed)
            .withModel(scorer)
        var reports: [ScorerReport] = []
        for (number, entry) in scorers.enumerated() {
            try context.cancellation.check()
            let results = evaluator.evaluate(
                entry.name, entry.scorer, outfitScorer: entry.outfits, isBaseline: entry.isBaseline,
                parallelism: parallelism,
                progress: { done, _ in
                    context.progress.update(
                        done: number * evaluator.unitCount + done, total: scorers.count * evaluator.unitCount,
                        unit: "questions")
                })
            reports.append(results.report)
        }

        var report = EvaluationReport(scorers: reports, mainQuestions: settings.mainQuestions.rawValue)
        let lists = try ListFiles(ArtifactFiles(context.input("lists"))).read()
        let training = labelled.outfits(in: .train)
        report.lists = ListMetrics(
            lists, catalog: catalog, outfitCounts: labelled.outfitCounts(in: .train, itemCount: catalog.items.count),
            similarity: CosineScorer(model.sharedSpace(of: index.embeddings)), depth: settings.listDepth,
            parallelism: parallelism)
        report.colour = ColourAgreement(
            lists: ItemPairs(lists: lists, depth: settings.listDepth), truePairs: ItemPairs(outfits: training),
            randomPairs: ItemPairs(randomFrom: catalog.items.count, seed: settings.seed), catalog: catalog,
            palette: palette, groupAttribute: settings.colourAttribute.isEmpty ? nil : settings.colourAttribute,
            model: scorer, parallelism: parallelism)
        report.colour?.cost = try colourCost(
            context, scorer, palette, questions: evaluator.questionSets, catalog: catalog,
            bootstrap: evaluator.bootstrap)
        report.leaks = try ArtifactFiles(context.input("labels")).readJSON("audit.json", as: LeakAudit.self)
        report.nullRates = NullRates(features)
        report.scoreDistribution = ScoreDistribution(decidingBinsFrom: lists.scores)
        report.training = try ModelTraining.report(in: ArtifactFiles(context.input("model")))
        try ArtifactFiles(context.output("metrics")).writeJSON(Self.metricsName, report)
    }

    /// Nil where `rerank` took nothing out.
    private func colourCost(
        _ context: StageContext, _ scorer: EmbeddingScorer, _ palette: PaletteSimilarity?, questions: [QuestionSet],
        catalog: OutfitCatalog, bootstrap: Bootstrap
    ) throws -> ColourCost? {
        let lists = ArtifactFiles(context.input("lists"))
        let summary = try lists.readJSON(RerankSummary.fileName, as: RerankSummary.self)
        guard let colour = summary.damping(catalog, palette: palette),
            let main = questions.first(where: { $0.name == settings.mainQuestions.rawValue })
        else { return nil }
        let calibration = try ListFiles(lists).readCalibration()
        return ColourCost(
            of: colour, questions: main.questions,
            relevance: { colour in
                RelevanceScorer(
                    pairs: scorer.candidates, calibration: calibration, categoryOfItem: catalog.categoryOfItem,
                    colour: colour)
            }, bootstrap: bootstrap, parallelism: Parallelism(width: context.width))
    }
}
