package import LinearAlgebra

/// Fits `CompanyWeights` on held-out outfits: each item of each is to be chosen, given the others, among candidates of its
/// context, of its family, of its category and of the whole catalogue.
///
/// About a dozen numbers are fitted, on thousands of choices.
package struct CompanyFit {
    package struct Configuration: Sendable, Equatable, Codable {
        package var enabled = true
        /// Held-out outfits that are asked about, at most.
        package var outfits = 1000
        package var candidates = ChoiceCandidates(sameContext: 8, sameFamily: 3, sameCategory: 40, random: 4)
        /// How strongly weights are pulled towards no effect, in mean log-likelihood.
        package var ridge = 0.002

        package init() {}
    }

    /// Fewer held-out positives than this tell nothing.
    package static let minimumExamples = 100

    private let model: CompatibilityModel
    private let data: TrainingData
    private let configuration: Configuration
    private let outfitCounts: [Int]
    private let measures: [PairTable]

    package init(model: CompatibilityModel, data: TrainingData, configuration: Configuration) {
        self.model = model
        self.data = data
        self.configuration = configuration
        outfitCounts = data.training.outfitCounts(itemCount: data.features.itemCount)
        measures = CompanyWeights.measures(of: PairSet(outfits: data.training), outfitCounts: outfitCounts)
    }

    /// The weights and the model with them; nil where too few outfits were held out, or their scores are no numbers.
    package func run(
        seed: UInt64, parallelism: Parallelism = .serial
    ) throws(ModelError) -> (weights: CompanyWeights, model: CompatibilityModel)? {
        let choices = try choices(seed: seed, parallelism: parallelism)
        guard choices.exampleCount >= Self.minimumExamples else { return nil }
        let classes = CompanyWeights.classStarts.count
        let count = Self.featureCount
        var start = [Double](repeating: 0, count: count)
        start[0] = 1
        // A negative weight of meetings would mean that company tells against a pair; it stays at 0 instead, which the
        // search for candidates relies on.
        let theta = choices.fitted(from: start, ridge: configuration.ridge, nonNegative: 1 + classes..<count)
        guard theta.allSatisfy(\.isFinite), theta[0] > 0 else { return nil }
        let weights = CompanyWeights(
            temperature: theta[0], offsets: Array(theta[1..<1 + classes]), meetings: Array(theta[(1 + classes)...]),
            examples: choices.exampleCount, lossBefore: choices.loss(start), loss: choices.loss(theta))
        guard weights.lossBefore.isFinite, weights.loss.isFinite else { return nil }
        return (weights, model.with(company: CompanyTerm(weights, measures: measures, outfitCounts: outfitCounts)))
    }

    /// The embedding's score, the class of the candidate's number of outfits, and the measures of meetings.
    private static let featureCount = 1 + CompanyWeights.classStarts.count + CompanyWeights.measureCount

    /// Every figure of an outfit goes through the one documented scorer, the mean over pairs; so do the features here.
    private func choices(seed: UInt64, parallelism: Parallelism) throws(ModelError) -> ConditionalLogit {
        let examples = examples(seed: seed)
        let embeddings = try model.embeddings(
            of: data.features, categoryOfItem: data.categoryOfItem, parallelism: parallelism)
        let embedding = MeanPairScore(
            EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem))
        let meetings = measures.map { MeanPairScore($0) }
        let classes = outfitCounts.map(CompanyWeights.outfitClass)
        let features = parallelism.mapChunks(of: examples.count, chunkSize: 16) { _, range in
            examples[range].map { example -> [[Double]] in
                let scores = ([embedding] + meetings).map {
                    $0.completionScores(rests: [example.rest], candidates: example.candidates).values
                }
                return example.candidates.indices.map { place in
                    var features = [Double](repeating: 0, count: Self.featureCount)
                    features[0] = Double(scores[0][place])
                    features[1 + classes[example.candidates[place]]] = 1
                    for measure in meetings.indices {
                        features[Self.featureCount - meetings.count + measure] = Double(scores[1 + measure][place])
                    }
                    return features
                }
            }
        }
        var logit = ConditionalLogit(featureCount: Self.featureCount)
        for example in features.joined() { logit.append(candidates: example) }
        return logit
    }

    private func examples(seed: UInt64) -> [HeldOutChoice] {
        var random = RandomStream(seed: seed, stream: 0x4_0000_0000)
        var outfits = data.validation.filter { $0.items.count > 1 }
        random.shuffle(&outfits)
        let sampler = HeldOutChoice.Sampler(data: data, candidates: configuration.candidates)
        return outfits.prefix(configuration.outfits).flatMap { sampler.choices(of: $0, random: &random) }
    }
}
