internal import CKernels
internal import LinearAlgebra

/// One forward and backward pass over a batch: its loss, and the gradient of every parameter.
///
/// Every number is written by one chunk or tile of fixed size, and every sum runs in a fixed order, so that the result
/// does not depend on the number of threads. The work areas are kept from batch to batch.
final class BatchPass {
    let tower: ItemTower
    let shape: ModelShape
    let loss: TrainingLoss
    let margin: Float
    let calibration: Float
    let parallelism: Parallelism

    /// One entry for each parameter. Those of item embeddings that the batch does not touch keep stale values: read only
    /// `touchedItems`.
    let gradients: FloatBuffer
    /// The item embeddings that the batch touches, ascending by place in the batch.
    private(set) var touchedItems: [Int32] = []
    /// The variant embeddings that the batch touches: their places, ascending. The others keep stale gradients too.
    private(set) var touchedVariants: [Int32] = []

    static let itemChunk = 128
    static let exampleChunk = 16
    static let tile = 64

    let inputs = FloatBuffer()
    let presence = ScratchBuffer<UInt8>()
    let hidden = FloatBuffer()
    let outputs = FloatBuffer()
    let lengths = FloatBuffer()
    let seen = ScratchBuffer<Int32>()
    let variants = ScratchBuffer<Int32>()
    let outputGradients = FloatBuffer()
    let hiddenGradients = FloatBuffer()

    /// The matrix of each unordered pair: the identity plus its parameters.
    let matrices: FloatBuffer
    let anchorVectors = FloatBuffer()
    let anchorGradients = FloatBuffer()
    /// Category x anchor x dimension.
    let queries = FloatBuffer()
    let queryGradients = FloatBuffer()
    /// Example x category x dimension: the mean of the anchors' queries.
    let pooled = FloatBuffer()
    let pooledGradients = FloatBuffer()
    /// Example x category: whether any candidate is of the category.
    let isAsked = ScratchBuffer<UInt8>()
    let scoreGradients = FloatBuffer()
    let exampleLosses = ScratchBuffer<Double>()
    let exampleScaleGradients = ScratchBuffer<Double>()
    /// The sum of an example's derivatives by score: what its anchors' biases get.
    let exampleTotals = FloatBuffer()

    init(tower: ItemTower, loss: TrainingLoss, margin: Float, calibration: Float, parallelism: Parallelism) {
        self.tower = tower
        shape = tower.shape
        self.loss = loss
        self.margin = margin
        self.calibration = calibration
        self.parallelism = parallelism
        gradients = FloatBuffer(count: tower.shape.parameterCount)
        matrices = FloatBuffer(count: tower.shape.pairCount * tower.shape.projectionSize)
    }

    /// The mean loss of the examples; `gradients` holds its derivatives afterwards.
    func run(_ batch: TrainingBatch, parameters: FloatBuffer, dropout: DropoutPlan?) -> Double {
        reserve(for: batch)
        runTower(batch, parameters: parameters, dropout: dropout)
        projectAnchors(batch, parameters: parameters)
        let loss = scoreExamples(batch, parameters: parameters)
        propagateScores(batch, parameters: parameters)
        propagateTower(batch, parameters: parameters, dropout: dropout)
        return loss
    }

    private func reserve(for batch: TrainingBatch) {
        let itemCount = batch.items.count
        let anchorCount = batch.anchorItems.count
        let dimension = shape.dimension
        inputs.reserve(itemCount * shape.denseColumnCount)
        presence.reserve(itemCount * shape.blocks.count)
        hidden.reserve(itemCount * shape.hidden)
        outputs.reserve(itemCount * shape.outputCount)
        lengths.reserve(itemCount)
        seen.reserve(itemCount)
        variants.reserve(itemCount)
        outputGradients.reserve(itemCount * shape.outputCount)
        hiddenGradients.reserve(itemCount * shape.hidden)
        anchorVectors.reserve(anchorCount * dimension)
        anchorGradients.reserve(anchorCount * dimension)
        queries.reserve(shape.categoryCount * anchorCount * dimension)
        queryGradients.reserve(shape.categoryCount * anchorCount * dimension)
        pooled.reserve(batch.exampleCount * shape.categoryCount * dimension)
        pooledGradients.reserve(batch.exampleCount * shape.categoryCount * dimension)
        isAsked.reserve(batch.exampleCount * shape.categoryCount)
        scoreGradients.reserve(batch.candidates.count)
        exampleLosses.reserve(batch.exampleCount)
        exampleScaleGradients.reserve(batch.exampleCount)
        exampleTotals.reserve(batch.exampleCount)
    }

    var activations: TowerActivations {
        TowerActivations(
            inputs: inputs.base, presence: presence.base, hidden: hidden.base, outputs: outputs.base,
            lengths: lengths.base, seen: seen.base, variants: variants.base)
    }

    private func runTower(_ batch: TrainingBatch, parameters: FloatBuffer, dropout: DropoutPlan?) {
        let (tower, activations, shape) = (tower, activations, shape)
        batch.items.withUnsafeBufferPointer { items in
            guard let base = items.baseAddress else { return }
            let rows = ReadPointer(base)
            parallelism.forEachChunk(of: items.count, chunkSize: Self.itemChunk) { chunk, range in
                tower.forward(
                    parameters: parameters.base, rows: rows.base + range.lowerBound, count: range.count,
                    into: activations.advanced(by: range.lowerBound, shape: shape), dropout: dropout, chunk: chunk)
            }
        }
        touchedItems = (0..<batch.items.count).filter { seen.base[$0] >= 0 }.map(Int32.init)
        guard shape.variantCount > 0 else { return }
        touchedVariants.removeAll(keepingCapacity: true)
        for variant in (0..<batch.items.count).map({ variants.base[$0] }).sorted()
        where variant >= 0 && variant != touchedVariants.last { touchedVariants.append(variant) }
    }

    /// The place among all item embeddings of a touched item.
    func seenPlace(ofTouched item: Int32) -> Int { Int(seen.base[Int(item)]) }
}
