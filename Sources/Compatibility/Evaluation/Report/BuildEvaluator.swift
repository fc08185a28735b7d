package import LinearAlgebra

/// A named set of fill-in-the-blank questions.
package struct QuestionSet: Sendable, Equatable {
    /// As `season`, `matched`, `random`, or the name of a file.
    package var name: String
    package var questions: [FillInTheBlankQuestion]

    package init(name: String, questions: [FillInTheBlankQuestion]) {
        self.name = name
        self.questions = questions
    }
}

/// What one scorer did, question by question: what figures and the gate are made of.
package struct ScorerResults: Sendable, Equatable {
    /// In the order of the question sets.
    package var fillInTheBlank: [FillInTheBlankResult]
    package var recall: [RecallResult]
    package var grouped: [GroupedAUC]
    package var compatibility: CompatibilityResult?
    package var report: ScorerReport
}

/// Puts the same questions to the model and to each baseline.
package struct BuildEvaluator: Sendable {
    package var catalog: OutfitCatalog
    /// For each item, whether a training outfit holds it.
    package var isSeen: [Bool]
    package var questionSets: [QuestionSet]
    /// Empty: no compatibility figures.
    package var compatibility: [CompatibilityQuestion]
    package var bootstrap: Bootstrap
    /// False leaves recalls null: ranking among whole categories costs more than all the rest.
    package var measuresRecall: Bool

    package init(
        catalog: OutfitCatalog, isSeen: [Bool], questionSets: [QuestionSet],
        compatibility: [CompatibilityQuestion] = [],
        bootstrap: Bootstrap = Bootstrap(), measuresRecall: Bool = true
    ) {
        precondition(isSeen.count == catalog.items.count, "a mark for each item")
        self.catalog = catalog
        self.isSeen = isSeen
        self.questionSets = questionSets
        self.compatibility = compatibility
        self.bootstrap = bootstrap
        self.measuresRecall = measuresRecall
    }

    /// How many units `progress` counts up to for each scorer.
    package var unitCount: Int {
        questionSets.reduce(0) { $0 + $1.questions.count * (measuresRecall ? 3 : 2) } + compatibility.count
    }

    /// - Parameters:
    ///   - scorer: scores pairs, for the grouped AUC.
    ///   - outfitScorer: scores outfits; nil for the mean over pairs.
    package func evaluate(
        _ name: String, _ scorer: any PairScorer, outfitScorer: (any OutfitScorer)? = nil, isBaseline: Bool,
        parallelism: Parallelism, progress: EvaluationProgress? = nil
    ) -> ScorerResults {
        let outfits = outfitScorer ?? MeanPairScore(scorer)
        let tally = progress.map { ProgressTally(total: unitCount, report: $0) }
        var results = ScorerResults(
            fillInTheBlank: [], recall: [], grouped: [], compatibility: nil,
            report: ScorerReport(name: name, isBaseline: isBaseline, fillInTheBlank: [:], compatibility: nil))
        for set in questionSets {
            let answers = FillInTheBlankEvaluator(seed: bootstrap.seed).evaluate(
                set.questions, by: outfits, parallelism: parallelism)
            tally?.add(set.questions.count)
            let grouped = GroupedAUC(questions: set.questions, by: scorer, parallelism: parallelism)
            tally?.add(set.questions.count)
            var recall = RecallResult(better: [], tied: [], poolSizes: [])
            if measuresRecall {
                recall = RecallEvaluator().evaluate(set.questions, in: catalog, by: outfits, parallelism: parallelism)
                tally?.add(set.questions.count)
            }
            results.fillInTheBlank.append(answers)
            results.recall.append(recall)
            results.grouped.append(grouped)
            results.report.fillInTheBlank[set.name] = figures(
                set, answers: answers, recall: recall, grouped: grouped, parallelism: parallelism)
        }
        if !compatibility.isEmpty {
            let scored = CompatibilityEvaluator().evaluate(compatibility, by: outfits, parallelism: parallelism)
            tally?.add(compatibility.count)
            results.compatibility = scored
            results.report.compatibility = CompatibilityFigures(
                auc: Figure(scored.auc),
                interval: IntervalFigure(
                    bootstrap.intervalOfAUC(scores: scored.scores, labels: scored.isOutfit, parallelism: parallelism)),
                outfits: scored.scores.count, unscorable: scored.unscorableCount)
        }
        return results
    }

    private func figures(
        _ set: QuestionSet, answers: FillInTheBlankResult, recall: RecallResult, grouped: GroupedAUC,
        parallelism: Parallelism
    ) -> FillInTheBlankFigures {
        func subset(_ isWanted: (FillInTheBlankQuestion) -> Bool) -> SubsetFigures {
            let part = answers.restricted { isWanted(set.questions[$0]) }
            let ranked = measuresRecall ? recall.restricted { isWanted(set.questions[$0]) } : recall
            return SubsetFigures(
                accuracy: Figure(part.accuracy),
                interval: IntervalFigure(bootstrap.intervalOfMean(part.credits, parallelism: parallelism)),
                questions: part.questionCount, recallAt10: Figure(ranked.recall(at: 10)))
        }
        return FillInTheBlankFigures(
            accuracy: Figure(answers.accuracy),
            interval: IntervalFigure(bootstrap.intervalOfMean(answers.credits, parallelism: parallelism)),
            questions: answers.questionCount, unanswerable: answers.unanswerableCount,
            recallAt10: Figure(recall.recall(at: 10)),
            recallAt10Interval: IntervalFigure(bootstrap.intervalOfMean(recall.hits(at: 10), parallelism: parallelism)),
            recallAt30: Figure(recall.recall(at: 30)), recallAt50: Figure(recall.recall(at: 50)),
            groupedAUC: Figure(grouped.value),
            groupedAUCInterval: IntervalFigure(
                bootstrap.intervalOfWeightedMean(
                    grouped.groupValues, weights: grouped.groupWeights, parallelism: parallelism)),
            droppedGroups: grouped.droppedGroupCount,
            cold: subset { $0.rightRow.map { !isSeen[$0] } ?? false },
            warm: subset { $0.rightRow.map { isSeen[$0] } ?? false })
    }
}

extension ScorerResults {
    /// The figures of a new build against those of the published one on the same questions: fill-in-the-blank accuracy of
    /// each set and the compatibility AUC, each as a paired comparison.
    ///
    /// - Parameters:
    ///   - names: of the question sets, in their order.
    ///   - margin: the loss of accuracy that is accepted, 0…1; the same for the AUC.
    package func compared(
        with published: ScorerResults, names: [String], margin: Double,
        bootstrap: Bootstrap = Bootstrap(replicateCount: 5000), parallelism: Parallelism
    ) -> BuildComparison {
        var comparisons: [(metric: String, comparison: PairedComparison)] = []
        for (place, name) in names.enumerated() {
            let comparison = PairedComparison.ofMeans(
                candidate: fillInTheBlank[place].credits, baseline: published.fillInTheBlank[place].credits,
                margin: margin, bootstrap: bootstrap, parallelism: parallelism)
            if let comparison { comparisons.append(("fill_in_the_blank." + name, comparison)) }
        }
        if let new = compatibility, let old = published.compatibility {
            let comparison = PairedComparison.ofAUC(
                candidate: new.scores, baseline: old.scores, labels: new.isOutfit, margin: margin,
                bootstrap: bootstrap, parallelism: parallelism)
            if let comparison { comparisons.append(("compatibility.auc", comparison)) }
        }
        return BuildComparison(comparisons)
    }
}
