internal import Compatibility
internal import LinearAlgebra

/// Holds a new build against the published one on the same questions, by a paired test.
struct QualityGate {
    /// The loss of accuracy (and of AUC) that is accepted, 0…1.
    let margin: Double
    let seed: UInt64

    /// What came of the questions: a part of `GateReport`.
    struct Verdict: Codable, Sendable {
        /// Nil where nothing was published yet.
        var against: String?
        var margin: Double
        /// Questions that both builds know all items of, of outfits that the published one was not trained on; others are
        /// left out and counted.
        var questions: Int
        var leftOut: Int
        var comparison: BuildComparison?

        enum CodingKeys: String, CodingKey {
            case against, margin, questions, comparison
            case leftOut = "left_out"
        }
    }

    /// - Parameters:
    ///   - candidate: the new build's scorer, by rows of `catalog`.
    ///   - published: the published build's, asked by rows of `catalog`.
    ///   - learned: outfits of the questions that the published build was trained on. An outfit changes sides where a near
    ///     copy of it arrives, and what it asks then would speak for the published build.
    func compare(
        _ candidate: EmbeddingScorer, with published: RemappedScorer, build: String, catalog: OutfitCatalog,
        sets: [QuestionSet], compatibility: [CompatibilityQuestion], learned: [Outfit], parallelism: Parallelism
    ) -> Verdict {
        let learnedIDs = Set(learned.map(\.id))
        let learnedItems = Set(learned.map(\.items))
        func isKnown(_ question: FillInTheBlankQuestion) -> Bool {
            !(question.outfitID.map(learnedIDs.contains) ?? false)
                && question.question.allSatisfy(published.knows)
                && question.answers.allSatisfy { $0.map(published.knows) ?? false }
        }
        let known = sets.map { QuestionSet(name: $0.name, questions: $0.questions.filter(isKnown)) }
        var isLearned = false
        let knownOutfits = compatibility.filter { question in
            // A false outfit stands after the one that it was made of, and goes with it.
            if question.isOutfit { isLearned = learnedItems.contains(question.items) }
            return !isLearned && question.items.allSatisfy(published.knows)
        }
        let evaluator = BuildEvaluator(
            catalog: catalog, isSeen: [Bool](repeating: true, count: catalog.items.count), questionSets: known,
            compatibility: knownOutfits, bootstrap: Bootstrap(replicateCount: 10, seed: seed), measuresRecall: false)
        let new = evaluator.evaluate(
            "candidate", candidate, outfitScorer: candidate.outfits, isBaseline: false, parallelism: parallelism)
        let old = evaluator.evaluate(
            "published", published, outfitScorer: published, isBaseline: false, parallelism: parallelism)
        let asked = known.reduce(knownOutfits.count) { $0 + $1.questions.count }
        return Verdict(
            against: build, margin: margin, questions: asked,
            leftOut: sets.reduce(compatibility.count) { $0 + $1.questions.count } - asked,
            comparison: new.compared(
                with: old, names: known.map(\.name), margin: margin,
                bootstrap: Bootstrap(replicateCount: 5000, seed: seed), parallelism: parallelism))
    }
}

extension QualityGate.Verdict {
    /// Where there is no question that both builds can be asked.
    var warnings: [String] {
        guard questions == 0 else { return [] }
        let published = against.map { "build \($0)" } ?? "the published build"
        let reason =
            leftOut > 0
            ? "none of \(leftOut) questions can be put to \(published), which knows other items or was trained on the outfits"
            : "the outfits that label held out ask no question, so the new build is not compared with \(published)"
        return ["\(reason): nothing says whether the new build is worse"]
    }

    /// One line on what fell, where a figure's whole interval lies below zero and reaches beyond the margin; nil where the
    /// questions speak against nothing, or where there are too few to tell.
    var refusal: String? {
        guard let comparison, comparison.verdict == .worse else { return nil }
        let worse = comparison.entries.filter { $0.comparison.verdict == .worse }.map { entry in
            let (low, high) = (entry.comparison.interval.lower, entry.comparison.interval.upper)
            return "\(entry.metric) by \(Self.points(-entry.comparison.difference)) points (95 % interval "
                + "\(Self.points(-high)) to \(Self.points(-low)))"
        }
        return "the new build is worse than \(against ?? "the published one"), perhaps by more than the margin of "
            + "\(Self.points(margin)) points: \(worse.joined(separator: ", "))"
    }

    private static func points(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
