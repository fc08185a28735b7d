package import LinearAlgebra

/// What became of one fill-in-the-blank question; the values of `outcomes.npy`.
package enum FillInTheBlankOutcome: UInt8, Sendable, CaseIterable {
    case wrong = 0
    case right = 1
    /// The catalogue knows no item of the question, not the right answer, or none of the wrong ones. Counts as wrong:
    /// a build must not gain by items that it lost.
    case unanswerable = 2
}

/// One outcome for each question, in the order of the questions.
package struct FillInTheBlankResult: Sendable, Equatable {
    package let outcomes: [UInt8]

    package init(outcomes: [UInt8]) { self.outcomes = outcomes }

    package var questionCount: Int { outcomes.count }
    package var rightCount: Int { outcomes.count { $0 == FillInTheBlankOutcome.right.rawValue } }
    package var unanswerableCount: Int { outcomes.count { $0 == FillInTheBlankOutcome.unanswerable.rawValue } }

    /// Right answers over *all* questions; nil without questions.
    package var accuracy: Double? {
        outcomes.isEmpty ? nil : Double(rightCount) / Double(outcomes.count)
    }

    /// 1 for right and 0 for any other outcome: what the bootstrap resamples.
    package var credits: [Double] { outcomes.map { $0 == FillInTheBlankOutcome.right.rawValue ? 1 : 0 } }

    /// The outcomes of some of the questions.
    package func restricted(to isWanted: (Int) -> Bool) -> FillInTheBlankResult {
        FillInTheBlankResult(outcomes: outcomes.indices.filter(isWanted).map { outcomes[$0] })
    }
}

/// Answers fill-in-the-blank questions: the candidate with the highest answer score is chosen.
///
/// Candidates that the catalogue does not know are never chosen. Among equal scores the choice is a fair draw that depends
/// on the seed and the question's place alone: a scorer that says the same of all candidates earns chance, neither all nor
/// nothing, and two scorers with the same ties choose alike.
package struct FillInTheBlankEvaluator: Sendable {
    package var seed: UInt64

    package init(seed: UInt64 = 1) { self.seed = seed }

    package func evaluate(
        _ questions: [FillInTheBlankQuestion], by scorer: any OutfitScorer, parallelism: Parallelism,
        progress: EvaluationProgress? = nil
    ) -> FillInTheBlankResult {
        let tally = ProgressTally(total: questions.count, report: progress)
        let outcomes = parallelism.mapChunks(of: questions.count, chunkSize: 64) { _, range in
            defer { tally.add(range.count) }
            return range.map { outcome(of: questions[$0], place: $0, by: scorer).rawValue }
        }
        return FillInTheBlankResult(outcomes: outcomes.flatMap { $0 })
    }

    private func outcome(
        of question: FillInTheBlankQuestion, place: Int, by scorer: any OutfitScorer
    ) -> FillInTheBlankOutcome {
        let known = question.answers.indices.filter { question.answers[$0] != nil }
        guard question.isAnswerable else { return .unanswerable }
        let scores = scorer.answerScores(
            rest: question.question, candidates: known.compactMap { question.answers[$0] })
        let compared = scores.map(\.comparable)
        guard let highest = compared.max() else { return .unanswerable }
        let best = known.indices.filter { compared[$0] == highest }
        var draw = RandomStream(seed: seed, stream: UInt64(place))
        let chosen = best.count == 1 ? best[0] : best[draw.index(below: best.count)]
        return known[chosen] == question.correct ? .right : .wrong
    }
}

extension FillInTheBlankQuestion {
    /// The row of the right answer; nil where the catalogue does not know it.
    package var rightRow: Int? { answers.indices.contains(correct) ? answers[correct] : nil }

    /// Whether the catalogue knows the right answer, a wrong one and an item of the question.
    package var isAnswerable: Bool {
        !question.isEmpty && rightRow != nil && answers.count { $0 != nil } > 1
    }
}
