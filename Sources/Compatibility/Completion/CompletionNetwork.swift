internal import CKernels
package import LinearAlgebra

/// A network of two hidden layers from a candidate's features to how well it completes an outfit:
///
///     a = dropout(ReLU(x A + p)),  b = ReLU(a B + q),  score = b · w + r
package struct CompletionNetwork: Sendable, Equatable {
    /// Columns of x, a and b, and where the parameters lie.
    package struct Shape: Sendable, Equatable {
        package let inputs: Int
        package let hidden: Int
        package var second: Int { max(1, hidden / 2) }

        package init(inputs: Int, hidden: Int) {
            self.inputs = inputs
            self.hidden = hidden
        }

        /// A, p, B, q, w, r.
        package var parts: [(name: String, range: Range<Int>)] {
            let sizes = [
                ("first weights", inputs * hidden), ("first bias", hidden), ("second weights", hidden * second),
                ("second bias", second), ("last weights", second), ("last bias", 1),
            ]
            var start = 0
            return sizes.map { name, size in
                defer { start += size }
                return (name, start..<start + size)
            }
        }

        package var parameterCount: Int { inputs * hidden + hidden + hidden * second + 2 * second + 1 }
    }

    package let shape: Shape
    package var parameters: [Float]

    init(shape: Shape, parameters: [Float]) {
        precondition(parameters.count == shape.parameterCount, "parameters of another shape")
        self.shape = shape
        self.parameters = parameters
    }

    /// Weights with twice the variance that keeps a linear layer's (He et al., 2015), biases 0.
    package init(shape: Shape, random: inout RandomStream) {
        self.init(shape: shape, parameters: [Float](repeating: 0, count: shape.parameterCount))
        for (part, inputs) in [(0, shape.inputs), (2, shape.hidden), (4, shape.second)] {
            let deviation = (2 / Float(inputs)).squareRoot()
            for place in shape.parts[part].range { parameters[place] = random.normal() * deviation }
        }
    }

    /// The scores of rows of features, standardised: `count` x `shape.inputs`.
    func scores(_ features: UnsafePointer<Float>, count: Int) -> [Float] {
        let work = CompletionPass(shape: shape, capacity: count)
        work.forward(features, count: count, parameters: parameters)
        return Array(UnsafeBufferPointer(start: work.scores.base, count: count))
    }
}

/// Room for one forward and backward pass over up to `capacity` rows.
final class CompletionPass {
    let shape: CompletionNetwork.Shape
    let scores: FloatBuffer
    let gradients: FloatBuffer
    private let first: FloatBuffer
    private let second: FloatBuffer
    private let parts: [Range<Int>]

    init(shape: CompletionNetwork.Shape, capacity: Int) {
        self.shape = shape
        scores = FloatBuffer(count: capacity)
        first = FloatBuffer(count: capacity * shape.hidden)
        second = FloatBuffer(count: capacity * shape.second)
        gradients = FloatBuffer(count: shape.parameterCount)
        parts = shape.parts.map(\.range)
    }

    /// - Parameter drop: gets the first hidden layer after its ReLU, in training.
    func forward(
        _ features: UnsafePointer<Float>, count: Int, parameters: [Float],
        drop: (_ activations: UnsafeMutablePointer<Float>, _ count: Int) -> Void = { _, _ in }
    ) {
        parameters.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            let (inputs, hidden, half) = (shape.inputs, shape.hidden, shape.second)
            for row in 0..<count {
                (first.base + row * hidden).update(from: base + parts[1].lowerBound, count: hidden)
                (second.base + row * half).update(from: base + parts[3].lowerBound, count: half)
                scores.base[row] = base[parts[5].lowerBound]
            }
            BLAS.gemm(
                rows: count, columns: hidden, inner: inputs, a: features, lda: inputs, b: base, ldb: hidden, beta: 1,
                c: first.base, ldc: hidden)
            atelier_relu(first.base, count * hidden)
            drop(first.base, count * hidden)
            BLAS.gemm(
                rows: count, columns: half, inner: hidden, a: first.base, lda: hidden,
                b: base + parts[2].lowerBound, ldb: half, beta: 1, c: second.base, ldc: half)
            atelier_relu(second.base, count * half)
            BLAS.gemm(
                rows: count, columns: 1, inner: half, a: second.base, lda: half, b: base + parts[4].lowerBound, ldb: 1,
                beta: 1, c: scores.base, ldc: 1)
        }
    }

    /// Adds to `gradients` the derivatives by the parameters after `forward` over the same rows.
    ///
    /// - Parameters:
    ///   - derivatives: of the loss by each score.
    ///   - keptScale: what dropout multiplied kept activations by.
    func backward(
        _ features: UnsafePointer<Float>, count: Int, parameters: [Float], derivatives: [Float], keptScale: Float
    ) {
        let (inputs, hidden, half) = (shape.inputs, shape.hidden, shape.second)
        parameters.withUnsafeBufferPointer { values in
            derivatives.withUnsafeBufferPointer { derivatives in
                guard let base = values.baseAddress, let outer = derivatives.baseAddress else { return }
                let gradient = gradients.base
                BLAS.gemm(
                    transposeA: true, rows: half, columns: 1, inner: count, a: second.base, lda: half, b: outer, ldb: 1,
                    beta: 1, c: gradient + parts[4].lowerBound, ldc: 1)
                for row in 0..<count { gradient[parts[5].lowerBound] += outer[row] }
                let secondGradient = FloatBuffer(count: count * half)
                BLAS.gemm(
                    rows: count, columns: half, inner: 1, a: outer, lda: 1, b: base + parts[4].lowerBound, ldb: half,
                    c: secondGradient.base, ldc: half)
                atelier_relu_gradient(second.base, 1, secondGradient.base, count * half)
                BLAS.gemm(
                    transposeA: true, rows: hidden, columns: half, inner: count, a: first.base, lda: hidden,
                    b: secondGradient.base, ldb: half, beta: 1, c: gradient + parts[2].lowerBound, ldc: half)
                addRows(of: secondGradient.base, count: count, width: half, to: gradient + parts[3].lowerBound)
                let firstGradient = FloatBuffer(count: count * hidden)
                BLAS.gemm(
                    transposeB: true, rows: count, columns: hidden, inner: half, a: secondGradient.base, lda: half,
                    b: base + parts[2].lowerBound, ldb: half, c: firstGradient.base, ldc: hidden)
                atelier_relu_gradient(first.base, keptScale, firstGradient.base, count * hidden)
                BLAS.gemm(
                    transposeA: true, rows: inputs, columns: hidden, inner: count, a: features, lda: inputs,
                    b: firstGradient.base, ldb: hidden, beta: 1, c: gradient, ldc: hidden)
                addRows(of: firstGradient.base, count: count, width: hidden, to: gradient + parts[1].lowerBound)
            }
        }
    }

    private func addRows(
        of values: UnsafePointer<Float>, count: Int, width: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<count { for column in 0..<width { sums[column] += values[row * width + column] } }
    }
}
