package import LinearAlgebra

/// Exact search by inner product over some rows of the catalogue.
///
/// Nothing is approximate, so this is also what any other index is measured against. Results name catalogue rows, ties go
/// to the lower row, and scores are the same to the bit however the queries are cut and on however many threads.
package struct FlatIndex: Sendable {
    /// The rows that can be found, ascending.
    package let rows: [Int32]
    /// Rows that were offered, but whose embedding is not finite; ascending. They are never found.
    package let unusableRows: [Int32]
    private let panels: CandidatePanels

    package var count: Int { rows.count }
    package var dimension: Int { panels.dimension }

    /// An index of the named rows of `embeddings`, which has one row for each of the catalogue's.
    package init(rows: [Int32], of embeddings: Matrix) {
        var usable: [Int32] = []
        var unusable: [Int32] = []
        var values: [Float] = []
        values.reserveCapacity(rows.count * embeddings.columnCount)
        for row in rows.sorted() {
            let embedding = embeddings.row(Int(row))
            if embedding.allSatisfy(\.isFinite) {
                usable.append(row)
                values.append(contentsOf: embedding)
            } else {
                unusable.append(row)
            }
        }
        self.rows = usable
        unusableRows = unusable
        panels = CandidatePanels(values, count: usable.count, dimension: embeddings.columnCount)
    }

    /// An index of all rows.
    package init(_ embeddings: Matrix) {
        self.init(rows: (0..<embeddings.rowCount).map { Int32($0) }, of: embeddings)
    }

    /// The place of a catalogue row in `rows`, or nil where the index does not have it.
    package func position(of row: Int32) -> Int? {
        let place = rows.lowerBound(of: row)
        return place < rows.count && rows[place] == row ? place : nil
    }

    /// For each query the `count` rows of the greatest inner product, best first.
    ///
    /// - Parameter exclusions: for each query the catalogue rows never to find; rows that the index does not have are
    ///   passed over.
    /// - Returns: fewer than `count` where no more are eligible; none for a query that is not finite.
    package func nearest(
        to queries: Matrix, count: Int, excluding exclusions: Exclusions? = nil, parallelism: Parallelism = .serial
    ) -> Neighbours {
        let places = exclusions.map { exclusions in
            Exclusions(
                (0..<exclusions.queryCount).lazy.map { query in
                    exclusions.excluded(ofQuery: query).compactMap { position(of: $0).map { Int32($0) } }
                })
        }
        return panels.nearest(to: queries, best: count, excluding: places, parallelism: parallelism).renamed(by: rows)
    }
}
