internal import Compatibility
internal import Foundation
internal import LinearAlgebra
internal import Logging
internal import Pipeline

/// What `rerank` reads, and its two steps beside the lists themselves.
struct LoadedRanking {
    let catalog: OutfitCatalog
    let index: (embeddings: Matrix, indexes: CategoryIndexes, adjacency: CategoryAdjacency)
    let calibration: ScoreCalibration
    let similarity: WeightedSimilarity
    let shards: [CandidateFiles]
    /// What candidates were scored by.
    private let pairs: any PairScorer
    private let settings: RerankStage.Parameters
    /// What counts as alike in colour; empty where nothing is taken out.
    private let measures: [ColourMeasure]
    /// Of which a list shows one.
    private let variants: VariantGroups?

    /// Items whose lists the colour strength is fitted on, and the top of them that counts.
    private static let sampleCount = 600
    private static let colourDepth = 10
    /// Items whose wishes are held at once.
    private static let wishingItems = 512

    init(_ context: StageContext, settings: RerankStage.Parameters) throws {
        self.settings = settings
        catalog = try CatalogReader(folder: context.input("catalog")).catalog(
            attributes: settings.colourAttribute.isEmpty ? .none : .named([settings.colourAttribute]))
        index = try IndexFiles(ArtifactFiles(context.input("index"))).read()
        let model = try ArtifactFiles(context.input("model")).readModel(ModelTraining.modelName)
        let scorer = EmbeddingScorer(model: model, embeddings: index.embeddings, categoryOfItem: catalog.categoryOfItem)
        pairs = scorer.candidates
        calibration = ScoreCalibration(
            indexes: index.indexes, adjacency: index.adjacency, categoryOfItem: catalog.categoryOfItem, pairs: pairs,
            seed: settings.seed)
        let colours = try FeatureFiles(ArtifactFiles(context.input("features"))).read(
            [PaletteRow.blockName, Self.histogramName])
        similarity = Self.similarity(
            of: model.sharedSpace(of: index.embeddings), colours, weight: Float(settings.colourWeight))
        shards = try CandidateSummary.shards(of: context.input("candidates"))
        measures =
            settings.matchColour
            ? ColourMeasure.all(catalog, attribute: settings.colourAttribute, palette: colours.palette) : []
        variants = settings.oneVariant ? VariantGroups(catalog) : nil
    }

    private static let histogramName = "colour-histogram"

    private static func similarity(of vectors: Matrix, _ colours: FeatureSet, weight: Float) -> WeightedSimilarity {
        let byEmbedding = CosineSimilarity(vectors)
        guard weight > 0, let block = colours.blocks.first(where: { $0.name == histogramName }),
            case .dense(let histogram) = block.values
        else { return WeightedSimilarity([(byEmbedding, 1)]) }
        return WeightedSimilarity([(byEmbedding, 1 - weight), (CosineSimilarity(histogram), weight)])
    }

    func builder(colour strengths: [Float]) -> ListBuilder {
        ListBuilder(
            length: settings.length, calibration: calibration, adjacency: index.adjacency,
            quota: CategoryQuota(maximumShare: settings.maximumShare),
            diversity: MaximalMarginalRelevance(lambda: Float(settings.lambda)),
            colour: ColourDamping(zip(measures, strengths).map { ColourDamping.Term($0.likeness, strength: $1) }),
            variants: variants)
    }

    /// For each measure the strength at which the lists of a sample agree in colour as much as stylists' pairs of two
    /// categories.
    func colourStrengths(_ context: StageContext) throws -> [ColourMeasure.Strength] {
        guard !measures.isEmpty else { return [] }
        let parallelism = Parallelism(width: context.width)
        let labelled = try LabelFiles(ArtifactFiles(context.input("labels"))).read()
        let stylists = ItemPairs(outfits: labelled.outfits(in: .train), limit: 50_000)
            .crossing(categoryOfItem: catalog.categoryOfItem)
        let targets = measures.map { $0.agreement(of: stylists, catalog, parallelism) }
        let sample = try sampledCandidates()
        // A measure of which stylists' pairs say nothing takes nothing out.
        let fitted = try ColourDamping.fit(targets: targets.map { $0 ?? .infinity }) { strengths, measure in
            try context.cancellation.check()
            let builder = builder(colour: strengths)
            let lists = parallelism.mapChunks(of: sample.count, chunkSize: 16) { _, range in
                range.map { place in
                    builder.list(
                        for: sample[place].item, category: catalog.categoryOfItem[sample[place].item],
                        candidates: sample[place].lists, similarity: similarity
                    ).recommendations.prefix(Self.colourDepth)
                }
            }.flatMap { $0 }
            var pairs = ItemPairs()
            for (place, list) in lists.enumerated() {
                for entry in list { pairs.append(sample[place].item, Int(entry.row)) }
            }
            return measures[measure].agreement(of: pairs, catalog, parallelism) ?? 0
        }
        for ((measure, target), strength) in zip(zip(measures, targets), fitted) {
            context.logger.info(
                "colour",
                metadata: [
                    "measure": "\(measure.name)", "stylists": "\(target ?? .nan)", "strength": "\(strength)",
                ])
        }
        return zip(measures, fitted).map { ColourMeasure.Strength(measure: $0.name, strength: $1) }
    }

    private typealias Candidates = (item: Int, lists: [(target: Int, candidates: [ScoredIndex])])

    private func sampledCandidates() throws -> [Candidates] {
        let wanted = Set(ListMetrics.evenlySpaced(Array(catalog.items.indices), count: Self.sampleCount))
        var sample: [Candidates] = []
        for shard in shards {
            let lists = try shard.read()
            for item in lists.items where wanted.contains(item) { sample.append((item, lists.lists(of: item))) }
        }
        return sample
    }

    /// Gives items that no list shows their places. Returns how many are left without one.
    func expose(_ lists: inout [[Recommendation]], _ context: StageContext) throws -> Int {
        var exposure = Exposure(
            depth: settings.exposure.depth, places: settings.exposure.places, lists: lists, variants: variants)
        let isEligible = catalog.items.map(\.isAvailable)
        func unshown() -> Int { isEligible.indices.count { isEligible[$0] && exposure.showings[$0] == 0 } }
        guard settings.exposure.places > 0 else { return unshown() }
        for shard in shards {
            try context.cancellation.check()
            let candidates = try shard.read()
            // Placing one item leaves all others as shown or unshown as they were.
            let items = candidates.items.filter { isEligible[$0] && exposure.showings[$0] == 0 }
            for start in stride(from: 0, to: items.count, by: Self.wishingItems) {
                let block = items[start..<min(items.count, start + Self.wishingItems)]
                let wanted = Parallelism(width: context.width).mapChunks(of: block.count, chunkSize: 8) { _, range in
                    range.map { wishes(of: block[start + $0], candidates.lists(of: block[start + $0])) }
                }
                for wishes in wanted.joined() { _ = exposure.place(wishes, in: &lists) }
            }
        }
        return unshown()
    }

    /// An item's own candidates are the items that it goes best with: their lists are where it wants to stand.
    private func wishes(
        of item: Int, _ candidates: [(target: Int, candidates: [ScoredIndex])]
    ) -> [Exposure.Wish] {
        let category = catalog.categoryOfItem[item]
        let anchors = candidates.filter { list in
            index.adjacency[list.target].contains { $0.category == category }
        }.flatMap { list in list.candidates.map { (target: list.target, row: Int($0.index)) } }
        // How well the item goes beside a candidate is not how well the candidate goes beside the item.
        let scores = pairs.scores(anchors: anchors.map(\.row), candidates: [item])
        var wishes: [Exposure.Wish] = []
        for (place, anchor) in anchors.enumerated() {
            let score = calibration.calibrated(scores[place, 0], source: anchor.target, target: category)
            guard score.isFinite else { continue }
            wishes.append(
                Exposure.Wish(
                    anchor: anchor.row,
                    entry: Recommendation(
                        row: Int32(item), category: Int32(category), score: score, marginalRelevance: 0)))
        }
        return wishes.sorted { ($0.entry.score, -$0.anchor) > ($1.entry.score, -$1.anchor) }
    }
}
