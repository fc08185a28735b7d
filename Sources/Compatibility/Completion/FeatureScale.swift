internal import CKernels

/// What standardises columns of features: from each its mean is taken away, and the rest multiplied by its scale.
package struct FeatureScale: Sendable, Equatable {
    let mean: [Float]
    let scale: [Float]
    /// Both as often as the kernel of narrowed rows wants them.
    private let tiledMean: [Float]
    private let tiledScale: [Float]

    /// Standardised features beyond this many deviations are cut to it.
    static let limit: Float = 10
    /// Deviations below this count as it: what was seen once in a thousand rows must not come out huge when it is seen again.
    private static let leastDeviation = 0.1

    private static let tile = 16

    init(mean: [Float], scale: [Float]) {
        precondition(mean.count == scale.count, "columns of two tables")
        self.mean = mean
        self.scale = scale
        tiledMean = Array(repeatElement(mean, count: Self.tile).joined())
        tiledScale = Array(repeatElement(scale, count: Self.tile).joined())
    }

    /// Of the columns of some rows.
    ///
    /// - Parameter value: by row and column.
    init(rowCount: Int, columnCount: Int, value: (_ row: Int, _ column: Int) -> Float) {
        var (sums, squares) = (
            [Double](repeating: 0, count: columnCount), [Double](repeating: 0, count: columnCount)
        )
        let share = 1 / Double(max(1, rowCount))
        for row in 0..<rowCount {
            for column in 0..<columnCount { sums[column] += Double(value(row, column)) }
        }
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                let difference = Double(value(row, column)) - sums[column] * share
                squares[column] += difference * difference
            }
        }
        self.init(
            mean: sums.map { Float($0 * share) },
            scale: squares.map { Float(1 / max(Self.leastDeviation, ($0 * share).squareRoot())) })
    }

    var columnCount: Int { mean.count }

    func standardise(_ rows: UnsafePointer<Float>, count: Int, to output: UnsafeMutablePointer<Float>) {
        for row in 0..<count {
            let start = row * columnCount
            atelier_standardise(rows + start, mean, scale, Self.limit, output + start, columnCount)
        }
    }

    /// Of rows as `ChoiceTable` keeps them.
    func standardise(_ narrowed: UnsafePointer<UInt16>, count: Int, to output: UnsafeMutablePointer<Float>) {
        atelier_widen_standardise(narrowed, tiledMean, tiledScale, Self.limit, output, count, columnCount, Self.tile)
    }
}

/// What standardises the rows of candidates, and those of their pairs.
struct CompletionScales: Sendable, Equatable {
    let whole: FeatureScale
    let pairs: FeatureScale
}
