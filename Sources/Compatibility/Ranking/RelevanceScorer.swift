package import LinearAlgebra

/// What lists are ordered by, before quotas and variety, for any two items: the calibrated score, less what colour loses.
package struct RelevanceScorer: PairScorer {
    private let pairs: any PairScorer
    private let calibration: ScoreCalibration
    private let categoryOfItem: [Int]
    private let colour: ColourDamping?

    /// - Parameters:
    ///   - pairs: what candidates were scored by.
    ///   - colour: nil takes nothing of colour out.
    package init(
        pairs: any PairScorer, calibration: ScoreCalibration, categoryOfItem: [Int], colour: ColourDamping? = nil
    ) {
        self.pairs = pairs
        self.calibration = calibration
        self.categoryOfItem = categoryOfItem
        self.colour = colour
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = pairs.scores(anchors: anchors, candidates: candidates)
        let rows = candidates.map(Int32.init)
        for (place, anchor) in anchors.enumerated() {
            let calibrated = candidates.indices.map { column in
                calibration.calibrated(
                    scores[place, column], source: categoryOfItem[anchor], target: categoryOfItem[candidates[column]])
            }
            let relevance = colour?.damped(calibrated, item: anchor, rows: rows) ?? calibrated
            for column in candidates.indices { scores[place, column] = relevance[column] }
        }
        return scores
    }
}
