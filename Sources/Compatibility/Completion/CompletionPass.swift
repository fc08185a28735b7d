internal import CKernels
internal import LinearAlgebra

/// Room for one forward and backward pass of a `CompletionNetwork` over up to `capacity` rows.
final class CompletionPass {
    let shape: CompletionNetwork.Shape
    let scores: FloatBuffer
    let gradients: FloatBuffer
    /// D's and E's share of every row, for its pairs.
    private let shared: FloatBuffer
    /// F's share of every item of a rest, for its pairs.
    private let items: FloatBuffer
    private let pairs: FloatBuffer
    private let pooled: FloatBuffer
    private let first: FloatBuffer
    private let second: FloatBuffer
    private let layout: Layout

    /// Where each part of the parameters begins.
    private struct Layout {
        let (pair, shared, candidateContent, itemContent, pairBias): (Int, Int, Int, Int, Int)
        let (first, firstPooled, firstBias): (Int, Int, Int)
        let (second, secondBias, last, lastBias): (Int, Int, Int, Int)

        init(_ shape: CompletionNetwork.Shape) {
            let starts = shape.parts.map(\.range.lowerBound)
            (pair, shared, candidateContent, itemContent) = (starts[0], starts[1], starts[2], starts[3])
            (pairBias, first, firstBias) = (starts[4], starts[5], starts[6])
            firstPooled = first + shape.inputs * shape.hidden
            (second, secondBias, last, lastBias) = (starts[7], starts[8], starts[9], starts[10])
        }
    }

    init(shape: CompletionNetwork.Shape, capacity: Int, pairCapacity: Int, itemCapacity: Int) {
        self.shape = shape
        layout = Layout(shape)
        scores = FloatBuffer(unwritten: capacity)
        shared = FloatBuffer(unwritten: capacity * shape.pairUnits)
        items = FloatBuffer(unwritten: itemCapacity * shape.pairUnits)
        pairs = FloatBuffer(unwritten: pairCapacity * shape.pairUnits)
        pooled = FloatBuffer(unwritten: capacity * shape.pooled)
        first = FloatBuffer(unwritten: capacity * shape.hidden)
        second = FloatBuffer(unwritten: capacity * shape.second)
        gradients = FloatBuffer(count: shape.parameterCount)
    }

    /// - Parameter drop: gets the first hidden layer after its ReLU, in training.
    func forward(
        _ inputs: CompletionInputs, parameters: [Float],
        drop: (_ activations: UnsafeMutablePointer<Float>, _ count: Int) -> Void = { _, _ in }
    ) {
        let count = inputs.count
        let (width, hidden, half) = (shape.inputs, shape.hidden, shape.second)
        parameters.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            forwardOfPairs(inputs, parameters: base)
            fill(first.base, rows: count, with: base + layout.firstBias, width: hidden)
            BLAS.gemm(
                rows: count, columns: hidden, inner: width, a: inputs.whole, lda: width, b: base + layout.first,
                ldb: hidden, beta: 1, c: first.base, ldc: hidden)
            BLAS.gemm(
                rows: count, columns: hidden, inner: shape.pooled, a: pooled.base, lda: shape.pooled,
                b: base + layout.firstPooled, ldb: hidden, beta: 1, c: first.base, ldc: hidden)
            atelier_relu(first.base, count * hidden)
            drop(first.base, count * hidden)

            fill(second.base, rows: count, with: base + layout.secondBias, width: half)
            BLAS.gemm(
                rows: count, columns: half, inner: hidden, a: first.base, lda: hidden, b: base + layout.second,
                ldb: half, beta: 1, c: second.base, ldc: half)
            atelier_relu(second.base, count * half)

            fill(scores.base, rows: count, with: base + layout.lastBias, width: 1)
            BLAS.gemm(
                rows: count, columns: 1, inner: half, a: second.base, lda: half, b: base + layout.last, ldb: 1, beta: 1,
                c: scores.base, ldc: 1)
        }
    }

    private func forwardOfPairs(_ inputs: CompletionInputs, parameters base: UnsafePointer<Float>) {
        let (count, pairCount, units) = (inputs.count, inputs.pairCount, shape.pairUnits)
        func add(_ rows: UnsafePointer<Float>, _ count: Int, width: Int, times part: Int, to output: FloatBuffer) {
            guard width > 0 else { return }
            BLAS.gemm(
                rows: count, columns: units, inner: width, a: rows, lda: width, b: base + part, ldb: units, beta: 1,
                c: output.base, ldc: units)
        }
        fill(shared.base, rows: count, with: base + layout.pairBias, width: units)
        add(inputs.whole, count, width: shape.inputs, times: layout.shared, to: shared)
        add(inputs.candidateContent, count, width: shape.contentInputs, times: layout.candidateContent, to: shared)
        items.base.update(repeating: 0, count: inputs.itemCount * units)
        add(inputs.itemContent, inputs.itemCount, width: shape.contentInputs, times: layout.itemContent, to: items)
        atelier_spread_rows(shared.base, items.base, inputs.ends, inputs.items, count, units, pairs.base)
        add(inputs.pairs, pairCount, width: shape.pairInputs, times: layout.pair, to: pairs)
        atelier_relu(pairs.base, pairCount * units)
        atelier_pool_rows(pairs.base, inputs.ends, count, units, pooled.base)
    }

    /// Adds to `gradients` the derivatives by the parameters after `forward` over the same rows.
    ///
    /// - Parameters:
    ///   - derivatives: of the loss by each score.
    ///   - keptScale: what dropout multiplied kept activations by.
    func backward(_ inputs: CompletionInputs, parameters: [Float], derivatives: [Float], keptScale: Float) {
        let (count, hidden, half) = (inputs.count, shape.hidden, shape.second)
        parameters.withUnsafeBufferPointer { values in
            derivatives.withUnsafeBufferPointer { derivatives in
                guard let base = values.baseAddress, let outer = derivatives.baseAddress else { return }
                let gradient = gradients.base
                addProduct(of: second.base, width: half, by: outer, columns: 1, count: count, to: layout.last)
                atelier_add_rows(outer, count, 1, gradient + layout.lastBias)
                let secondGradient = FloatBuffer(unwritten: count * half)
                BLAS.gemm(
                    rows: count, columns: half, inner: 1, a: outer, lda: 1, b: base + layout.last, ldb: half,
                    c: secondGradient.base, ldc: half)
                atelier_relu_gradient(second.base, 1, secondGradient.base, count * half)

                addProduct(
                    of: first.base, width: hidden, by: secondGradient.base, columns: half, count: count,
                    to: layout.second)
                atelier_add_rows(secondGradient.base, count, half, gradient + layout.secondBias)
                let firstGradient = FloatBuffer(unwritten: count * hidden)
                BLAS.gemm(
                    transposeB: true, rows: count, columns: hidden, inner: half, a: secondGradient.base, lda: half,
                    b: base + layout.second, ldb: half, c: firstGradient.base, ldc: hidden)
                atelier_relu_gradient(first.base, keptScale, firstGradient.base, count * hidden)

                addProduct(
                    of: inputs.whole, width: shape.inputs, by: firstGradient.base, columns: hidden, count: count,
                    to: layout.first)
                addProduct(
                    of: pooled.base, width: shape.pooled, by: firstGradient.base, columns: hidden, count: count,
                    to: layout.firstPooled)
                atelier_add_rows(firstGradient.base, count, hidden, gradient + layout.firstBias)
                backwardOfPairs(inputs, firstGradient: firstGradient.base, parameters: base)
            }
        }
    }

    private func backwardOfPairs(
        _ inputs: CompletionInputs, firstGradient: UnsafePointer<Float>, parameters base: UnsafePointer<Float>
    ) {
        let (count, units, hidden) = (inputs.count, shape.pairUnits, shape.hidden)
        let pooledGradient = FloatBuffer(unwritten: count * shape.pooled)
        BLAS.gemm(
            transposeB: true, rows: count, columns: shape.pooled, inner: hidden, a: firstGradient, lda: hidden,
            b: base + layout.firstPooled, ldb: hidden, c: pooledGradient.base, ldc: shape.pooled)
        let pairGradient = FloatBuffer(unwritten: inputs.pairCount * units)
        let sums = FloatBuffer(unwritten: count * units)
        atelier_pool_rows_gradient(
            pairs.base, inputs.ends, count, units, pooled.base, pooledGradient.base, pairGradient.base, sums.base)
        let itemSums = FloatBuffer(count: inputs.itemCount * units)
        atelier_gather_rows(pairGradient.base, inputs.ends, inputs.items, count, units, itemSums.base)
        addProduct(
            of: inputs.pairs, width: shape.pairInputs, by: pairGradient.base, columns: units, count: inputs.pairCount,
            to: layout.pair)
        addProduct(
            of: inputs.whole, width: shape.inputs, by: sums.base, columns: units, count: count, to: layout.shared)
        addProduct(
            of: inputs.candidateContent, width: shape.contentInputs, by: sums.base, columns: units, count: count,
            to: layout.candidateContent)
        addProduct(
            of: inputs.itemContent, width: shape.contentInputs, by: itemSums.base, columns: units,
            count: inputs.itemCount, to: layout.itemContent)
        atelier_add_rows(sums.base, count, units, gradients.base + layout.pairBias)
    }

    /// Adds the transpose of some activations times the gradients of what they gave.
    private func addProduct(
        of activations: UnsafePointer<Float>, width: Int, by gradient: UnsafePointer<Float>, columns: Int, count: Int,
        to start: Int
    ) {
        guard width > 0 else { return }
        BLAS.gemm(
            transposeA: true, rows: width, columns: columns, inner: count, a: activations, lda: width, b: gradient,
            ldb: columns, beta: 1, c: gradients.base + start, ldc: columns)
    }

    private func fill(_ values: UnsafeMutablePointer<Float>, rows: Int, with row: UnsafePointer<Float>, width: Int) {
        for place in 0..<rows { (values + place * width).update(from: row, count: width) }
    }
}
