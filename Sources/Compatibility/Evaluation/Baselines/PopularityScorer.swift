private import Foundation
package import LinearAlgebra

/// Popularity alone: log(1 + training outfits of a) + log(1 + training outfits of b).
///
/// For one anchor it orders candidates by how often stylists used them. The sum keeps it symmetric.
package struct PopularityScorer: PairScorer {
    private let logarithms: [Float]

    /// - Parameter outfitCounts: for each item, in how many *training* outfits it occurs.
    package init(outfitCounts: [Int]) {
        logarithms = outfitCounts.map { Float(log(1 + Double($0))) }
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        for (row, anchor) in anchors.enumerated() {
            for (column, candidate) in candidates.enumerated() {
                scores[row, column] = logarithms[anchor] + logarithms[candidate]
            }
        }
        return scores
    }
}
