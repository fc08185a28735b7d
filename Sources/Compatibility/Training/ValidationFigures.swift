/// What a trained model finds of one hidden item of each validation outfit.
package struct ValidationFigures: Sendable, Equatable, Codable {
    package var questions: Int
    /// How often the answer is among the best ten of its category, given the rest of its outfit.
    package var recallAt10: Double
    /// The mean share of the answer's family that scores below the answer.
    package var familyOrder: Double

    package init(questions: Int, recallAt10: Double, familyOrder: Double) {
        self.questions = questions
        self.recallAt10 = recallAt10
        self.familyOrder = familyOrder
    }

    enum CodingKeys: String, CodingKey {
        case questions
        case recallAt10 = "recall_at_10"
        case familyOrder = "family_order"
    }
}

extension Trainer {
    /// Of the weights that `model()` gives, on all validation outfits, not on the sample that early stopping asks about;
    /// nil without validation.
    package func validationFigures() -> ValidationFigures? {
        let all = ValidationQuestions(data: data, sample: .max, seed: configuration.seed)
        let measured = FloatBuffer(chosenValues)
        let (embeddings, _) = ItemEmbedder(tower: tower).embeddings(
            rows: (0..<data.features.itemCount).map(Int32.init), parameters: measured.base, parallelism: parallelism)
        return all.outcome(
            embeddings: embeddings, shape: shape, parameters: measured.base, parallelism: parallelism
        ).map {
            ValidationFigures(
                questions: all.questions.count, recallAt10: $0.recallAt10, familyOrder: $0.familyOrder)
        }
    }

    /// The best weights so far; without validation the average, or the last.
    var chosenValues: [Float] { !best.isEmpty ? best : (average.isEmpty ? parameters.values : average) }
}
