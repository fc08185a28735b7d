/// The candidates of one anchor and category by score, best first, ties by row.
///
/// Scores become integers that sort the same way, the place below them, so that a rank is a count of smaller integers and
/// a window is a partial selection. A score that is not a number stands last.
struct CandidateRanking {
    struct Entry: Equatable {
        var row: Int32
        /// 1 for the best.
        var rank: Int
        var score: Float
    }

    private let scores: [Float]
    private let rows: [Int32]
    private let keys: [UInt64]
    /// Candidates, the excluded one not counted.
    let count: Int

    /// - Parameter rows: ascending.
    init(scores: [Float], rows: ArraySlice<Int32>, excluding excluded: Int32) {
        self.scores = scores
        self.rows = Array(rows)
        var count = 0
        var keys = [UInt64](repeating: .max, count: scores.count)
        for (place, row) in rows.enumerated() where row != excluded {
            keys[place] = UInt64(Self.descendingBits(scores[place])) << 32 | UInt64(place)
            count += 1
        }
        self.keys = keys
        self.count = count
    }

    /// Smaller for a higher score; the same for 0 and -0.
    private static func descendingBits(_ score: Float) -> UInt32 {
        guard !score.isNaN else { return .max }
        let bits = (score + 0).bitPattern
        return bits >> 31 == 0 ? 0x7FFF_FFFF - bits : bits
    }

    /// The entry of a row, or nil where it is no candidate. O(n).
    func entry(ofRow row: Int32) -> Entry? {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < row { low = middle + 1 } else { high = middle }
        }
        guard low < rows.count, rows[low] == row, keys[low] != .max else { return nil }
        let key = keys[low]
        var better = 0
        for other in keys where other < key { better += 1 }
        return Entry(row: row, rank: better + 1, score: scores[low])
    }

    /// The entries at these ranks, best first. O(n + k log k).
    func entries(inRanks lowest: Int, through highest: Int) -> [Entry] {
        let end = min(highest, count)
        guard lowest <= end else { return [] }
        var selected = keys
        if end < selected.count { selected.partitionSmallest(end) }
        let best = selected.prefix(end).sorted()
        return best[(lowest - 1)...].enumerated().map { offset, key in
            let place = Int(key & 0xFFFF_FFFF)
            return Entry(row: rows[place], rank: lowest + offset, score: scores[place])
        }
    }
}

extension [UInt64] {
    /// Moves the `wanted` smallest to the front, in any order (Hoare's selection, 1961; the pivot is a median of three).
    fileprivate mutating func partitionSmallest(_ wanted: Int) {
        withUnsafeMutableBufferPointer { values in
            var low = 0
            var high = values.count - 1
            while low < high {
                let middle = (low + high) / 2
                let pivot = Swift.max(
                    Swift.min(values[low], values[high]),
                    Swift.min(Swift.max(values[low], values[high]), values[middle]))
                var left = low
                var right = high
                while left <= right {
                    while values[left] < pivot { left += 1 }
                    while values[right] > pivot { right -= 1 }
                    if left <= right {
                        values.swapAt(left, right)
                        left += 1
                        right -= 1
                    }
                }
                if wanted - 1 <= right {
                    high = right
                } else if wanted - 1 >= left {
                    low = left
                } else {
                    return
                }
            }
        }
    }
}
