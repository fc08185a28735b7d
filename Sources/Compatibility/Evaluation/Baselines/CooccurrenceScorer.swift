package import LinearAlgebra

/// Company alone: how often two items met in training outfits, against how often each was used.
///
///     s(a, b) = n(a, b) / sqrt((n(a) + smoothing) · (n(b) + smoothing))
///
/// The smoothing keeps one chance meeting of two rare items from scoring as high as a hundred. Items that never met score
/// 0. Memory is that of the distinct pairs.
package struct CooccurrenceScorer: PairScorer {
    private let table: PairTable

    package init(outfits: [Outfit], itemCount: Int, smoothing: Double = 5) {
        let uses = outfits.outfitCounts(itemCount: itemCount)
        table = PairTable(PairSet(outfits: outfits), itemCount: itemCount) { first, second, count in
            let scale = (Double(uses[first]) + smoothing) * (Double(uses[second]) + smoothing)
            return Float(Double(count) / scale.squareRoot())
        }
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        table.scores(anchors: anchors, candidates: candidates)
    }
}
