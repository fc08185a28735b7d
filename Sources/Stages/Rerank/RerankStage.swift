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
        /// Whether a list shows one variant of a model, others only where nothing else is left.
        var oneVariant = true
        /// How much alike colours count as alike items, 0…1, beside the embeddings.
        var colourWeight = 0.0
        /// Whether relevance loses as much of colour as it takes for lists to agree in colour with their items as stylists'
        /// pairs do.
        var matchColour = true
        /// The attribute that names an item's colour group: agreement is then the share of pairs of one group too, beside
        /// the likeness of palettes.
        var colourAttribute = ""
        var exposure = Exposing()
        var seed: UInt64 = 1

        /// Places for items that no list shows.
        struct Exposing: StageParameters {
            /// The entries from the top of a list that count as shown.
            var depth = 10
            /// How many of them each list may give to an item that no list shows; 0 gives none.
            var places = 0
        }

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require("length", length, in: 1...10_000)
            try ParameterProblem.require("lambda", lambda, in: 0...1)
            try ParameterProblem.require("maximum_share", maximumShare, in: 0...1)
            try ParameterProblem.require("colour_weight", colourWeight, in: 0...1)
            try ParameterProblem.require("exposure.depth", exposure.depth, in: 1...255)
            try ParameterProblem.require("exposure.places", exposure.places, in: 0...exposure.depth)
        }
    }

    let settings: Parameters
    let retry: RetryPolicy

    let name: StageName = "rerank"
    let version = 10
    let pool = StagePool.cpu
    let inputs: [ArtifactName] = ["candidates", "catalog", "features", "index", "labels", "model"]
    let outputs: [ArtifactName] = ["lists"]
    var parameters: [String: String] { settings.canonicalParameters() }

    func run(_ context: StageContext) throws {
        try CatalogReader(folder: context.input("catalog"))
            .requireAttribute(settings.colourAttribute, for: "rerank.colour_attribute")
        let loaded = try LoadedRanking(context, settings: settings)
        let parallelism = Parallelism(width: context.width)
        let colour = try loaded.colourStrengths(context)
        let builder = loaded.builder(colour: colour.map(\.strength))
        let itemCount = loaded.catalog.items.count
        let files = ArtifactFiles(context.output("lists"))
        var lists: [[Recommendation]] = []
        var shortfalls: [Shortfall] = []
        for shard in loaded.shards {
            try context.cancellation.check()
            let made = FinalLists(
                try shard.read(), builder: builder, categoryOfItem: loaded.catalog.categoryOfItem,
                similarity: loaded.similarity, parallelism: parallelism)
            for item in made.items { lists.append(Array(made[item])) }
            shortfalls += made.shortfalls
            context.progress.update(done: lists.count, total: itemCount, unit: "items")
        }
        let unseen = try loaded.expose(&lists, context)
        var columns = ListFiles.Columns()
        for list in lists { columns.append(list) }
        try ListFiles(files).write(columns)
        try files.writeJSON(ListFiles.calibrationName, loaded.calibration)
        try files.writeJSON(
            RerankSummary.fileName,
            RerankSummary(
                colour: colour, colourAttribute: settings.colourAttribute, unshownItems: unseen))
        try files.writeJSONLines("shortfalls.jsonl", shortfalls)
    }
}
