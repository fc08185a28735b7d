private import CKernels

extension Matrix {
    /// The inner products of one row with others. `rows` must be rows of this matrix.
    package func products(ofRow row: Int, withRows rows: [Int32]) -> [Float] {
        precondition(row >= 0 && row < rowCount, "no such row")
        precondition(rows.allSatisfy { $0 >= 0 && Int($0) < rowCount }, "no such row")
        return [Float](unsafeUninitializedCapacity: rows.count) { products, initialized in
            values.withUnsafeBufferPointer { table in
                guard let table = table.baseAddress, let products = products.baseAddress else { return }
                atelier_gathered_products(table + row * columnCount, table, columnCount, rows, rows.count, products)
                initialized = rows.count
            }
        }
    }
}
