internal import COpenBLAS

/// The one file that calls BLAS and LAPACK.
///
/// OpenBLAS is held to one thread (`configure`), since two of its threads spin against each other on busy cores;
/// parallelism comes from blocks of fixed size on Dispatch, which keeps results independent of the thread count.
package enum BLAS {
    /// Set by whoever comes first; every product waits for it.
    private static let heldToOneThread: Void = openblas_set_num_threads(1)

    /// Holds OpenBLAS to one thread. The program calls it first of all, while there is but one thread; a product that comes
    /// without it, as in a test, does so itself.
    package static func configure() {
        heldToOneThread
    }

    /// C = alpha * op(A) * op(B) + beta * C, all row-major.
    ///
    /// - Parameters:
    ///   - rows: rows of op(A) and C; columns: columns of op(B) and C; inner: columns of op(A), rows of op(B).
    ///   - lda, ldb, ldc: row strides in elements of A, B and C as stored.
    package static func gemm(
        transposeA: Bool = false, transposeB: Bool = false, rows: Int, columns: Int, inner: Int, alpha: Float = 1,
        a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int, beta: Float = 0,
        c: UnsafeMutablePointer<Float>, ldc: Int
    ) {
        guard rows > 0, columns > 0 else { return }
        configure()
        cblas_sgemm(
            CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(inner), alpha, a, blasint(lda), b, blasint(ldb), beta, c,
            blasint(ldc))
    }

    /// Replaces a symmetric matrix, size x size, by its eigenvectors: a run of `size` values each, in the order of the
    /// eigenvalues, which are returned ascending; nil where they do not converge.
    package static func decompose(_ matrix: inout [Double], size: Int) -> [Double]? {
        precondition(matrix.count == size * size, "values do not fill \(size) x \(size)")
        configure()
        var values = [Double](repeating: 0, count: size)
        var order = Int32(size)
        var workSize = Int32(-1)
        var integerWorkSize = Int32(-1)
        var status = Int32(0)
        var work = [Double](repeating: 0, count: 1)
        var integerWork = [Int32](repeating: 0, count: 1)
        // The first call only asks for the sizes of the work areas.
        for _ in 0..<2 {
            dsyevd_(
                "V", "U", &order, &matrix, &order, &values, &work, &workSize, &integerWork, &integerWorkSize, &status)
            guard status == 0 else { return nil }
            if workSize < 0 {
                workSize = Int32(work[0])
                integerWorkSize = integerWork[0]
                work = [Double](repeating: 0, count: Int(workSize))
                integerWork = [Int32](repeating: 0, count: Int(integerWorkSize))
            }
        }
        return values
    }
}

extension Matrix {
    /// This matrix times another: (n x d) · (d x m) = n x m.
    package func multiplied(by other: Matrix) -> Matrix {
        precondition(columnCount == other.rowCount, "inner dimensions differ")
        var product = Matrix(rowCount: rowCount, columnCount: other.columnCount)
        product.values.withUnsafeMutableBufferPointer { c in
            values.withUnsafeBufferPointer { a in
                other.values.withUnsafeBufferPointer { b in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    BLAS.gemm(
                        rows: rowCount, columns: other.columnCount, inner: columnCount, a: a, lda: columnCount,
                        b: b, ldb: other.columnCount, c: c, ldc: other.columnCount)
                }
            }
        }
        return product
    }

    /// This matrix times the transpose of another: (n x d) · (m x d)ᵀ = n x m, the inner products of all pairs of rows.
    package func multiplied(byTransposeOf other: Matrix) -> Matrix {
        precondition(columnCount == other.columnCount, "column counts differ")
        var product = Matrix(rowCount: rowCount, columnCount: other.rowCount)
        product.values.withUnsafeMutableBufferPointer { c in
            values.withUnsafeBufferPointer { a in
                other.values.withUnsafeBufferPointer { b in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    BLAS.gemm(
                        transposeB: true, rows: rowCount, columns: other.rowCount, inner: columnCount, a: a,
                        lda: columnCount, b: b, ldb: columnCount, c: c, ldc: other.rowCount)
                }
            }
        }
        return product
    }
}
