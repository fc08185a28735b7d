internal import LinearAlgebra

/// How the raw values of a block become the tower's inputs; measured on the training data and stored in the model.
///
/// Dense: each column to mean 0 and variance 1 over the rows that have the block; a column that never varies becomes 0.
/// Sparse: all values are divided by their root mean square, and zeros stay zeros.
package struct BlockNormalisation: Sendable, Equatable {
    /// Of each column; empty for a sparse block.
    package var mean: [Float]
    /// Of each column; one value for a sparse block.
    package var scale: [Float]

    /// Inputs beyond this many standard deviations are cut off there.
    static let limit: Float = 6

    package init(mean: [Float], scale: [Float]) {
        self.mean = mean
        self.scale = scale
    }

    package init(measuring block: FeatureBlock) {
        switch block.values {
        case .dense(let matrix): self.init(columnsOf: matrix, isPresent: block.isPresent)
        case .sparse(let matrix):
            var sum = 0.0
            for value in matrix.values { sum += Double(value) * Double(value) }
            let square = matrix.values.isEmpty ? 1 : sum / Double(matrix.values.count)
            self.init(mean: [], scale: [square > 0 ? Float(1 / square.squareRoot()) : 1])
        }
    }

    private init(columnsOf matrix: Matrix, isPresent: [Bool]) {
        let width = matrix.columnCount
        var mean = [Double](repeating: 0, count: width)
        var square = [Double](repeating: 0, count: width)
        var count = 0.0
        matrix.values.withUnsafeBufferPointer { values in
            for row in 0..<matrix.rowCount where isPresent[row] {
                count += 1
                for column in 0..<width { mean[column] += Double(values[row * width + column]) }
            }
            for column in 0..<width { mean[column] /= max(1, count) }
            for row in 0..<matrix.rowCount where isPresent[row] {
                for column in 0..<width {
                    let difference = Double(values[row * width + column]) - mean[column]
                    square[column] += difference * difference
                }
            }
        }
        let scale = zip(mean, square).map { mean, square -> Float in
            let deviation = (square / max(1, count)).squareRoot()
            // Rounding noise of a constant column is not a signal.
            return deviation > 1e-6 * max(1e-3, abs(mean)) ? Float(1 / deviation) : 0
        }
        self.init(mean: mean.map { Float($0) }, scale: scale)
    }
}
