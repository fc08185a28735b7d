private import Foundation
package import LinearAlgebra

/// Trains one compatibility model.
///
/// The result depends on the configuration and the data alone: not on the number of threads, and not on how often
/// training was interrupted and resumed.
package final class Trainer {
    package let configuration: TrainingConfiguration
    package let data: TrainingData
    let parallelism: Parallelism
    let shape: ModelShape
    let tower: ItemTower
    let seenItems: [Int32]
    let sampler: ExampleSampler
    let questions: ValidationQuestions
    let categoryOfItem: [Int32]
    let parameters: FloatBuffer
    let adam: Adam
    let pass: BatchPass
    var position = TrainingState.Position()
    var best: [Float] = []
    var average: [Float] = []
    let origin: String

    /// - Parameter checkpoint: the bytes of an earlier `onCheckpoint` of the same configuration and data, to go on from there.
    package init(
        configuration: TrainingConfiguration, data: TrainingData, parallelism: Parallelism = .serial,
        checkpoint: [UInt8]? = nil
    ) throws(TrainingError) {
        try Self.check(configuration, data)
        self.configuration = configuration
        self.data = data
        self.parallelism = parallelism
        let features = data.features.blocks.filter {
            !configuration.excludedBlocks.contains($0.name) && $0.dimension > 0
        }
        guard !features.isEmpty else { throw .noFeatures }
        seenItems =
            configuration.itemEmbedding.enabled
            ? Self.seenItems(in: data, minimum: configuration.itemEmbedding.minimumOutfits) : []
        let variants = Self.variants(in: data, configuration: configuration.itemEmbedding)
        shape = ModelShape(
            blocks: features.map { ModelShape.Block(name: $0.name, dimension: $0.dimension, isSparse: $0.isSparse) },
            hidden: configuration.hidden, dimension: configuration.dimension, categoryCount: data.categories.count,
            seenItemCount: seenItems.count, variantCount: variants.count, projection: configuration.projection,
            normalised: configuration.normalised,
            itemBias: configuration.itemBias)
        try Self.checkMemory(shape, data)
        var seenIndex = [Int32](repeating: -1, count: data.features.itemCount)
        for (index, row) in seenItems.enumerated() { seenIndex[Int(row)] = Int32(index) }
        let normalisation = parallelism.mapChunks(of: features.count, chunkSize: 1) { block, _ in
            BlockNormalisation(measuring: features[block])
        }
        tower = ItemTower(
            shape: shape, features: features, normalisation: normalisation, seenIndex: seenIndex,
            variantIndex: variants.ofItem)
        sampler = ExampleSampler(configuration: configuration, data: data)
        guard !sampler.slots.isEmpty else { throw .noPairs }
        questions = ValidationQuestions(data: data, sample: configuration.validationSample, seed: configuration.seed)
        categoryOfItem = data.categoryOfItem.map(Int32.init)
        adam = Adam(shape: shape, configuration: configuration)
        pass = BatchPass(
            tower: tower, loss: configuration.loss, margin: Float(configuration.margin),
            calibration: Float(configuration.calibration), parallelism: parallelism)
        origin = Self.origin(configuration: configuration, data: data, shape: shape)
        parameters = ModelInitialisation.parameters(shape: shape, seed: configuration.seed)
        if let checkpoint { try restore(checkpoint) }
    }

    /// - Throws: where the matrices of all pairs of categories would take more memory than the machine has. Training keeps
    ///   each sixteen times: gradients, moments and checkpoints.
    private static func checkMemory(_ shape: ModelShape, _ data: TrainingData) throws(TrainingError) {
        let needed = shape.projections.count * 16 * MemoryLayout<Float>.size
        guard UInt64(needed) > ProcessInfo.processInfo.physicalMemory else { return }
        throw .configuration(
            key: "dimension",
            reason:
                "each pair of the \(data.categories.count) categories has a matrix of dimension x dimension, which would "
                + "take about \(needed >> 30) GB to train, more than this machine has: let fewer, coarser names come first "
                + "in the category, or take a smaller dimension")
    }

    private static func check(_ configuration: TrainingConfiguration, _ data: TrainingData) throws(TrainingError) {
        if let problem = configuration.problem {
            throw .configuration(key: problem.key, reason: problem.reason)
        }
        let itemCount = data.features.itemCount
        guard data.categoryOfItem.count == itemCount else { throw .dataMismatch("categories of other items") }
        guard data.categoryOfItem.allSatisfy({ data.categories.indices.contains($0) }) else {
            throw .dataMismatch("an item of an unknown category")
        }
        guard data.variants.map({ $0.itemCount == itemCount }) ?? true else {
            throw .dataMismatch("variants of other items")
        }
        guard data.partners.itemCount == itemCount else { throw .dataMismatch("partners of other items") }
        for outfit in data.training + data.validation {
            guard outfit.items.allSatisfy({ (0..<itemCount).contains($0) }) else {
                throw .dataMismatch("outfit \(outfit.id) names an unknown item")
            }
        }
        for groups in [data.groups.family, data.groups.context, data.groups.cluster].compactMap({ $0 }) {
            guard groups.groupOfItem.count == itemCount else { throw .dataMismatch("groups of other items") }
        }
        if let mined = data.groups.mined {
            let rows = [mined.anchors, mined.positives, mined.negatives]
            guard rows.allSatisfy({ $0.allSatisfy { (0..<itemCount).contains(Int($0)) } }) else {
                throw .dataMismatch("a mined negative of an unknown item")
            }
        }
    }

    /// In how many training outfits with a pair each item occurs.
    private static func positiveCounts(in data: TrainingData) -> [Int] {
        data.training.filter { $0.items.count > 1 }.outfitCounts(itemCount: data.features.itemCount)
    }

    /// The items of at least `minimum` training outfits.
    private static func seenItems(in data: TrainingData, minimum: Int) -> [Int32] {
        let counts = positiveCounts(in: data)
        return counts.indices.filter { counts[$0] >= max(1, minimum) }.map(Int32.init)
    }

    /// The groups of two or more items that enough training outfits show some item of, numbered by their first item.
    private static func variants(
        in data: TrainingData, configuration: ItemEmbeddingConfiguration
    ) -> (ofItem: [Int32], count: Int) {
        guard configuration.enabled, configuration.variants, let groups = data.variants else { return ([], 0) }
        let counts = positiveCounts(in: data)
        var ofItem = [Int32](repeating: -1, count: data.features.itemCount)
        var count = 0
        for members in groups.members {
            let outfits = members.reduce(0) { $0 + counts[Int($1)] }
            guard members.count > 1, outfits >= max(1, configuration.minimumOutfits) else { continue }
            for member in members { ofItem[Int(member)] = Int32(count) }
            count += 1
        }
        return count == 0 ? ([], 0) : (ofItem, count)
    }

    /// What a checkpoint must agree with.
    private static func origin(
        configuration: TrainingConfiguration, data: TrainingData, shape: ModelShape
    ) -> String {
        var digest = FNV1a()
        for outfit in data.training + data.validation { digest.add("\(outfit.items);") }
        digest.add(CanonicalJSON.text(of: shape))
        return CanonicalJSON.text(of: configuration) + " " + String(digest.value, radix: 16)
    }

    /// Batches of one epoch.
    package var batchCount: Int { (sampler.slots.count + configuration.batch - 1) / configuration.batch }

    /// The record of every epoch so far.
    package var curve: [EpochRecord] { position.curve }

    /// Trains until the end, or until told to stop.
    ///
    /// - Parameters:
    ///   - checkpointEvery: batches between checkpoints; there is one at the end of each epoch too, and one on a stop.
    ///   - shouldStop: asked after every batch.
    /// - Returns: the model, or nil where it was told to stop.
    package func run(
        checkpointEvery: Int = .max, onCheckpoint: (_ state: [UInt8]) throws -> Void = { _ in },
        shouldStop: () -> Bool = { false }, progress: (TrainingProgress) -> Void = { _ in }
    ) throws -> CompatibilityModel? {
        let totalSteps = batchCount * configuration.epochs
        let batches = BatchPreparation(
            sampler: sampler, categoryOfItem: categoryOfItem, categoryCount: shape.categoryCount,
            isAhead: parallelism.width > 1)
        while !position.isFinished {
            let order = sampler.order(ofEpoch: position.epoch)
            while position.batch < batchCount {
                let prepared = batches.take(place(position.batch, in: order))
                if position.batch + 1 < batchCount { batches.prepare(place(position.batch + 1, in: order)) }
                try runBatch(prepared, totalSteps: totalSteps)
                batches.recycle(prepared)
                let isLast = position.batch == batchCount
                if isLast { try endEpoch(totalSteps: totalSteps) }
                progress(
                    TrainingProgress(
                        epoch: isLast ? position.epoch - 1 : position.epoch, epochCount: configuration.epochs,
                        batch: isLast ? batchCount : position.batch, batchCount: batchCount,
                        examples: position.examples,
                        record: isLast ? position.curve.last : nil))
                let stops = shouldStop() && !position.isFinished
                if isLast || stops || position.stepCount % max(1, checkpointEvery) == 0 {
                    try onCheckpoint(checkpoint())
                }
                if stops { return nil }
                if isLast { break }
            }
        }
        return try model()
    }

    /// A batch of the epoch under way.
    private func place(_ number: Int, in order: [Int32]) -> BatchPreparation.Place {
        let start = number * configuration.batch
        return BatchPreparation.Place(
            epoch: position.epoch, number: number, slots: order[start..<min(order.count, start + configuration.batch)])
    }

    private func runBatch(_ prepared: PreparedBatch, totalSteps: Int) throws(TrainingError) {
        let batch = prepared.batch
        position.tally.add(prepared.tally)
        let loss = pass.run(batch, parameters: parameters, dropout: dropoutPlan(seed: prepared.dropoutSeed))
        let norm = adam.gradientNorm(of: pass, parallelism: parallelism)
        guard loss.isFinite, norm.isFinite else { throw .diverged(epoch: position.epoch, batch: position.batch) }
        let limit = configuration.gradientLimit
        let isLimited = limit > 0 && norm > limit
        adam.step(
            parameters, pass: pass,
            rate: configuration.rate.at(step: position.stepCount, of: totalSteps),
            gradientScale: isLimited ? Float(limit / norm) : 1, parallelism: parallelism)
        position.stepCount += 1
        position.batch += 1
        position.examples += batch.exampleCount
        position.epochExamples += batch.exampleCount
        position.lossSum += loss * Double(batch.exampleCount)
        position.normSum += norm
        position.largestNorm = max(position.largestNorm, norm)
        if isLimited { position.limitedBatches += 1 }
    }

    func dropoutPlan(seed: UInt64) -> DropoutPlan {
        DropoutPlan(
            hidden: Float(configuration.dropout),
            blocks: shape.blocks.map { Float(configuration.blockDropouts[$0.name] ?? configuration.blockDropout) },
            item: Float(configuration.itemEmbedding.dropout), seed: seed)
    }
}
