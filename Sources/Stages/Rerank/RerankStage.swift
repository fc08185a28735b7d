internal import Compatibility
internal import LinearAlgebra
internal import Pipeline

/// One list an item over all its adjacent categories: calibrated, with a quota for each category, and varied.
struct RerankStage: Stage {
    struct Parameters: StageParameters {
        /// Items of a list.
        var length = 20
        /// 1: compatibility alone; 0: variety alone (Carbonell and Goldstein, 1998).
        var lambda = 0.7
        /// The greatest share of a list that one category may take.
        var maximumShare = 0.4
        /// How much alike colours count as alike items, 0…1, beside the embeddings.
        var colourWeight = 0.0
        var seed: UInt64 = 1

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require("length", length, in: 1...10_000)
            try ParameterProblem.require("lambda", lambda, in: 0...1)
            try ParameterProblem.require("maximum_share", maximumShare, in: 0...1)
            try ParameterProblem.require("colour_weight", colourWeight, in: 0...1)
        }
    }

    let settings: Parameters
    let retry: RetryPolicy

    let name: StageName = "rerank"
    let version = 2
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["candidates", "catalog", "features", "index", "model"]
    let outputs: [ArtifactName] = ["lists"]
    var parameters: [String: String] { settings.canonicalParameters() }

    func run(_ context: StageContext) throws {
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog(attributes: .none)
        let index = try IndexFiles(ArtifactFiles(context.input("index"))).read()
        let model = try ArtifactFiles(context.input("model")).readModel(ModelTraining.modelName)
        let scorer = EmbeddingScorer(model: model, embeddings: index.embeddings, categoryOfItem: catalog.categoryOfItem)
        let calibration = ScoreCalibration(
            indexes: index.indexes, adjacency: index.adjacency, categoryOfItem: catalog.categoryOfItem, queries: scorer,
            seed: settings.seed)
        let builder = ListBuilder(
            length: settings.length, calibration: calibration, adjacency: index.adjacency,
            quota: CategoryQuota(maximumShare: settings.maximumShare),
            diversity: MaximalMarginalRelevance(lambda: Float(settings.lambda)))
        let similarity = try similarity(of: index.embeddings, context)
        let files = ArtifactFiles(context.output("lists"))
        var lists = ListFiles.Columns()
        var shortfalls: [Shortfall] = []
        for shard in try CandidateSummary.shards(of: context.input("candidates")) {
            try context.cancellation.check()
            let made = FinalLists(
                try shard.read(), builder: builder, categoryOfItem: catalog.categoryOfItem, similarity: similarity,
                parallelism: Parallelism(width: context.width))
            for item in made.items { lists.append(made[item]) }
            shortfalls += made.shortfalls
            context.progress.update(done: lists.listCount, total: catalog.items.count, unit: "items")
        }
        try ListFiles(files).write(lists)
        try files.writeJSON(ListFiles.calibrationName, calibration)
        try files.writeJSONLines("shortfalls.jsonl", shortfalls)
    }

    private func similarity(of embeddings: Matrix, _ context: StageContext) throws -> WeightedSimilarity {
        let byEmbedding = CosineSimilarity(embeddings)
        guard settings.colourWeight > 0 else { return WeightedSimilarity([(byEmbedding, 1)]) }
        let features = try FeatureFiles(ArtifactFiles(context.input("features"))).read(["colour-histogram"])
        guard let block = features.blocks.first, case .dense(let histogram) = block.values else {
            return WeightedSimilarity([(byEmbedding, 1)])
        }
        let weight = Float(settings.colourWeight)
        return WeightedSimilarity([(byEmbedding, 1 - weight), (CosineSimilarity(histogram), weight)])
    }
}
