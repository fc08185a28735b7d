internal import CKernels
internal import LinearAlgebra

/// How the raw values of a block become the tower's inputs; measured on the training data and stored in the model.
///
/// Every dense block becomes rows of a mean squared length of 1, so that one of a thousand columns has no more say, and
/// learns no faster under Adam, than one of ten: each column to mean 0 and equal variances over the rows that have the block;
/// a column that never varies becomes 0. Columns of a common scale keep the proportions of their variances.
///
/// A sparse block's zeros stay zeros, and its mean squared length becomes the square root of its entries a row: several
/// attributes in one block say more than one, but not as much as if each were a block (measured best between the two).
package struct BlockNormalisation: Sendable, Equatable {
    /// Of each column; empty for a sparse block.
    package var mean: [Float]
    /// Of each column; one value for a sparse block.
    package var scale: [Float]

    /// Inputs beyond this many standard deviations of a column are cut off there.
    private static let deviationLimit: Float = 6

    /// The largest input of a dense block.
    var limit: Float {
        let count = scale.count { $0 > 0 }
        return count == 0 ? Self.deviationLimit : Self.deviationLimit / Float(count).squareRoot()
    }

    package init(mean: [Float], scale: [Float]) {
        self.mean = mean
        self.scale = scale
    }

    package init(measuring block: FeatureBlock) {
        switch block.values {
        case .dense(let matrix):
            self.init(columnsOf: matrix, isPresent: block.isPresent, hasCommonScale: block.hasCommonScale)
        case .sparse(let matrix):
            var sum = 0.0
            for value in matrix.values { sum += Double(value) * Double(value) }
            let rows = Double(max(1, block.isPresent.count { $0 }))
            let entries = max(1, Double(matrix.values.count) / rows)
            let square = sum / rows / entries.squareRoot()
            self.init(mean: [], scale: [square > 0 ? Float(1 / square.squareRoot()) : 1])
        }
    }

    /// Every row of a dense block as the tower reads it.
    func standardised(_ matrix: Matrix) -> Matrix {
        var output = Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount)
        let (limit, width) = (limit, matrix.columnCount)
        output.values.withUnsafeMutableBufferPointer { output in
            matrix.values.withUnsafeBufferPointer { values in
                guard let values = values.baseAddress, let output = output.baseAddress else { return }
                for start in stride(from: 0, to: matrix.values.count, by: max(1, width)) {
                    atelier_standardise(values + start, mean, scale, limit, output + start, width)
                }
            }
        }
        return output
    }

    private init(columnsOf matrix: Matrix, isPresent: [Bool], hasCommonScale: Bool) {
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
        if hasCommonScale {
            let common = square.reduce(0, +) / Double(max(1, width))
            square = square.map { $0 > 0 ? common : 0 }
        }
        var scale = zip(mean, square).map { mean, square -> Float in
            let deviation = (square / max(1, count)).squareRoot()
            // Rounding noise of a constant column is not a signal.
            return deviation > 1e-6 * max(1e-3, abs(mean)) ? Float(1 / deviation) : 0
        }
        let varying = Float(max(1, scale.count { $0 > 0 })).squareRoot()
        for column in scale.indices { scale[column] /= varying }
        self.init(mean: mean.map { Float($0) }, scale: scale)
    }
}
