import Compatibility
import LinearAlgebra
import Testing

@Suite struct TrainerTests {
    @Test func plantedStylesAreLearned() throws {
        let planted = PlantedOutfits()
        let data = planted.data()
        var configuration = planted.configuration()
        configuration.epochs = 10
        let trainer = try Trainer(configuration: configuration, data: data)
        let model = try #require(try trainer.run())
        let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        let scorer = EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
        // Every item against all of the next category: those of its style stand first.
        var right = 0
        var asked = 0
        for anchor in 0..<planted.itemCount {
            let target = (planted.category(anchor) + 1) % planted.categoryCount
            let candidates = (0..<planted.itemCount).filter { planted.category($0) == target }
            let scores = scorer.scores(anchors: [anchor], candidates: candidates)
            let order = candidates.indices.sorted { scores[0, $0] > scores[0, $1] }
            let perStyle = candidates.count / planted.styleCount
            for place in order.prefix(perStyle) {
                asked += 1
                if planted.style(candidates[place]) == planted.style(anchor) { right += 1 }
            }
        }
        #expect(Double(right) > 0.9 * Double(asked), "\(right) of \(asked)")
        let losses = trainer.curve.map(\.loss)
        #expect((losses.last ?? 9) < 0.6 * (losses.first ?? 0))
    }

    @Test func scoresAreSymmetricAndProductsOfQueriesAndEmbeddings() throws {
        let planted = PlantedOutfits()
        let data = planted.data()
        let model = try #require(try Trainer(configuration: planted.configuration(), data: data).run())
        let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        let scorer = EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
        let all = Array(0..<planted.itemCount)
        let scores = scorer.scores(anchors: all, candidates: all)
        for a in all {
            let queries = model.queries(
                embeddings.rows(at: [a]), anchorCategories: [data.categoryOfItem[a]],
                targetCategory: data.categoryOfItem[3])
            let product = zip(queries.row(0), embeddings.row(3)).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            #expect(abs(product - scores[a, 3]) < 1e-3)
            for b in all { #expect(abs(scores[a, b] - scores[b, a]) < 1e-3) }
        }
    }

    @Test(arguments: [(0, false), (20, false), (20, true)])
    func theNumberOfThreadsChangesNoByte(pool: Int, wholeOutfits: Bool) throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.negatives.pool = pool
        configuration.wholeOutfits = wholeOutfits
        let models = try [1, 2, 3].map { [configuration] width in
            let trainer = try Trainer(
                configuration: configuration, data: planted.data(), parallelism: Parallelism(width: width))
            return try trainer.run()?.safetensors()
        }
        #expect(models[0] != nil)
        #expect(models[0] == models[1])
        #expect(models[0] == models[2])
    }

    @Test(arguments: [false, true])
    func resumedTrainingGivesTheBytesOfAnUninterruptedOne(wholeOutfits: Bool) throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.wholeOutfits = wholeOutfits
        configuration.weightAveraging = 0.5
        configuration.negatives.pool = 20
        let whole = try #require(try Trainer(configuration: configuration, data: planted.data()).run()).safetensors()
        for stopAfter in [1, 5, 15, 16, 40] {
            var batches = 0
            var states: [[UInt8]] = []
            let first = try Trainer(configuration: configuration, data: planted.data())
            let stopped = try first.run(
                onCheckpoint: { states.append($0) },
                shouldStop: {
                    batches += 1
                    return batches >= stopAfter
                })
            #expect(stopped == nil)
            let state: [UInt8] = try #require(states.last)
            let second = try Trainer(
                configuration: configuration, data: planted.data(), parallelism: Parallelism(width: 2),
                checkpoint: state)
            let resumed = try #require(try second.run())
            #expect(resumed.safetensors() == whole, "stopped after \(stopAfter)")
            #expect(second.curve.count == configuration.epochs)
        }
    }

    @Test func checkpointsOfOtherRunsAndDamagedOnesAreRefused() throws {
        let planted = PlantedOutfits()
        let trainer = try Trainer(configuration: planted.configuration(), data: planted.data())
        let state = trainer.checkpoint()
        var other = planted.configuration()
        other.learningRate = 0.02
        #expect(throws: TrainingError.self) {
            try Trainer(configuration: other, data: planted.data(), checkpoint: state)
        }
        var damaged = state
        damaged[state.count / 2] ^= 4
        #expect(throws: TrainingError.damagedCheckpoint) {
            try Trainer(configuration: planted.configuration(), data: planted.data(), checkpoint: damaged)
        }
        #expect(throws: TrainingError.damagedCheckpoint) {
            try Trainer(
                configuration: planted.configuration(), data: planted.data(), checkpoint: Array(state.dropLast(9)))
        }
    }

    @Test func deadUnitsAreCounted() throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.epochs = 1
        configuration.learningRate = 1e-9
        configuration.learningRateWarmup = 0
        let trainer = try Trainer(configuration: configuration, data: planted.data())
        let bias = try #require(trainer.parameterParts.first { $0.name == "hidden bias" }?.range)
        var values = trainer.parameterValues
        for unit in 0..<5 { values[bias.lowerBound + unit] = -1000 }
        trainer.parameterValues = values
        _ = try trainer.run()
        #expect(trainer.curve.first?.deadUnits == 5)
    }

    @Test func trainingStopsWhenValidationNoLongerImproves() throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.epochs = 200
        configuration.patience = 3
        let trainer = try Trainer(configuration: configuration, data: planted.data())
        _ = try trainer.run()
        let curve = trainer.curve
        #expect(curve.count < 200)
        #expect(curve.suffix(3).allSatisfy { !$0.isBest })
        #expect(curve.dropLast(3).last?.isBest == true)
    }

    /// The model of some weights, without any training.
    private func model(
        of parameters: [Float], _ configuration: TrainingConfiguration, _ data: TrainingData
    ) throws -> CompatibilityModel {
        let trainer = try Trainer(configuration: configuration, data: data)
        trainer.parameterValues = parameters
        return try trainer.model()
    }

    /// By recall, and at equal recall by the order within the family; the model has that epoch's weights, not the last ones.
    @Test func theWeightsOfTheBestEpochAreKept() throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.epochs = 30
        configuration.patience = 0
        let trainer = try Trainer(configuration: configuration, data: planted.data())
        var weights: [[Float]] = []
        let kept = try #require(
            try trainer.run(progress: { if $0.record != nil { weights.append(trainer.parameterValues) } }))
        let figures = try trainer.curve.map { record in
            (
                recall: try #require(record.validationRecallAt10.value),
                order: try #require(record.validationFamilyOrder.value)
            )
        }
        var best = 0
        var tieCount = 0
        for epoch in figures.indices.dropFirst() {
            let isBetter = figures[epoch] > figures[best]
            #expect(trainer.curve[epoch].isBest == isBetter, "epoch \(epoch)")
            if isBetter && figures[epoch].recall == figures[best].recall { tieCount += 1 }
            if isBetter { best = epoch }
        }
        #expect(best < 29 && tieCount > 0)
        #expect(try kept == model(of: weights[best], configuration, planted.data()))
    }

    /// Up to 1 / (1 - weightAveraging) epochs the average is the plain mean, then it forgets.
    @Test(arguments: [0.9, 0.25]) func weightsAreAveragedOverEpochs(_ averaging: Double) throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.weightAveraging = averaging
        let data = planted.data(validationCount: 0)
        let trainer = try Trainer(configuration: configuration, data: data)
        var weights: [[Float]] = []
        let averaged = try #require(
            try trainer.run(progress: { if $0.record != nil { weights.append(trainer.parameterValues) } }))
        #expect(weights.count == 4)
        let shares =
            averaging == 0.9
            ? [0.25, 0.25, 0.25, 0.25] : [0.25 * 0.25 * 0.25, 0.75 * 0.25 * 0.25, 0.75 * 0.25, 0.75]
        let mean = weights[0].indices.map { place in
            Float(zip(shares, weights).reduce(0) { $0 + $1.0 * Double($1.1[place]) })
        }
        func embeddings(_ model: CompatibilityModel) throws -> Matrix {
            try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        }
        let found = try embeddings(averaged)
        let expected = try embeddings(try model(of: mean, configuration, data))
        let last = try embeddings(try model(of: weights[3], configuration, data))
        #expect(zip(found.values, expected.values).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(zip(found.values, last.values).contains { abs($0 - $1) > 1e-2 })
    }

    /// Adam's first step is as long as the learning rate, whatever the gradient; beside it weights decay, and nothing else
    /// does.
    @Test func theFirstStepIsTheLearningRateAndWeightsDecay() throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        (configuration.learningRate, configuration.learningRateWarmup) = (0.01, 0)
        (configuration.epochs, configuration.batch, configuration.gradientLimit) = (1, 65_536, 0)
        configuration.weightDecay = 5
        let trainer = try Trainer(configuration: configuration, data: planted.data())
        let before = trainer.parameterValues
        _ = try trainer.run()
        let after = trainer.parameterValues
        for part in trainer.parameterParts where !part.name.hasSuffix("embeddings") {
            let isWeight = part.name.contains("weights") || part.name == "projections"
            let kept: Float = isWeight ? 1 - 0.01 * 5 : 1
            let steps = part.range.map { abs(after[$0] - kept * before[$0]) }
            // What no example touches makes no step.
            let wrongCount = steps.count { abs($0 - 0.01) > 1e-4 && $0 > 1e-6 }
            #expect(wrongCount * 50 <= steps.count && steps.contains { $0 > 0.009 }, "\(part.name): \(wrongCount)")
        }
    }

    /// Of twenty items that are all alike, nineteen are shown: the hidden one is the best of what is left.
    @Test func itemsThatAQuestionShowsAreNoCandidatesOfValidation() throws {
        let planted = PlantedOutfits(itemCount: 240)
        var data = planted.data()
        data.validation = (0..<12).map { kind in
            Outfit(id: "\(kind)", items: (0..<240).filter { $0 % 12 == kind })
        }
        var configuration = planted.configuration()
        configuration.epochs = 10
        let trainer = try Trainer(configuration: configuration, data: data)
        _ = try trainer.run()
        let figures = try #require(trainer.validationFigures())
        #expect(figures.questions == 12 && figures.recallAt10 == 1)
    }

    /// By a last step that no loss sees any more, the weights are beyond numbers; recall by them would look perfect.
    @Test(arguments: [1, 3])
    func weightsThatAreNoNumbersAreNoBestOnes(epochs: Int) throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        (configuration.learningRate, configuration.learningRateWarmup) = (1e30, 0)
        configuration.epochs = epochs
        configuration.batch = 65_536
        let trainer = try Trainer(configuration: configuration, data: planted.data())
        #expect(throws: TrainingError.diverged(epoch: 0, batch: 1)) { try trainer.run() }
    }

    @Test func badConfigurationsAndDataAreNamed() throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.dropout = 1.5
        #expect(throws: TrainingError.configuration(key: "dropout", reason: "must lie between 0 and 1")) {
            try Trainer(configuration: configuration, data: planted.data())
        }
        var data = planted.data()
        data.training = [Outfit(id: "alone", items: [4])]
        #expect(throws: TrainingError.noPairs) { try Trainer(configuration: planted.configuration(), data: data) }
        data.categories = (0..<40_000).map { "c\($0)" }
        #expect {
            try Trainer(configuration: planted.configuration(), data: data)
        } throws: { error in
            guard case TrainingError.configuration("dimension", let reason) = error else { return false }
            return reason.hasPrefix("each pair of the 40000 categories has a matrix")
        }
        data = planted.data()
        data.training = [Outfit(id: "unknown", items: [4, 100_000])]
        #expect(throws: (any Error).self) { try Trainer(configuration: planted.configuration(), data: data) }
    }
}
