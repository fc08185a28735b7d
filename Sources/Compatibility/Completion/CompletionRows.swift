package import LinearAlgebra

/// The features of candidates beside the rest of an outfit, as `CompletionFeatures` gives them.
package struct CompletionRows: Sendable {
    /// Items of the rest.
    package let restCount: Int
    /// candidates x `CompletionFeatures.count`.
    package var whole: Matrix
    /// (candidates · rest) x `CompletionFeatures.pairCount`: of a candidate the items of the rest one after another.
    package var pairs: Matrix

    package init(restCount: Int, whole: Matrix, pairs: Matrix) {
        precondition(restCount > 0 && pairs.rowCount == whole.rowCount * restCount, "pairs of another rest")
        self.restCount = restCount
        self.whole = whole
        self.pairs = pairs
    }

    /// Those beside several rests of as many items, one after another; at least one.
    init(joining parts: [CompletionRows]) {
        let rowCount = parts.reduce(0) { $0 + $1.whole.rowCount }
        self.init(
            restCount: parts[0].restCount,
            whole: Matrix(
                rowCount: rowCount, columnCount: parts[0].whole.columnCount, values: parts.flatMap(\.whole.values)),
            pairs: Matrix(
                rowCount: rowCount * parts[0].restCount, columnCount: parts[0].pairs.columnCount,
                values: parts.flatMap(\.pairs.values)))
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
