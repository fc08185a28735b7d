package import LinearAlgebra

/// Fits `CompanyWeights` on held-out outfits: each item of each is to be chosen, given the others, among candidates of its
/// context, of its family, of its category and of the whole catalogue.
///
/// About a dozen numbers are fitted, on thousands of choices. Unlike in training, known partners of the anchors serve as
/// candidates too: a question asks about them like about any other item.
package struct CompanyFit {
    package struct Configuration: Sendable, Equatable, Codable {
        package var enabled = true
        /// Held-out outfits that are asked about, at most.
        package var outfits = 1000
        /// Candidates beside each positive: of its context, of its family, of its category, of the whole catalogue.
        package var sameContext = 8
        package var sameFamily = 3
        package var sameCategory = 40
        package var random = 4
        /// How strongly weights are pulled towards no effect, in mean log-likelihood.
        package var ridge = 0.002

        package init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case enabled, outfits, random, ridge
            case sameContext = "same_context"
            case sameFamily = "same_family"
            case sameCategory = "same_category"
        }

        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            enabled = try values.value(.enabled, or: enabled)
            outfits = try values.value(.outfits, or: outfits)
            sameContext = try values.value(.sameContext, or: sameContext)
            sameFamily = try values.value(.sameFamily, or: sameFamily)
            sameCategory = try values.value(.sameCategory, or: sameCategory)
            random = try values.value(.random, or: random)
            ridge = try values.value(.ridge, or: ridge)
        }
    }

    /// Fewer held-out positives than this tell nothing.
    package static let minimumExamples = 100

    private let model: CompatibilityModel
    private let data: TrainingData
    private let configuration: Configuration
    private let outfitCounts: [Int]
    private let pairs: PairSet

    package init(model: CompatibilityModel, data: TrainingData, configuration: Configuration) {
        self.model = model
        self.data = data
        self.configuration = configuration
        var counts = [Int](repeating: 0, count: data.features.itemCount)
        for outfit in data.training { for item in Set(outfit.items) { counts[item] += 1 } }
        outfitCounts = counts
        pairs = PairSet(outfits: data.training)
    }

    /// The weights and the model with them; nil where too few outfits were held out.
    package func run(
        seed: UInt64, parallelism: Parallelism = .serial
    ) throws(ModelError) -> (weights: CompanyWeights, model: CompatibilityModel)? {
        let choices = try choices(seed: seed, parallelism: parallelism)
        guard choices.exampleCount >= Self.minimumExamples else { return nil }
        let classes = CompanyWeights.classStarts.count
        let count = 1 + classes + CompanyWeights.meetingCount
        var start = [Double](repeating: 0, count: count)
        start[0] = 1
        let ridge = [Double](repeating: configuration.ridge, count: count)
        var isFree = [Bool](repeating: true, count: count)
        var theta = choices.fitted(from: start, ridge: ridge, isFree: isFree)
        // A negative weight of meetings would mean that company tells against a pair; it stays at 0 instead, which the
        // search for candidates relies on.
        while let worst = (1 + classes..<count).filter({ theta[$0] < 0 }).min(by: { theta[$0] < theta[$1] }) {
            isFree[worst] = false
            theta = choices.fitted(from: start, ridge: ridge, isFree: isFree)
        }
        guard theta.allSatisfy(\.isFinite), theta[0] > 0 else { return nil }
        let weights = CompanyWeights(
            temperature: theta[0], offsets: Array(theta[1..<1 + classes]), meetings: Array(theta[(1 + classes)...]),
            examples: choices.exampleCount, lossBefore: choices.loss(start), loss: choices.loss(theta))
        return (weights, model.with(company: CompanyTerm(weights, pairs: pairs, outfitCounts: outfitCounts)))
    }

    private struct Example {
        var rest: [Int]
        /// The positive first.
        var candidates: [Int]
    }

    private func choices(seed: UInt64, parallelism: Parallelism) throws(ModelError) -> ConditionalLogit {
        let examples = examples(seed: seed)
        let classes = CompanyWeights.classStarts.count
        var logit = ConditionalLogit(featureCount: 1 + classes + CompanyWeights.meetingCount)
        guard !examples.isEmpty else { return logit }
        let embeddings = try model.embeddings(
            of: data.features, categoryOfItem: data.categoryOfItem, parallelism: parallelism)
        let anchors = Set(examples.flatMap(\.rest)).sorted()
        let place = Dictionary(uniqueKeysWithValues: anchors.enumerated().map { ($0.element, $0.offset) })
        let vectors = embeddings.rows(at: anchors)
        let anchorCategories = anchors.map { data.categoryOfItem[$0] }
        let (model, categoryCount) = (model, data.categories.count)
        let queries = parallelism.mapChunks(of: categoryCount, chunkSize: 1) { category, _ in
            model.queries(vectors, anchorCategories: anchorCategories, targetCategory: category)
        }
        let table = PairTable(pairs, itemCount: data.features.itemCount) { _, _, count in Float(count) }
        for example in examples {
            let share = 1 / Double(example.rest.count)
            logit.append(
                candidates: example.candidates.map { candidate in
                    var features = [Double](repeating: 0, count: 1 + classes + CompanyWeights.meetingCount)
                    let category = data.categoryOfItem[candidate]
                    for anchor in example.rest {
                        let query = queries[category].row(place[anchor] ?? 0)
                        features[0] += share * Double(sequentialProduct(query, embeddings.row(candidate)))
                        let met = CompanyWeights.meetings(
                            Int(table.value(anchor, candidate)), outfits: outfitCounts[anchor],
                            outfitCounts[candidate])
                        features[1 + classes] += share * met.0
                        features[2 + classes] += share * met.1
                        features[3 + classes] += share * met.2
                    }
                    features[1 + CompanyWeights.outfitClass(outfitCounts[candidate])] = 1
                    return features
                })
        }
        return logit
    }

    private func examples(seed: UInt64) -> [Example] {
        var random = RandomStream(seed: seed, stream: 0x4_0000_0000)
        var outfits = data.validation.filter { $0.items.count > 1 }
        random.shuffle(&outfits)
        let category = ItemGroups(groupOfItem: data.categoryOfItem)
        let family = data.groups.family ?? category
        let context = data.groups.context ?? family
        var examples: [Example] = []
        for outfit in outfits.prefix(configuration.outfits) {
            for (place, positive) in outfit.items.enumerated() {
                var rest = outfit.items
                rest.remove(at: place)
                var candidates = [positive]
                func draw(_ group: ItemGroups, _ count: Int) {
                    let members = group.members(ofGroup: Int(group.groupOfItem[positive]))
                    for _ in 0..<count {
                        let item = Int(members[members.startIndex + random.index(below: members.count)])
                        if !outfit.items.contains(item) { candidates.append(item) }
                    }
                }
                draw(context, configuration.sameContext)
                draw(family, configuration.sameFamily)
                draw(category, configuration.sameCategory)
                for _ in 0..<configuration.random {
                    let item = random.index(below: data.features.itemCount)
                    if !outfit.items.contains(item) { candidates.append(item) }
                }
                if candidates.count > 1 { examples.append(Example(rest: rest, candidates: candidates)) }
            }
        }
        return examples
    }
}
