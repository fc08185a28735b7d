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
