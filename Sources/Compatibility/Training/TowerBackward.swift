internal import CKernels
internal import LinearAlgebra

/// The gradients of the tower's weights, in tasks that each write a tile of their own.
///
/// `@unchecked Sendable`: chunks and tasks write disjoint parts.
struct TowerBackward: @unchecked Sendable {
    /// A part of the weights.
    enum Task {
        case denseWeights(rows: Range<Int>)
        case sparseWeights(block: Int, columns: Range<Int>)
        case outputWeights(rows: Range<Int>)
        case hiddenBiases(columns: Range<Int>)
        case outputBias
    }

    let tower: ItemTower
    let shape: ModelShape
    let itemCount: Int
    /// What the hidden units that dropout kept were multiplied by.
    let keptScale: Float
    let activations: TowerActivations
    let outputGradients: UnsafeMutablePointer<Float>
    let hiddenGradients: UnsafeMutablePointer<Float>
    let gradients: UnsafeMutablePointer<Float>

    init(pass: BatchPass, batch: TrainingBatch, keptScale: Float) {
        tower = pass.tower
        shape = pass.shape
        itemCount = batch.items.count
        self.keptScale = keptScale
        activations = pass.activations
        outputGradients = pass.outputGradients.base
        hiddenGradients = pass.hiddenGradients.base
        gradients = pass.gradients.base
    }

    /// Through the normalisation, the output weights and the ReLU, for a chunk of items.
    func propagateToHidden(_ range: Range<Int>, parameters: UnsafePointer<Float>) {
        let outputs = shape.outputCount
        let hidden = shape.hidden
        let dimension = shape.dimension
        if shape.normalised {
            for item in range {
                let gradient = outputGradients + item * outputs
                let vector = activations.outputs + item * outputs
                // e = z / |z|: dz = (de - e (e · de)) / |z|.
                atelier_axpy(-atelier_dot(vector, gradient, dimension), vector, gradient, dimension)
                for place in 0..<dimension { gradient[place] /= activations.lengths[item] }
            }
        }
        BLAS.gemm(
            transposeB: true, rows: range.count, columns: hidden, inner: outputs,
            a: outputGradients + range.lowerBound * outputs, lda: outputs,
            b: parameters + shape.outputWeights.lowerBound, ldb: outputs,
            c: hiddenGradients + range.lowerBound * hidden, ldc: hidden)
        atelier_relu_gradient(
            activations.hidden + range.lowerBound * hidden, keptScale, hiddenGradients + range.lowerBound * hidden,
            range.count * hidden)
    }

    func tasks(tile: Int) -> [Task] {
        func tiles(_ count: Int) -> [Range<Int>] {
            stride(from: 0, to: count, by: tile).map { $0..<min(count, $0 + tile) }
        }
        var tasks: [Task] = []
        for block in shape.sparseBlocks {
            tasks += tiles(shape.hidden).map { .sparseWeights(block: block, columns: $0) }
        }
        tasks += tiles(shape.denseColumnCount).map { .denseWeights(rows: $0) }
        tasks += tiles(shape.hidden).map { .outputWeights(rows: $0) }
        tasks += tiles(shape.hidden).map { .hiddenBiases(columns: $0) }
        tasks.append(.outputBias)
        return tasks
    }

    func run(_ task: Task, rows: UnsafePointer<Int32>) {
        let hidden = shape.hidden
        let outputs = shape.outputCount
        switch task {
        case .denseWeights(let tile):
            let width = shape.denseColumnCount
            BLAS.gemm(
                transposeA: true, rows: tile.count, columns: hidden, inner: itemCount,
                a: activations.inputs + tile.lowerBound, lda: width, b: hiddenGradients, ldb: hidden,
                c: gradients + shape.denseWeights.lowerBound + tile.lowerBound * hidden, ldc: hidden)
        case .sparseWeights(let block, let columns):
            addSparse(block: block, columns: columns, rows: rows)
        case .outputWeights(let tile):
            BLAS.gemm(
                transposeA: true, rows: tile.count, columns: outputs, inner: itemCount,
                a: activations.hidden + tile.lowerBound, lda: hidden, b: outputGradients, ldb: outputs,
                c: gradients + shape.outputWeights.lowerBound + tile.lowerBound * outputs, ldc: outputs)
        case .hiddenBiases(let columns):
            addHiddenBiases(columns)
        case .outputBias:
            let target = gradients + shape.outputBias.lowerBound
            target.update(repeating: 0, count: outputs)
            for item in 0..<itemCount { atelier_axpy(1, outputGradients + item * outputs, target, outputs) }
        }
    }

    private func addSparse(block: Int, columns: Range<Int>, rows: UnsafePointer<Int32>) {
        guard case .sparse(let matrix) = tower.features[block].values else { return }
        let hidden = shape.hidden
        let blockCount = shape.blocks.count
        let scale = tower.normalisation[block].scale[0]
        let target = gradients + shape.weights(ofBlock: block).lowerBound + columns.lowerBound
        for column in 0..<matrix.columnCount { (target + column * hidden).update(repeating: 0, count: columns.count) }
        matrix.withEntries { offsets, entryColumns, values in
            for item in 0..<itemCount where activations.presence[item * blockCount + block] != 0 {
                let gradient = hiddenGradients + item * hidden + columns.lowerBound
                let row = Int(rows[item])
                for entry in Int(offsets[row])..<Int(offsets[row + 1]) {
                    atelier_axpy(
                        values[entry] * scale, gradient, target + Int(entryColumns[entry]) * hidden, columns.count)
                }
            }
        }
    }

    /// The hidden biases, and the stand-ins of missing blocks.
    private func addHiddenBiases(_ columns: Range<Int>) {
        let hidden = shape.hidden
        let blockCount = shape.blocks.count
        let bias = gradients + shape.hiddenBias.lowerBound + columns.lowerBound
        let standIns = gradients + shape.standIns.lowerBound + columns.lowerBound
        bias.update(repeating: 0, count: columns.count)
        for block in 0..<blockCount { (standIns + block * hidden).update(repeating: 0, count: columns.count) }
        for item in 0..<itemCount {
            let gradient = hiddenGradients + item * hidden + columns.lowerBound
            atelier_axpy(1, gradient, bias, columns.count)
            for block in 0..<blockCount where activations.presence[item * blockCount + block] == 0 {
                atelier_axpy(1, gradient, standIns + block * hidden, columns.count)
            }
        }
    }
}
