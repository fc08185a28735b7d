package import LinearAlgebra

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
        let blends = rests.map { model.head(restCount: $0.count).blend }
        guard blends.contains(where: { $0.pairs > 0 || $0.networks != 1 }) else { return scores }
        pairs.addCompany(to: &known.values, anchors: anchors, candidates: candidates)
        let means = MeanPairScore(known).completionScores(rests: rests, candidates: candidates)
        for (row, blend) in blends.enumerated() {
            let (own, others) = (Float(blend.networks), Float(blend.pairs))
            for column in candidates.indices {
                scores[row, column] = own * scores[row, column] + others * means[row, column]
            }
        }
        return scores
    }

    /// How well the candidate completes the rest, and in the mean how well each item of the rest completes what the others
    /// and the candidate make: an outfit is likely where all its items are, each given the others (pseudo-likelihood; Besag,
    /// 1975). What goes with anything completes much; then the others tell. Beside one item the candidate's side alone counts,
    /// as in lists: what was tried with both answers no better.
    package func answerScores(rest: [Int], candidates: [Int]) -> [Float] {
        var scores = completionScores(rests: [rest], candidates: candidates).values
        guard rest.count > 1 else { return scores }
        for place in rest.indices {
            let others = candidates.map { candidate in
                var others = rest
                others[place] = candidate
                return others
            }
            let returned = completionScores(rests: others, candidates: [rest[place]]).values
            for column in candidates.indices { scores[column] += returned[column] / Float(rest.count) }
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
    package var withoutCompany: EmbeddingScorer {
        var scorer = self
        scorer.countsCompany = false
        return scorer
    }
}
