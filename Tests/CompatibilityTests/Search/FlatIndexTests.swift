import Compatibility
import LinearAlgebra
import Testing

@Suite struct FlatIndexTests {
    static func matrix(_ rows: Int, _ columns: Int, stream: UInt64, levels: Int? = nil) -> Matrix {
        var random = RandomStream(seed: 21, stream: stream)
        return Matrix(
            rowCount: rows, columnCount: columns,
            values: (0..<rows * columns).map { _ in
                levels.map { Float(random.index(below: $0) - $0 / 2) } ?? random.normal()
            })
    }

    /// Every product, and a full sort.
    static func oracle(_ query: ArraySlice<Float>, _ embeddings: Matrix, rows: [Int32]) -> [ScoredIndex] {
        rows.map { ScoredIndex(index: $0, score: sequentialProduct(query, embeddings.row(Int($0))) + 0) }
            .filter { $0.score > -.infinity }.sorted(by: ScoredIndex.isBetter)
    }

    private let rows: [Int32] = (0..<180).filter { $0 % 3 != 1 }

    @Test func findsCatalogueRowsInTheOrderOfAFullSort() {
        let embeddings = Self.matrix(180, 5, stream: 1, levels: 4)
        let queries = Self.matrix(20, 5, stream: 2, levels: 4)
        let index = FlatIndex(rows: rows.reversed(), of: embeddings)
        let found = index.nearest(to: queries, count: 30, parallelism: Parallelism(width: 2))
        for query in 0..<20 {
            let expected = Self.oracle(queries.row(query), embeddings, rows: rows)
            #expect(found[query] == Array(expected.prefix(30)))
        }
        #expect(index.position(of: 3) == 2)
        #expect(index.position(of: 4) == nil)
        #expect(index.nearest(to: queries, count: 1000)[0].count == rows.count)
    }

    @Test func exclusionsNameCatalogueRows() {
        let embeddings = Self.matrix(180, 5, stream: 3)
        let queries = Self.matrix(6, 5, stream: 4)
        let excluded = (0..<6).map { query in
            // Rows of the index and rows that it does not have.
            Self.oracle(queries.row(query), embeddings, rows: rows).prefix(query * 9).map(\.index) + [1, 4]
        }
        let found = FlatIndex(rows: rows, of: embeddings).nearest(
            to: queries, count: 12, excluding: Exclusions(excluded))
        for query in 0..<6 {
            let expected = Self.oracle(queries.row(query), embeddings, rows: rows).dropFirst(query * 9).prefix(12)
            #expect(found[query] == Array(expected))
        }
    }

    @Test func rowsThatAreNotFiniteAreNamedAndNeverFound() {
        var embeddings = Self.matrix(20, 3, stream: 7)
        embeddings[4, 0] = .infinity
        embeddings[9, 2] = .nan
        let index = FlatIndex(embeddings)
        #expect(index.unusableRows == [4, 9])
        #expect(index.nearest(to: Self.matrix(1, 3, stream: 8), count: 20)[0].count == 18)
        let empty = FlatIndex(rows: [], of: embeddings)
        #expect(empty.nearest(to: Self.matrix(2, 3, stream: 8), count: 4).queryCount == 2)
    }
}
