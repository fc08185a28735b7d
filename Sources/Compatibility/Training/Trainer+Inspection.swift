internal import LinearAlgebra

/// What checks by finite differences need to see: parameters, their parts, and the loss of one fixed batch.
extension Trainer {
    /// All parameters, in the order of `ModelShape`.
    package var parameterValues: [Float] {
        get { parameters.values }
        set {
            precondition(newValue.count == shape.parameterCount, "parameters of another shape")
            for (index, value) in newValue.enumerated() { parameters.base[index] = value }
        }
    }

    /// The kinds of parameters and where they lie.
    package var parameterParts: [(name: String, range: Range<Int>)] {
        var parts: [(name: String, range: Range<Int>)] = shape.blocks.indices.map {
            ("weights of block \(shape.blocks[$0].name)", shape.weights(ofBlock: $0))
        }
        parts += [
            ("stand-ins", shape.standIns), ("hidden bias", shape.hiddenBias), ("output weights", shape.outputWeights),
            ("output bias", shape.outputBias), ("projections", shape.projections),
            ("scale", shape.scale..<shape.scale + 1), ("item embeddings", shape.items),
            ("variant embeddings", shape.variants),
        ]
        return parts
    }

    /// Loss and derivatives over the first examples of the first epoch, always the same ones.
    ///
    /// - Parameter dropsOut: whether the configured dropout applies, with a fixed choice of what is dropped.
    package func lossAndGradients(exampleCount: Int, dropsOut: Bool) -> (loss: Double, gradients: [Float]) {
        var batch = TrainingBatch(candidateCount: sampler.candidateCount, itemCount: data.features.itemCount)
        var tally = NegativeTally()
        var random = RandomStream(seed: configuration.seed, stream: 0x3_0000_0000)
        sampler.fill(
            &batch, slots: sampler.order(ofEpoch: 0).prefix(exampleCount), categoryOfItem: categoryOfItem,
            categoryCount: shape.categoryCount, random: &random, tally: &tally)
        let dropout = dropsOut ? dropoutPlan(seed: random.next()) : nil
        let loss = pass.run(batch, parameters: parameters, dropout: dropout)
        return (loss, pass.gradients.values)
    }
}
