package import LinearAlgebra

/// The score of each compatibility question, in the order of the questions.
package struct CompatibilityResult: Sendable, Equatable {
    package let scores: [Float]
    package let isOutfit: [Bool]
    /// Questions of which the catalogue knows fewer than two items: no pair to score. Their score is minus infinity, below
    /// all others, whatever the label says.
    package let unscorableCount: Int

    package init(scores: [Float], isOutfit: [Bool], unscorableCount: Int = 0) {
        precondition(scores.count == isOutfit.count, "a label for each score")
        self.scores = scores
        self.isOutfit = isOutfit
        self.unscorableCount = unscorableCount
    }

    /// The chance that an outfit scores above a false one, ties counting half; nil without both labels.
    package var auc: Double? { RankStatistics.auc(scores: scores, labels: isOutfit) }
}

/// Scores sets of items and sees whether outfits stand above false ones.
package struct CompatibilityEvaluator: Sendable {
    package init() {}

    package func evaluate(
        _ questions: [CompatibilityQuestion], by scorer: any OutfitScorer, parallelism: Parallelism,
        progress: EvaluationProgress? = nil
    ) -> CompatibilityResult {
        let tally = ProgressTally(total: questions.count, report: progress)
        let scores = parallelism.mapChunks(of: questions.count, chunkSize: 64) { _, range in
            defer { tally.add(range.count) }
            return range.map { place in
                questions[place].items.count > 1
                    ? scorer.outfitScore(questions[place].items).comparable : -Float.infinity
            }
        }
        return CompatibilityResult(
            scores: scores.flatMap { $0 }, isOutfit: questions.map(\.isOutfit),
            unscorableCount: questions.count { $0.items.count < 2 })
    }
}
