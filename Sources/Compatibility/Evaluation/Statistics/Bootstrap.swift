package import LinearAlgebra

/// A range that covers the true value at the stated confidence. In JSON an array of its two bounds.
package struct ConfidenceInterval: Sendable, Equatable, Codable {
    package var lower: Double
    package var upper: Double

    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    package init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        lower = try container.decode(Double.self)
        upper = try container.decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(lower)
        try container.encode(upper)
    }
}

/// Percentile bootstrap (Efron, 1979): the spread of a figure over resamples of its questions or outfits.
///
/// Each replicate draws as many units as there are, with replacement, from a stream of its own, so a result depends on the
/// seed and never on the threads. Memory is one count a unit and thread.
package struct Bootstrap: Sendable, Equatable {
    package var replicateCount: Int
    package var confidence: Double
    package var seed: UInt64

    package init(replicateCount: Int = 2000, confidence: Double = 0.95, seed: UInt64 = 1) {
        precondition(replicateCount > 0 && confidence > 0 && confidence < 1, "no such bootstrap")
        self.replicateCount = replicateCount
        self.confidence = confidence
        self.seed = seed
    }

    /// The interval of a mean; nil without values.
    package func intervalOfMean(_ values: [Double], parallelism: Parallelism) -> ConfidenceInterval? {
        guard !values.isEmpty else { return nil }
        return interval(of: replicatesOfMean(values, parallelism: parallelism))
    }

    /// The interval of a mean in which values weigh differently, as in a grouped AUC; nil without weight.
    package func intervalOfWeightedMean(
        _ values: [Double], weights: [Double], parallelism: Parallelism
    ) -> ConfidenceInterval? {
        interval(
            of: replicates(of: values.count, parallelism: parallelism) { counts in
                var sum = 0.0
                var weight = 0.0
                for place in counts.indices {
                    let share = Double(counts[place]) * weights[place]
                    sum += share * values[place]
                    weight += share
                }
                return weight > 0 ? sum / weight : nil
            })
    }

    /// The interval of an AUC over resampled outfits; nil where one of the labels is missing.
    package func intervalOfAUC(scores: [Float], labels: [Bool], parallelism: Parallelism) -> ConfidenceInterval? {
        let order = ScoreOrder(scores)
        return interval(
            of: replicates(of: scores.count, parallelism: parallelism) { order.auc(labels: labels, multiplicities: $0) }
        )
    }

    func replicatesOfMean(_ values: [Double], parallelism: Parallelism) -> [Double] {
        let share = 1 / Double(max(1, values.count))
        return replicates(of: values.count, parallelism: parallelism) { counts in
            var sum = 0.0
            for place in counts.indices { sum += Double(counts[place]) * values[place] }
            return sum * share
        }
    }

    /// The figure of each replicate, in their order; those for which it is not defined are left out.
    ///
    /// - Parameter figure: gets how often each unit was drawn.
    package func replicates(
        of count: Int, parallelism: Parallelism, _ figure: @Sendable ([Int32]) -> Double?
    ) -> [Double] {
        guard count > 0 else { return [] }
        let chunks = parallelism.mapChunks(of: replicateCount, chunkSize: 16) { _, range in
            var counts = [Int32](repeating: 0, count: count)
            return range.map { replicate -> Double? in
                var stream = RandomStream(seed: seed, stream: UInt64(replicate))
                counts.withUnsafeMutableBufferPointer { counts in
                    counts.update(repeating: 0)
                    for _ in 0..<count { counts[stream.index(below: count)] += 1 }
                }
                return figure(counts)
            }
        }
        return chunks.flatMap { $0 }.compactMap { $0 }
    }

    /// Between the percentiles that leave half of the remaining share on either side; nil without replicates.
    package func interval(of replicates: [Double]) -> ConfidenceInterval? {
        guard !replicates.isEmpty else { return nil }
        let sorted = replicates.sorted()
        let tail = (1 - confidence) / 2
        return ConfidenceInterval(
            lower: Self.quantile(sorted, at: tail), upper: Self.quantile(sorted, at: 1 - tail))
    }

    /// Linear between neighbours (type 7 of Hyndman and Fan, 1996).
    static func quantile(_ sorted: [Double], at fraction: Double) -> Double {
        let place = fraction * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}
