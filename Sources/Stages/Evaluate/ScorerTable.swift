internal import Compatibility

/// The model and the baselines that stand beside it in every table.
struct ScorerTable {
    struct Entry {
        var name: String
        var scorer: any PairScorer
        /// What scores outfits; the mean over pairs where there is nothing better.
        var outfits: any OutfitScorer
        var isBaseline: Bool

        init(name: String, scorer: any PairScorer, outfits: (any OutfitScorer)? = nil, isBaseline: Bool) {
            self.name = name
            self.scorer = scorer
            self.outfits = outfits ?? MeanPairScore(scorer)
            self.isBaseline = isBaseline
        }
    }

    let baselines: [Entry]

    /// - Parameter palette: nil where no picture could be measured; colour is then no baseline.
    init(catalog: OutfitCatalog, labelled: LabelledOutfits, palette: PaletteSimilarity?, seed: UInt64) {
        let training = labelled.outfits(in: .train)
        let counts = labelled.outfitCounts(in: .train, itemCount: catalog.items.count)
        var entries = [
            Entry(name: "random", scorer: RandomScorer(seed: seed), isBaseline: true),
            Entry(name: "popularity", scorer: PopularityScorer(outfitCounts: counts), isBaseline: true),
        ]
        if let palette { entries.append(Entry(name: "colour", scorer: palette, isBaseline: true)) }
        entries.append(
            Entry(
                name: "co-occurrence",
                scorer: CooccurrenceScorer(outfits: training, itemCount: catalog.items.count), isBaseline: true))
        baselines = entries
    }

    /// The model first, then its pairs alone where it has more to say of outfits, then the baselines.
    func withModel(_ scorer: EmbeddingScorer) -> [Entry] {
        var model = [Entry(name: "model", scorer: scorer, outfits: scorer.outfits, isBaseline: false)]
        if scorer.model.completion != nil { model.append(Entry(name: "pairs", scorer: scorer, isBaseline: true)) }
        return model + baselines
    }
}
