/// The directions in which the rows of a matrix vary most (Pearson, 1901; Hotelling, 1933).
///
/// Eigenvectors of the covariance, by falling eigenvalue, each signed so that its largest entry is positive. Memory grows
/// with the square of the columns, never with that of the rows.
package struct PrincipalComponents: Sendable, Equatable {
    /// Of each column.
    package let mean: [Float]
    /// One component a row: `count` x columns, orthonormal.
    package let components: Matrix
    /// The variance along each component, falling.
    package let variances: [Float]

    package var count: Int { components.rowCount }

    private static let block = 1024

    /// - Parameters:
    ///   - count: components to keep; as many as there are columns where there are fewer.
    ///   - isUsed: the rows that count; the others are passed over.
    /// - Returns: nil where fewer than two rows count or some value is not finite.
    package init?(of matrix: Matrix, count: Int, isUsed: [Bool]) {
        precondition(isUsed.count == matrix.rowCount, "a mark for each row")
        let width = matrix.columnCount
        let rows = isUsed.indices.filter { isUsed[$0] }
        guard rows.count > 1, width > 0, count > 0 else { return nil }
        var sums = [Double](repeating: 0, count: width)
        for row in rows {
            for (column, value) in matrix.row(row).enumerated() { sums[column] += Double(value) }
        }
        let mean = sums.map { Float($0 / Double(rows.count)) }
        var covariance = [Double](repeating: 0, count: width * width)
        for start in stride(from: 0, to: rows.count, by: Self.block) {
            var centred = matrix.rows(at: rows[start..<min(rows.count, start + Self.block)])
            for row in 0..<centred.rowCount {
                for column in 0..<width { centred.values[row * width + column] -= mean[column] }
            }
            let part = centred.transposedProduct()
            for index in covariance.indices { covariance[index] += Double(part.values[index]) }
        }
        for index in covariance.indices { covariance[index] /= Double(rows.count) }
        guard covariance.allSatisfy(\.isFinite), let values = BLAS.decompose(&covariance, size: width) else {
            return nil
        }
        let kept = min(count, width)
        var components = Matrix(rowCount: kept, columnCount: width)
        for component in 0..<kept {
            // Eigenvalues ascend, and an eigenvector is a column in LAPACK's order: a run of `width` values.
            let start = (width - 1 - component) * width
            var largest = 0
            for column in 0..<width where abs(covariance[start + column]) > abs(covariance[start + largest]) {
                largest = column
            }
            let sign = covariance[start + largest] < 0 ? -1.0 : 1.0
            for column in 0..<width { components[component, column] = Float(sign * covariance[start + column]) }
        }
        self.mean = mean
        self.components = components
        variances = (0..<kept).map { Float(max(0, values[width - 1 - $0])) }
    }

    /// The rows along the components: n x `count`.
    package func projected(_ matrix: Matrix) -> Matrix {
        precondition(matrix.columnCount == mean.count, "rows of another width")
        var projected = matrix.multiplied(byTransposeOf: components)
        let offset = Matrix(rowCount: 1, columnCount: mean.count, values: mean).multiplied(byTransposeOf: components)
        for row in 0..<projected.rowCount {
            for column in 0..<count { projected[row, column] -= offset.values[column] }
        }
        return projected
    }
}

extension Matrix {
    /// Its transpose times itself: columns x columns.
    fileprivate func transposedProduct() -> Matrix {
        var product = Matrix(rowCount: columnCount, columnCount: columnCount)
        product.values.withUnsafeMutableBufferPointer { c in
            values.withUnsafeBufferPointer { a in
                guard let a = a.baseAddress, let c = c.baseAddress else { return }
                BLAS.gemm(
                    transposeA: true, rows: columnCount, columns: columnCount, inner: rowCount, a: a, lda: columnCount,
                    b: a, ldb: columnCount, c: c, ldc: columnCount)
            }
        }
        return product
    }
}
