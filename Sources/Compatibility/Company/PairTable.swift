package import LinearAlgebra

/// A value for each pair of items that met in some outfit; every other pair has 0.
///
/// Symmetric, in compressed rows: the partners of row `r` are `offsets[r]..<offsets[r + 1]` of `partners`, ascending.
/// Memory is that of the distinct pairs, never that of items x items.
package struct PairTable: Sendable, Equatable {
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

    /// The positions in `partners` and `values` of one item.
    package func range(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    /// The value of a pair. O(log partners).
    package func value(_ row: Int, _ partner: Int) -> Float {
        var low = offsets[row]
        var high = offsets[row + 1]
        let wanted = Int32(partner)
        while low < high {
            let middle = (low + high) / 2
            if partners[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < offsets[row + 1] && partners[low] == wanted ? values[low] : 0
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
    /// (row, column), ascending.
    private let sorted: [(row: Int, column: Int)]

    init(_ candidates: [Int]) {
        let pairs = candidates.enumerated().map { (row: $0.element, column: $0.offset) }
        // Pools ascend already; anything else is sorted once.
        sorted = zip(candidates, candidates.dropFirst()).allSatisfy(<) ? pairs : pairs.sorted { $0 < $1 }
    }

    func forEachPlace(of row: Int, _ body: (Int) -> Void) {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].row < row { low = middle + 1 } else { high = middle }
        }
        while low < sorted.count, sorted[low].row == row {
            body(sorted[low].column)
            low += 1
        }
    }
}
