internal import CKernels
package import LinearAlgebra

/// Scores how well a candidate completes an outfit, from what its pairs with the rest show together.
///
/// The embedding alone scores pairs, which is what an index can search. How much a pair tells differs: two items that met
/// five times say more than two that look alike, and less where each met everything. A small network over pooled measures of
/// the pairs learns that from outfits that none of the measures knew; see `CompletionFit`.
package struct CompletionModel: Sendable, Equatable {
    let traits: ItemTraits
    let counts: CompanyCounts
    let resemblance: OutfitResemblance
    /// Of each feature: what is taken away from it, and what it is then multiplied by.
    let mean: [Float]
    let scale: [Float]
    /// The score is the mean of theirs.
    let networks: [CompletionNetwork]
    package let blend: CompletionBlend

    /// Standardised features beyond this many deviations are cut to it.
    static let limit: Float = 10
    /// Rows that go through the networks at once.
    private static let block = 1024

    init(
        traits: ItemTraits, counts: CompanyCounts, resemblance: OutfitResemblance, mean: [Float], scale: [Float],
        networks: [CompletionNetwork], blend: CompletionBlend = CompletionBlend()
    ) {
        self.traits = traits
        self.counts = counts
        self.resemblance = resemblance
        self.mean = mean
        self.scale = scale
        self.networks = networks
        self.blend = blend
    }

    func with(_ blend: CompletionBlend) -> CompletionModel {
        CompletionModel(
            traits: traits, counts: counts, resemblance: resemblance, mean: mean, scale: scale, networks: networks,
            blend: blend)
    }

    package var itemCount: Int { traits.itemCount }

    /// In how many outfits that the model knows two items meet.
    package func meetings(_ first: Int, _ second: Int) -> Int { Int(counts.meetings.value(first, second)) }

    /// The scores of candidates beside rests of outfits: `rests.count` x `candidates.count`; zero for an empty rest.
    ///
    /// Those of the networks alone.
    ///
    /// - Parameters:
    ///   - pairs: the embeddings' scores, without the company term.
    ///   - features: of this model; they hold a number for each item, so many calls share them.
    func networkScores(
        rests: [[Int]], candidates: [Int], pairs: any PairScorer, features: CompletionFeatures
    ) -> Matrix {
        var scores = Matrix(rowCount: rests.count, columnCount: candidates.count)
        let anchors = Set(rests.joined()).sorted()
        guard !anchors.isEmpty, !candidates.isEmpty else { return scores }
        let place = Dictionary(uniqueKeysWithValues: anchors.enumerated().map { ($0.element, $0.offset) })
        let all = pairs.scores(anchors: anchors, candidates: candidates)
        var shown = OutfitShares(count: features.resemblance.outfitCount)
        for (row, rest) in rests.enumerated() where !rest.isEmpty {
            let rows = features.rows(
                rest: rest, candidates: candidates, scores: all.rows(at: rest.map { place[$0] ?? 0 }), shown: &shown)
            for (column, score) in self.scores(rows).enumerated() { scores[row, column] = score }
        }
        return scores
    }

    /// The scores of rows of features as `CompletionFeatures` gives them.
    func scores(_ features: Matrix) -> [Float] {
        var standardised = features.values
        var scores = [Float](repeating: 0, count: features.rowCount)
        let width = features.columnCount
        standardised.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for row in 0..<features.rowCount {
                atelier_standardise(base + row * width, mean, scale, Self.limit, base + row * width, width)
            }
            for start in stride(from: 0, to: features.rowCount, by: Self.block) {
                let count = min(Self.block, features.rowCount - start)
                for network in networks {
                    for (place, score) in network.scores(base + start * width, count: count).enumerated() {
                        scores[start + place] += score / Float(networks.count)
                    }
                }
            }
        }
        return scores
    }
}

/// What a completion model was fitted on, and how that went.
package struct CompletionReport: Sendable, Equatable, Codable {
    package var choices: Int
    /// In the order of the networks' inputs.
    package var features: [String]
    /// Of each network the mean loss of a choice in each epoch.
    package var losses: [[Double]]
    package var blend: CompletionBlend
}

/// The outfit scores of a completion model. A pair is an outfit of two: the score of a candidate beside one item.
package struct CompletionScorer: OutfitScorer, PairScorer {
    package let model: CompletionModel
    private let pairs: EmbeddingScorer
    /// Without the company term, whose measures are among the networks' own.
    private let bare: EmbeddingScorer
    private let features: CompletionFeatures

    init(model: CompletionModel, pairs: EmbeddingScorer) {
        self.model = model
        self.pairs = pairs
        features = CompletionFeatures(
            traits: model.traits, counts: model.counts, resemblance: model.resemblance)
        bare = pairs.withoutCompany
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        completionScores(rests: anchors.map { [$0] }, candidates: candidates)
    }

    package func completionScores(rests: [[Int]], candidates: [Int]) -> Matrix {
        let anchors = Set(rests.joined()).sorted()
        guard !anchors.isEmpty, !candidates.isEmpty else {
            return Matrix(rowCount: rests.count, columnCount: candidates.count)
        }
        // Projected and multiplied once, for the networks and for the mean over pairs.
        var known = KnownScores(
            anchors: anchors, candidates: candidates, values: bare.scores(anchors: anchors, candidates: candidates))
        var scores = model.networkScores(rests: rests, candidates: candidates, pairs: known, features: features)
        var means: [Float] = []
        if model.blend.pairs > 0 {
            pairs.addCompany(to: &known.values, anchors: anchors, candidates: candidates)
            means = MeanPairScore(known).completionScores(rests: rests, candidates: candidates).values
        }
        let (own, others) = (Float(model.blend.networks), Float(model.blend.pairs))
        for place in scores.values.indices {
            scores.values[place] = own * scores.values[place] + (means.isEmpty ? 0 : others * means[place])
        }
        return scores
    }

    /// The mean over its items of how well each completes the others.
    package func outfitScore(_ items: [Int]) -> Float {
        guard items.count > 1 else { return 0 }
        var sum: Float = 0
        for place in items.indices {
            var rest = items
            rest.remove(at: place)
            sum += completionScores(rests: [rest], candidates: [items[place]])[0, 0]
        }
        return sum / Float(items.count)
    }
}

/// The scores of the pairs that are asked for, worked out before.
private struct KnownScores: PairScorer {
    let anchors: [Int]
    let candidates: [Int]
    /// anchors x candidates.
    var values: Matrix

    func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        precondition(anchors == self.anchors && candidates == self.candidates, "scores of other pairs")
        return values
    }
}

extension EmbeddingScorer {
    /// What scores outfits: the completion model, or the mean over pairs where there is none.
    package var outfits: any OutfitScorer { completion ?? MeanPairScore(self) }

    /// What orders the candidates of one item: an outfit of two to the completion model, or the pair where there is none.
    package var candidates: any PairScorer { completion ?? self }

    /// Nil where the model has no completion model.
    package var completion: CompletionScorer? {
        model.completion.map { CompletionScorer(model: $0, pairs: self) }
    }

    /// The embeddings' scores alone.
    var withoutCompany: EmbeddingScorer {
        var scorer = self
        scorer.countsCompany = false
        return scorer
    }
}
