internal import Compatibility
internal import LinearAlgebra
internal import Pipeline

/// Embeds every item, and makes one index a category and the adjacency of categories.
struct IndexStage: Stage {
    struct Parameters: StageParameters {
        var adjacency = AdjacencyParameters()

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require("adjacency.minimum_share", adjacency.minimumShare, in: 0...1)
            try ParameterProblem.require("adjacency.minimum_lift", adjacency.minimumLift, atLeast: 0)
            try ParameterProblem.require("adjacency.minimum_count", adjacency.minimumCount, atLeast: 0)
            try ParameterProblem.require("adjacency.limit", adjacency.limit, atLeast: 1)
        }
    }

    /// Which categories an item asks for.
    struct AdjacencyParameters: StageParameters {
        /// The least share of the outfits with the one category that must hold the other.
        var minimumShare = 0.05
        /// How much more often than by chance two categories must meet.
        var minimumLift = 0.0
        /// In how many outfits at least.
        var minimumCount = 2
        /// Adjacent categories of one category at most.
        var limit = 8
        /// Adjacent categories by name, for those that shall not be learned: `skirts: [shoes, tops]`.
        var overrides: [String: [String]] = [:]
    }

    let settings: Parameters
    let retry: RetryPolicy

    let name: StageName = "index"
    let version = 1
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["catalog", "features", "labels", "model"]
    let outputs: [ArtifactName] = ["index"]
    var parameters: [String: String] { settings.canonicalParameters() }

    func run(_ context: StageContext) throws {
        let catalog = try CatalogReader(folder: context.input("catalog")).catalog(attributes: .none)
        for (category, others) in settings.adjacency.overrides.sorted(by: { $0.key < $1.key }) {
            for name in [category] + others {
                try UnknownNameError.require(
                    name, among: catalog.categories, "category", for: "index.adjacency.overrides")
            }
        }
        let features = try FeatureFiles(ArtifactFiles(context.input("features"))).read()
        let labelled = try LabelFiles(ArtifactFiles(context.input("labels"))).read()
        let model = try ArtifactFiles(context.input("model")).readModel(ModelTraining.modelName)
        context.progress.update(done: 0, total: catalog.items.count, unit: "items")
        let embeddings = try model.embeddings(
            of: features, categoryOfItem: catalog.categoryOfItem, parallelism: Parallelism(width: context.width))
        guard embeddings.values.allSatisfy(\.isFinite) else { throw IndexError.embeddingNotFinite }
        try context.cancellation.check()

        var adjacency = CategoryAdjacency(
            outfits: labelled.outfits(in: .train), categoryOfItem: catalog.categoryOfItem,
            categoryCount: catalog.categories.count,
            parameters: CategoryAdjacency.Parameters(
                minimumShare: settings.adjacency.minimumShare, minimumLift: settings.adjacency.minimumLift,
                minimumCount: settings.adjacency.minimumCount, limit: settings.adjacency.limit))
        try adjacency.override(settings.adjacency.overrides, categories: catalog.categories)
        let indexes = CategoryIndexes(catalog: catalog, embeddings: embeddings)
        try IndexFiles(ArtifactFiles(context.output("index"))).write(
            embeddings: embeddings, indexes: indexes, adjacency: adjacency, categories: catalog.categories)
        context.progress.update(done: catalog.items.count, total: catalog.items.count, unit: "items")
    }
}

/// Why no index can be made.
package enum IndexError: Error, Sendable, Equatable {
    /// The model gives some item an embedding that is not a number.
    case embeddingNotFinite
}
