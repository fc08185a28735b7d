internal import Compatibility

extension TrainParameters {
    /// Counts and weights that a sum or a product would let pass: one negative beside a large one.
    func validateBounds() throws(ParameterProblem) {
        let negatives = training.negatives
        let counts = [
            ("negatives.random", negatives.random), ("negatives.same_category", negatives.sameCategory),
            ("negatives.same_family", negatives.sameFamily), ("negatives.same_context", negatives.sameContext),
            ("negatives.in_cluster", negatives.inCluster), ("negatives.colour_matched", negatives.colourMatched),
            ("negatives.in_batch", negatives.inBatch), ("negatives.family_level", negatives.familyLevel),
            ("negatives.pool", negatives.pool),
            ("item_embedding.minimum_outfits", training.itemEmbedding.minimumOutfits),
            ("patience", training.patience), ("validation_sample", training.validationSample),
        ]
        for (key, count) in counts { try ParameterProblem.require(key, count, atLeast: 0) }
        let weights = [
            ("negatives.easy_to_hard", negatives.easyToHard), ("margin", training.margin),
            ("calibration", training.calibration), ("gradient_limit", training.gradientLimit),
            ("item_embedding.rate_factor", training.itemEmbedding.rateFactor),
            ("item_embedding.weight_decay", training.itemEmbedding.weightDecay),
        ]
        for (key, weight) in weights {
            try ParameterProblem.require(weight >= 0 && weight.isFinite, key, must: "be 0 or above")
        }
    }
}
