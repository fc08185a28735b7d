package import LinearAlgebra

/// What it costs to take colour out of the relevance of lists: answers to the same questions with and without it.
package struct ColourCost: Sendable, Equatable, Codable {
    /// Accuracy by the relevance that lists are ordered by, as a mean over the items that a question shows.
    package var accuracy: Figure
    /// The same with nothing taken out.
    package var undampedAccuracy: Figure
    /// The first less the second, and its interval over questions.
    package var difference: Figure
    package var interval: IntervalFigure
    package var questions: Int

    enum CodingKeys: String, CodingKey {
        case accuracy, difference, interval, questions
        case undampedAccuracy = "undamped_accuracy"
    }

    /// - Parameter relevance: of a pair, with what is given taken out; nil takes nothing.
    package init(
        of colour: ColourDamping, questions: [FillInTheBlankQuestion],
        relevance: (ColourDamping?) -> RelevanceScorer, bootstrap: Bootstrap, parallelism: Parallelism
    ) {
        func answers(_ colour: ColourDamping?) -> FillInTheBlankResult {
            FillInTheBlankEvaluator(seed: bootstrap.seed).evaluate(
                questions, by: MeanPairScore(relevance(colour)), parallelism: parallelism)
        }
        let damped = answers(colour)
        let plain = answers(nil)
        let comparison = PairedComparison.ofMeans(
            candidate: damped.credits, baseline: plain.credits, margin: 0, bootstrap: bootstrap,
            parallelism: parallelism)
        accuracy = Figure(damped.accuracy)
        undampedAccuracy = Figure(plain.accuracy)
        difference = Figure(comparison?.difference)
        interval = IntervalFigure(comparison?.interval)
        self.questions = damped.questionCount
    }
}
