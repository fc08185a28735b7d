package import LinearAlgebra

/// The features of candidates beside the rest of an outfit, as `CompletionFeatures` gives them.
package struct CompletionRows: Sendable {
    /// Of the rest; of several one after another, each of `restCount`.
    let items: [Int32]
    /// Of each row where the items of its rest begin.
    let starts: [Int32]
    /// Items of a rest.
    package let restCount: Int
    let candidates: [Int32]
    /// candidates x `CompletionFeatures.count`.
    package var whole: Matrix
    /// (candidates · rest) x `CompletionFeatures.pairCount`: of a candidate the items of the rest one after another.
    package var pairs: Matrix

    package init(rest: [Int], candidates: [Int], whole: Matrix, pairs: Matrix) {
        precondition(
            !rest.isEmpty && whole.rowCount == candidates.count && pairs.rowCount == candidates.count * rest.count,
            "pairs of another rest")
        items = rest.map(Int32.init)
        starts = [Int32](repeating: 0, count: candidates.count)
        restCount = rest.count
        self.candidates = candidates.map(Int32.init)
        self.whole = whole
        self.pairs = pairs
    }

    /// Those beside several rests of as many items, one after another; at least one.
    init(joining parts: [CompletionRows]) {
        items = parts.flatMap(\.items)
        var before: Int32 = 0
        starts = parts.flatMap { part in
            defer { before += Int32(part.items.count) }
            return part.starts.map { before + $0 }
        }
        restCount = parts[0].restCount
        candidates = parts.flatMap(\.candidates)
        whole = Matrix(
            rowCount: candidates.count, columnCount: parts[0].whole.columnCount, values: parts.flatMap(\.whole.values))
        pairs = Matrix(
            rowCount: candidates.count * restCount, columnCount: parts[0].pairs.columnCount,
            values: parts.flatMap(\.pairs.values))
    }

    /// Calls `body` with all rows, one after another.
    func reading(_ body: (_ whole: UnsafePointer<Float>, _ pairs: UnsafePointer<Float>) -> Void) {
        whole.values.withUnsafeBufferPointer { whole in
            pairs.values.withUnsafeBufferPointer { pairs in
                guard let whole = whole.baseAddress, let pairs = pairs.baseAddress else { return }
                body(whole, pairs)
            }
        }
    }

    /// Calls `body` with the rows of one item of the rest and each candidate, and the candidate's.
    mutating func forEachCandidate(
        of place: Int,
        _ body: (
            _ column: Int, _ pair: UnsafeMutablePointer<Float>, _ whole: UnsafeMutablePointer<Float>
        ) -> Void
    ) {
        let (candidateCount, width, pairWidth) = (whole.rowCount, whole.columnCount, pairs.columnCount)
        whole.values.withUnsafeMutableBufferPointer { whole in
            pairs.values.withUnsafeMutableBufferPointer { pairs in
                guard let whole = whole.baseAddress, let pairs = pairs.baseAddress else { return }
                for column in 0..<candidateCount {
                    body(column, pairs + (column * restCount + place) * pairWidth, whole + column * width)
                }
            }
        }
    }

    /// The same for every item of the rest in turn.
    mutating func forEachPair(
        _ body: (
            _ place: Int, _ column: Int, _ pair: UnsafeMutablePointer<Float>, _ whole: UnsafeMutablePointer<Float>
        ) -> Void
    ) {
        for place in 0..<restCount { forEachCandidate(of: place) { body(place, $0, $1, $2) } }
    }

    /// The first columns of a candidate are the means of its pairs'.
    mutating func addMeans() {
        let (width, share) = (pairs.columnCount, 1 / Float(restCount))
        let last = restCount - 1
        forEachPair { place, _, pair, whole in
            for column in 0..<width { whole[column] += pair[column] }
            guard place == last else { return }
            for column in 0..<width { whole[column] *= share }
        }
    }
}
