private import Foundation
package import LinearAlgebra

/// Categories alone: the pointwise mutual information of the two items' categories over the pairs of training outfits.
///
///     s(a, b) = ln( p(A, B) / (p(A) · p(B)) ), with `smoothing` added to every count of a pair of categories
///
/// On questions whose wrong answers share the category it earns chance; where it earns more, the questions are easy.
package struct CategoryCooccurrenceScorer: PairScorer {
    private let categoryOfItem: [Int]
    private let table: Matrix

    package init(outfits: [Outfit], categoryOfItem: [Int], smoothing: Double = 1) {
        let count = (categoryOfItem.max() ?? -1) + 1
        var pairs = [Double](repeating: smoothing, count: count * count)
        for outfit in outfits {
            let items = Set(outfit.items).sorted()
            for a in items {
                for b in items where a != b { pairs[categoryOfItem[a] * count + categoryOfItem[b]] += 1 }
            }
        }
        let total = pairs.reduce(0, +)
        let margins = (0..<count).map { row in pairs[row * count..<(row + 1) * count].reduce(0, +) }
        var table = Matrix(rowCount: count, columnCount: count)
        for a in 0..<count {
            for b in 0..<count where pairs[a * count + b] > 0 {
                table[a, b] = Float(log(pairs[a * count + b] * total / (margins[a] * margins[b])))
            }
        }
        self.categoryOfItem = categoryOfItem
        self.table = table
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        for (row, anchor) in anchors.enumerated() {
            for (column, candidate) in candidates.enumerated() {
                scores[row, column] = table[categoryOfItem[anchor], categoryOfItem[candidate]]
            }
        }
        return scores
    }
}
