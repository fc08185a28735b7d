internal import CKernels
internal import LinearAlgebra

/// What is left out of a training step at random.
struct DropoutPlan: Sendable {
    var hidden: Float
    var blocks: [Float]
    var item: Float
    var seed: UInt64
}

/// Where the activations of a chunk of items lie.
struct TowerActivations: @unchecked Sendable {
    /// Standardised dense columns: count x dense columns.
    var inputs: UnsafeMutablePointer<Float>
    /// Whether a block was used: count x blocks.
    var presence: UnsafeMutablePointer<UInt8>
    /// After ReLU and dropout: count x hidden.
    var hidden: UnsafeMutablePointer<Float>
    /// Shared space and bias: count x outputs.
    var outputs: UnsafeMutablePointer<Float>
    /// The length before normalisation: count.
    var lengths: UnsafeMutablePointer<Float>
    /// The row of the item's own embedding, or -1 where it has none or it was left out: count.
    var seen: UnsafeMutablePointer<Int32>
    /// The row of the embedding of the item's variants, likewise: count.
    var variants: UnsafeMutablePointer<Int32>

    func advanced(by count: Int, shape: ModelShape) -> TowerActivations {
        TowerActivations(
            inputs: inputs + count * shape.denseColumnCount, presence: presence + count * shape.blocks.count,
            hidden: hidden + count * shape.hidden, outputs: outputs + count * shape.outputCount,
            lengths: lengths + count, seen: seen + count, variants: variants + count)
    }
}

/// The network from an item's features to the shared space:
///
///     h = dropout(ReLU(Σ over blocks (x_b W_b, or the stand-in of b where it is missing) + bias))
///     z = h V + c (+ the item's own embedding + that of its variants), e = z or z / |z|,
///     and one further output, the item's bias
struct ItemTower: Sendable {
    let shape: ModelShape
    /// In the order of the shape's blocks.
    let features: [FeatureBlock]
    let normalisation: [BlockNormalisation]
    /// For each row, its place among the items with an embedding of their own, or -1.
    let seenIndex: [Int32]
    /// For each row, the place of its variants' embedding, or -1.
    let variantIndex: [Int32]

    private let denseBlocks: [(block: Int, column: Int)]
    private let sparseBlocks: [(block: Int, weights: Int)]

    init(
        shape: ModelShape, features: [FeatureBlock], normalisation: [BlockNormalisation], seenIndex: [Int32],
        variantIndex: [Int32]
    ) {
        self.shape = shape
        self.features = features
        self.normalisation = normalisation
        self.seenIndex = seenIndex
        self.variantIndex = variantIndex
        denseBlocks = shape.denseBlocks.map { ($0, shape.denseColumn(ofBlock: $0)) }
        sparseBlocks = shape.sparseBlocks.map { ($0, shape.weights(ofBlock: $0).lowerBound) }
    }

    /// Computes the outputs of `count` items.
    ///
    /// - Parameters:
    ///   - dropout: nil outside training.
    ///   - chunk: the number of the chunk in its batch, from which its random stream follows.
    func forward(
        parameters: UnsafePointer<Float>, rows: UnsafePointer<Int32>, count: Int, into activations: TowerActivations,
        dropout: DropoutPlan? = nil, chunk: Int = 0
    ) {
        var random = RandomStream(seed: dropout?.seed ?? 0, stream: UInt64(chunk))
        let blockCount = shape.blocks.count
        for item in 0..<count {
            let row = Int(rows[item])
            for block in 0..<blockCount {
                var isUsed = features[block].isPresent[row]
                if let dropout, dropout.blocks[block] > 0, random.uniform() < dropout.blocks[block] { isUsed = false }
                activations.presence[item * blockCount + block] = isUsed ? 1 : 0
            }
            var seen = seenIndex[row]
            if let dropout, dropout.item > 0, random.uniform() < dropout.item { seen = -1 }
            activations.seen[item] = seen
            var variant = shape.variantCount > 0 ? variantIndex[row] : -1
            if variant >= 0, let dropout, dropout.item > 0, random.uniform() < dropout.item { variant = -1 }
            activations.variants[item] = variant
        }
        gatherDense(rows: rows, count: count, into: activations)
        startHidden(parameters: parameters, count: count, into: activations)
        addSparse(parameters: parameters, rows: rows, count: count, into: activations)
        let width = shape.denseColumnCount
        let hidden = shape.hidden
        if width > 0 {
            BLAS.gemm(
                rows: count, columns: hidden, inner: width, a: activations.inputs, lda: width, b: parameters,
                ldb: hidden, beta: 1, c: activations.hidden, ldc: hidden)
        }
        atelier_relu(activations.hidden, count * hidden)
        if let dropout, dropout.hidden > 0 {
            drop(dropout.hidden, from: activations.hidden, count: count * hidden, random: &random)
        }
        finish(parameters: parameters, count: count, activations: activations)
    }

    private func gatherDense(rows: UnsafePointer<Int32>, count: Int, into activations: TowerActivations) {
        let width = shape.denseColumnCount
        let blockCount = shape.blocks.count
        for (block, column) in denseBlocks {
            let limit = normalisation[block].limit
            guard case .dense(let matrix) = features[block].values else { continue }
            let dimension = matrix.columnCount
            matrix.values.withUnsafeBufferPointer { values in
                normalisation[block].mean.withUnsafeBufferPointer { mean in
                    normalisation[block].scale.withUnsafeBufferPointer { scale in
                        guard let values = values.baseAddress, let mean = mean.baseAddress,
                            let scale = scale.baseAddress
                        else { return }
                        for item in 0..<count {
                            let target = activations.inputs + item * width + column
                            if activations.presence[item * blockCount + block] == 0 {
                                target.update(repeating: 0, count: dimension)
                            } else {
                                atelier_standardise(
                                    values + Int(rows[item]) * dimension, mean, scale, limit, target,
                                    dimension)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The bias and the stand-ins of the blocks that are missing.
    private func startHidden(parameters: UnsafePointer<Float>, count: Int, into activations: TowerActivations) {
        let hidden = shape.hidden
        let blockCount = shape.blocks.count
        let standIns = parameters + shape.standIns.lowerBound
        let bias = parameters + shape.hiddenBias.lowerBound
        for item in 0..<count {
            let target = activations.hidden + item * hidden
            target.update(from: bias, count: hidden)
            for block in 0..<blockCount where activations.presence[item * blockCount + block] == 0 {
                atelier_axpy(1, standIns + block * hidden, target, hidden)
            }
        }
    }

    private func addSparse(
        parameters: UnsafePointer<Float>, rows: UnsafePointer<Int32>, count: Int, into activations: TowerActivations
    ) {
        let hidden = shape.hidden
        let blockCount = shape.blocks.count
        for (block, weights) in sparseBlocks {
            guard case .sparse(let matrix) = features[block].values else { continue }
            let scale = normalisation[block].scale[0]
            matrix.withEntries { offsets, columns, values in
                for item in 0..<count where activations.presence[item * blockCount + block] != 0 {
                    let target = activations.hidden + item * hidden
                    let row = Int(rows[item])
                    for entry in Int(offsets[row])..<Int(offsets[row + 1]) {
                        atelier_axpy(
                            values[entry] * scale, parameters + weights + Int(columns[entry]) * hidden, target, hidden)
                    }
                }
            }
        }
    }

    private func drop(_ share: Float, from x: UnsafeMutablePointer<Float>, count: Int, random: inout RandomStream) {
        let threshold = UInt16(min(65535, share * 65536))
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: (count + 3) / 4) { words in
            for index in words.indices { words[index] = random.next() }
            guard let base = words.baseAddress else { return }
            atelier_dropout(base, threshold, 1 / (1 - Float(threshold) / 65536), x, count)
        }
    }

    private func finish(parameters: UnsafePointer<Float>, count: Int, activations: TowerActivations) {
        let hidden = shape.hidden
        let outputs = shape.outputCount
        let dimension = shape.dimension
        let bias = parameters + shape.outputBias.lowerBound
        let items = parameters + shape.items.lowerBound
        let variants = parameters + shape.variants.lowerBound
        for item in 0..<count {
            (activations.outputs + item * outputs).update(
                from: bias, count: outputs)
        }
        BLAS.gemm(
            rows: count, columns: outputs, inner: hidden, a: activations.hidden, lda: hidden,
            b: parameters + shape.outputWeights.lowerBound, ldb: outputs, beta: 1, c: activations.outputs, ldc: outputs)
        for item in 0..<count {
            let output = activations.outputs + item * outputs
            if activations.seen[item] >= 0 {
                atelier_axpy(
                    1, items + Int(activations.seen[item]) * outputs, output, outputs)
            }
            if activations.variants[item] >= 0 {
                atelier_axpy(1, variants + Int(activations.variants[item]) * outputs, output, outputs)
            }
            if !shape.itemBias { output[dimension] = 0 }
            guard shape.normalised else { continue }
            let length = max(1e-6, atelier_dot(output, output, dimension).squareRoot())
            activations.lengths[item] = length
            for place in 0..<dimension { output[place] /= length }
        }
    }
}

extension SparseMatrix {
    /// Calls `body` with the row offsets, columns and values.
    func withEntries(
        _ body: (UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Float>) -> Void
    ) {
        rowOffsets.withUnsafeBufferPointer { offsets in
            columns.withUnsafeBufferPointer { columns in
                values.withUnsafeBufferPointer { values in
                    guard let offsets = offsets.baseAddress, let columns = columns.baseAddress,
                        let values = values.baseAddress
                    else { return }
                    body(offsets, columns, values)
                }
            }
        }
    }
}
