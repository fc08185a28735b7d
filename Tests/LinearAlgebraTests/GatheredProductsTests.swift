import LinearAlgebra
import Testing

@Test func gatheredProductsAreThoseOfTheNamedRows() {
    let table = CandidatePanelsTests.matrix(30, 37, stream: 90)
    let rows: [Int32] = [29, 0, 7, 7, 3]
    let products = table.products(ofRow: 3, withRows: rows)
    for (row, product) in zip(rows, products) {
        let exact = zip(table.row(3), table.row(Int(row))).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(Double(product) - exact) < 1e-4)
    }
    #expect(table.products(ofRow: 0, withRows: []).isEmpty)
}
