internal import LinearAlgebra

extension Trainer {
    /// Averages, measures and records the epoch that has just ended.
    ///
    /// - Throws: `TrainingError.diverged` where its last step left embeddings that are not finite.
    func endEpoch(totalSteps: Int) throws(TrainingError) {
        if configuration.weightAveraging > 0 { addToAverage() }
        let measured = average.isEmpty ? parameters : FloatBuffer(average)
        let embedder = ItemEmbedder(tower: tower)
        let rows = questions.questions.isEmpty ? sampledRows() : (0..<data.features.itemCount).map(Int32.init)
        let (embeddings, active) = embedder.embeddings(rows: rows, parameters: measured.base, parallelism: parallelism)
        guard embeddings.values.allSatisfy(\.isFinite) else {
            throw .diverged(epoch: position.epoch, batch: position.batch)
        }
        let outcome = questions.outcome(
            embeddings: embeddings, shape: shape, parameters: measured.base, parallelism: parallelism)
        let isBest = outcome.map { isBetter($0) } ?? true
        if let outcome {
            position.epochsSinceBest = isBest ? 0 : position.epochsSinceBest + 1
            if isBest {
                best = measured.values
                position.bestRecall = outcome.recallAt10
                position.bestOrder = outcome.familyOrder
            }
        }
        let batches = Double(max(1, position.batch))
        position.curve.append(
            EpochRecord(
                epoch: position.epoch, loss: position.lossSum / Double(max(1, position.epochExamples)),
                gradientNorm: position.normSum / batches, largestGradientNorm: position.largestNorm,
                limitedBatches: position.limitedBatches,
                learningRate: configuration.rate.at(step: position.stepCount - 1, of: totalSteps),
                deadUnits: active.count { $0 == 0 }, examples: position.epochExamples,
                negatives: position.tally.byName, missingNegatives: position.tally.missing,
                validationRecallAt10: Figure(outcome?.recallAt10),
                validationFamilyOrder: Figure(outcome?.familyOrder), isBest: isBest))
        position.epoch += 1
        position.batch = 0
        position.epochExamples = 0
        position.lossSum = 0
        position.normSum = 0
        position.largestNorm = 0
        position.limitedBatches = 0
        position.tally = NegativeTally()
        let ranDry = outcome != nil && configuration.patience > 0 && position.epochsSinceBest >= configuration.patience
        position.isFinished = position.epoch >= configuration.epochs || ranDry
    }

    /// By recall; at equal recall by the order within the family, which moves in smaller steps.
    private func isBetter(_ outcome: ValidationQuestions.Outcome) -> Bool {
        guard let recall = position.bestRecall, let order = position.bestOrder else { return true }
        return outcome.recallAt10 > recall || (outcome.recallAt10 == recall && outcome.familyOrder > order)
    }

    /// The moving average over epochs, its start corrected: the share of the old grows to its full size.
    private func addToAverage() {
        position.averageCount += 1
        let old = min(configuration.weightAveraging, 1 - 1 / Double(position.averageCount))
        if average.isEmpty { average = [Float](repeating: 0, count: shape.parameterCount) }
        for index in average.indices { average[index] += (parameters.base[index] - average[index]) * Float(1 - old) }
    }

    /// Up to 4,096 rows at even distances.
    private func sampledRows() -> [Int32] {
        let count = min(4096, data.features.itemCount)
        return (0..<count).map { Int32($0 * data.features.itemCount / count) }
    }

    /// The state as bytes.
    package func checkpoint() -> [UInt8] {
        var state = TrainingState(
            parameters: parameters.values, first: adam.first.values, second: adam.second.values, best: best,
            average: average, origin: origin)
        state.position = position
        return state.encoded()
    }

    func restore(_ bytes: [UInt8]) throws(TrainingError) {
        let state = try TrainingState(decoding: bytes)
        guard state.origin == origin, state.parameters.count == shape.parameterCount else {
            throw .checkpointMismatch("written under another configuration or over other data")
        }
        for index in 0..<shape.parameterCount {
            parameters.base[index] = state.parameters[index]
            adam.first.base[index] = state.first[index]
            adam.second.base[index] = state.second[index]
        }
        best = state.best
        average = state.average
        position = state.position
        adam.stepCount = state.position.stepCount
    }

    /// The best weights so far; without validation the average, or the last.
    package func model() throws(ModelError) -> CompatibilityModel {
        let member = ModelMember(
            shape: shape, normalisation: tower.normalisation, itemCount: data.features.itemCount, seenItems: seenItems,
            variantOfItem: tower.variantIndex, parameters: chosenValues)
        let model = CompatibilityModel(categories: data.categories, members: [member], probe: nil)
        let probe = ModelProbe.inputs(from: data.features, names: shape.blocks.map(\.name))
        return model.with(probe: try probe.recorded(by: model))
    }
}
