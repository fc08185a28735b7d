/// For each query of a search, the candidates that must not be found.
package struct Exclusions: Sendable, Equatable {
    /// `queryCount + 1` positions in `indices`.
    package private(set) var offsets: [Int] = [0]
    /// Ascending within a query.
    package private(set) var indices: [Int32] = []

    package init() {}

    package init(_ excludedOfQuery: some Sequence<[Int32]>) {
        for excluded in excludedOfQuery { append(excluded) }
    }

    package var queryCount: Int { offsets.count - 1 }

    /// Adds a query. The candidates may come in any order.
    package mutating func append(_ excluded: some Sequence<Int32>) {
        indices.append(contentsOf: excluded.sorted())
        offsets.append(indices.count)
    }

    package func excluded(ofQuery query: Int) -> ArraySlice<Int32> { indices[offsets[query]..<offsets[query + 1]] }
}
