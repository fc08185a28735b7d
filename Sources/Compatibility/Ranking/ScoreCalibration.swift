internal import LinearAlgebra

/// Makes scores of different pairs of categories comparable.
///
/// The scores of one pair of categories (skirts with shoes) may all be higher or more spread than another's (skirts with
/// bags) for no reason of taste: the projections differ. A list over categories must not be an accident of that scale, so
/// a score counts as its distance from the mean of random pairs of the same two categories, in their standard deviations.
/// (A quantile would serve as well in the middle, but candidates all lie beyond the last one of a sample.)
package struct ScoreCalibration: Sendable, Equatable, Codable {
    package struct Scale: Sendable, Equatable, Codable {
        package var mean: Float
        /// Above zero.
        package var deviation: Float
        /// Random pairs behind them.
        package var sampleCount: Int

        package init(mean: Float, deviation: Float, sampleCount: Int) {
            self.mean = mean
            self.deviation = deviation
            self.sampleCount = sampleCount
        }
    }

    package let categoryCount: Int
    /// `source * categoryCount + target`; nil where no pair could be drawn.
    private var scales: [Scale?]

    /// A calibration that leaves scores as they are.
    package init(categoryCount: Int) {
        self.categoryCount = categoryCount
        scales = [Scale?](repeating: nil, count: categoryCount * categoryCount)
    }

    /// Learns the scale of each adjacent pair of categories from random pairs.
    ///
    /// - Parameters:
    ///   - pairs: what the lists were ordered by.
    ///   - anchorCount: anchors drawn from each source category; candidateCount: candidates drawn from each target's index.
    ///   - seed: each pair of categories has a stream of its own.
    package init(
        indexes: CategoryIndexes, adjacency: CategoryAdjacency, categoryOfItem: [Int], pairs: some PairScorer,
        anchorCount: Int = 64, candidateCount: Int = 256, seed: UInt64 = 0
    ) {
        let categoryCount = indexes.indexes.count
        self.init(categoryCount: categoryCount)
        var anchorsOfCategory = [[Int]](repeating: [], count: categoryCount)
        for (row, category) in categoryOfItem.enumerated() { anchorsOfCategory[category].append(row) }
        for category in 0..<categoryCount {
            for target in adjacency[category].map(\.category) {
                var random = RandomStream(seed: seed, stream: UInt64(category * categoryCount + target))
                let anchors = random.sample(anchorsOfCategory[category], count: anchorCount)
                let candidates = random.sample(Array(0..<indexes[target].count), count: candidateCount)
                let rows = candidates.map { Int(indexes[target].rows[$0]) }
                let scores = pairs.scores(anchors: anchors, candidates: rows)
                var sample: [Float] = []
                for (row, anchor) in anchors.enumerated() {
                    for (column, candidate) in rows.enumerated() where candidate != anchor {
                        if scores[row, column].isFinite { sample.append(scores[row, column]) }
                    }
                }
                scales[category * categoryCount + target] = Self.scale(of: sample)
            }
        }
    }

    static func scale(of sample: [Float]) -> Scale? {
        guard sample.count > 1 else { return nil }
        let mean = sample.reduce(0.0) { $0 + Double($1) } / Double(sample.count)
        let variance = sample.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(sample.count - 1)
        // Where all pairs score alike, a difference of scores has no scale to be measured on.
        let deviation = variance.squareRoot() > 1e-6 ? variance.squareRoot() : 1
        return Scale(mean: Float(mean), deviation: Float(deviation), sampleCount: sample.count)
    }

    package subscript(source: Int, target: Int) -> Scale? {
        get { scales[source * categoryCount + target] }
        set { scales[source * categoryCount + target] = newValue }
    }

    /// The score in standard deviations above a random pair's; as it is where the pair of categories has no scale.
    package func calibrated(_ score: Float, source: Int, target: Int) -> Float {
        guard let scale = self[source, target] else { return score }
        return (score - scale.mean) / scale.deviation
    }
}

extension RandomStream {
    /// `count` of the elements without repetition, in the order in which they were drawn; all where there are no more.
    mutating func sample(_ elements: [Int], count: Int) -> [Int] {
        guard elements.count > count else { return elements }
        var left = elements
        for place in 0..<count { left.swapAt(place, place + index(below: left.count - place)) }
        return Array(left[..<count])
    }
}
