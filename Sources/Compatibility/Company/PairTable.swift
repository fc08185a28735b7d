package import LinearAlgebra

/// A value for each pair of items that met in some outfit; every other pair has 0.
///
/// Symmetric, in compressed rows: the partners of row `r` are `offsets[r]..<offsets[r + 1]` of `partners`, ascending.
/// Memory is that of the distinct pairs, never that of items x items.
package struct PairTable: PairScorer, Equatable {
    package let offsets: [Int]
    package let partners: [Int32]
    package let values: [Float]

    package var itemCount: Int { offsets.count - 1 }

    /// - Parameter value: of a pair (`first` < `second`) that `outfitCount` outfits show together.
    package init(
        _ pairs: PairSet, itemCount: Int, value: (_ first: Int, _ second: Int, _ outfitCount: Int) -> Float
    ) {
        var offsets = [Int](repeating: 0, count: itemCount + 1)
        for place in 0..<pairs.count {
            offsets[Int(pairs.first[place]) + 1] += 1
            offsets[Int(pairs.second[place]) + 1] += 1
        }
        for row in 0..<itemCount { offsets[row + 1] += offsets[row] }
        let pairValues = (0..<pairs.count).map {
            value(Int(pairs.first[$0]), Int(pairs.second[$0]), Int(pairs.outfitCount[$0]))
        }
        var partners = [Int32](repeating: 0, count: 2 * pairs.count)
        var values = [Float](repeating: 0, count: 2 * pairs.count)
        var next = offsets
        // Pairs ascend by (first, second). An item's lower partners come as `first` of pairs that it ends, which all stand
        // before the pairs that it begins: writing the ended ones first keeps every row ascending.
        for ended in [true, false] {
            for place in 0..<pairs.count {
                let row = Int(ended ? pairs.second[place] : pairs.first[place])
                partners[next[row]] = ended ? pairs.first[place] : pairs.second[place]
                values[next[row]] = pairValues[place]
                next[row] += 1
            }
        }
        self.offsets = offsets
        self.partners = partners
        self.values = values
    }

    /// The table of its three arrays, or nil where they do not fit together.
    package init?(offsets: [Int], partners: [Int32], values: [Float]) {
        guard offsets.first == 0, offsets.last == partners.count, partners.count == values.count,
            zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }), values.allSatisfy(\.isFinite),
            partners.allSatisfy({ $0 >= 0 && Int($0) < offsets.count - 1 })
        else { return nil }
        for row in 0..<offsets.count - 1 {
            let range = offsets[row]..<offsets[row + 1]
            guard zip(partners[range], partners[range].dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        }
        self.offsets = offsets
        self.partners = partners
        self.values = values
    }

    /// The weighted sum of tables over the same pairs.
    ///
    /// - Precondition: at least one table.
    init(sumOf tables: [(table: PairTable, weight: Double)]) {
        offsets = tables[0].table.offsets
        partners = tables[0].table.partners
        values = partners.indices.map { place in
            Float(tables.reduce(0.0) { $0 + $1.weight * Double($1.table.values[place]) })
        }
    }

    /// The positions in `partners` and `values` of one item.
    package func range(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    /// The position of a pair in `partners` and `values`, or nil where the two never met. O(log partners).
    func place(_ row: Int, _ partner: Int) -> Int? {
        let known = partners[range(of: row)]
        let place = known.lowerBound(of: Int32(partner))
        return place < known.endIndex && known[place] == Int32(partner) ? place : nil
    }

    /// The value of a pair. O(log partners).
    package func value(_ row: Int, _ partner: Int) -> Float { place(row, partner).map { values[$0] } ?? 0 }

    /// Other values, which need not be symmetric, of the same pairs.
    func with(_ values: [Float]) -> PairTable {
        precondition(values.count == partners.count, "values of other pairs")
        return PairTable(pairsOf: self, values: values)
    }

    /// The values of (row, partner) at (partner, row).
    func transposed() -> PairTable {
        var values = self.values
        for row in 0..<itemCount {
            for place in range(of: row) { values[place] = value(Int(partners[place]), row) }
        }
        return with(values)
    }

    private init(pairsOf other: PairTable, values: [Float]) {
        offsets = other.offsets
        partners = other.partners
        self.values = values
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        add(to: &scores, anchors: anchors, candidates: candidates)
        return scores
    }

    /// Adds the values of every anchor with every candidate to `scores`: `anchors.count` x `candidates.count`.
    package func add(to scores: inout Matrix, anchors: [Int], candidates: [Int]) {
        // A long list of candidates is looked up by its places, a short one by search.
        let places = candidates.count > 64 ? CandidatePlaces(candidates) : nil
        for (row, anchor) in anchors.enumerated() {
            if let places {
                for entry in range(of: anchor) {
                    places.forEachPlace(of: Int(partners[entry])) { scores[row, $0] += values[entry] }
                }
            } else {
                for (column, candidate) in candidates.enumerated() { scores[row, column] += value(anchor, candidate) }
            }
        }
    }
}

/// Where each row stands in a list of candidates, without an array as long as the catalogue.
private struct CandidatePlaces {
    /// The candidates, ascending, and the column of each.
    private let rows: [Int]
    private let columns: [Int]

    init(_ candidates: [Int]) {
        // Pools ascend already; anything else is sorted once.
        let isAscending = zip(candidates, candidates.dropFirst()).allSatisfy(<)
        columns =
            isAscending
            ? Array(candidates.indices)
            : candidates.indices.sorted { (candidates[$0], $0) < (candidates[$1], $1) }
        rows = columns.map { candidates[$0] }
    }

    func forEachPlace(of row: Int, _ body: (Int) -> Void) {
        var place = rows.lowerBound(of: row)
        while place < rows.count, rows[place] == row {
            body(columns[place])
            place += 1
        }
    }
}
