package import LinearAlgebra

/// Company alone: how often two items met in training outfits, against how often each was used.
///
///     s(a, b) = n(a, b) / sqrt((n(a) + smoothing) · (n(b) + smoothing))
///
/// The smoothing keeps one chance meeting of two rare items from scoring as high as a hundred. Items that never met score
/// 0. Memory is that of the distinct pairs.
package struct CooccurrenceScorer: PairScorer {
    private let offsets: [Int]
    /// Partners of each item, ascending, and their scores.
    private let partners: [Int32]
    private let values: [Float]

    package init(outfits: [Outfit], itemCount: Int, smoothing: Double = 5) {
        let pairs = PairSet(outfits: outfits)
        let uses = LabelledOutfits(outfits: outfits, split: outfits.map { _ in .train })
            .outfitCounts(in: .train, itemCount: itemCount)
        var offsets = [Int](repeating: 0, count: itemCount + 1)
        for place in 0..<pairs.count {
            offsets[Int(pairs.first[place]) + 1] += 1
            offsets[Int(pairs.second[place]) + 1] += 1
        }
        for row in 0..<itemCount { offsets[row + 1] += offsets[row] }
        var partners = [Int32](repeating: 0, count: 2 * pairs.count)
        var values = [Float](repeating: 0, count: 2 * pairs.count)
        var next = offsets
        // Pairs ascend by (first, second). An item's lower partners come as `first` of pairs that it ends, which all stand
        // before the pairs that it begins: writing the ended ones first keeps every row ascending.
        for ended in [true, false] {
            for place in 0..<pairs.count {
                let row = Int(ended ? pairs.second[place] : pairs.first[place])
                let partner = ended ? pairs.first[place] : pairs.second[place]
                let scale = (Double(uses[row]) + smoothing) * (Double(uses[Int(partner)]) + smoothing)
                partners[next[row]] = partner
                values[next[row]] = Float(Double(pairs.outfitCount[place]) / scale.squareRoot())
                next[row] += 1
            }
        }
        self.offsets = offsets
        self.partners = partners
        self.values = values
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        // A long list of candidates is looked up by its places, a short one by search.
        let places = candidates.count > 64 ? CandidatePlaces(candidates) : nil
        for (row, anchor) in anchors.enumerated() {
            let range = offsets[anchor]..<offsets[anchor + 1]
            if let places {
                for entry in range {
                    places.forEachPlace(of: Int(partners[entry])) { scores[row, $0] = values[entry] }
                }
            } else {
                for (column, candidate) in candidates.enumerated() {
                    scores[row, column] = value(of: Int32(candidate), in: range)
                }
            }
        }
        return scores
    }

    private func value(of candidate: Int32, in range: Range<Int>) -> Float {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if partners[middle] < candidate { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && partners[low] == candidate ? values[low] : 0
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
