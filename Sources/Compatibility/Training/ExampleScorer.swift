internal import CKernels
private import Foundation
internal import LinearAlgebra

/// Scores the candidates of examples against their pooled queries:
///
///     score(n) = scale * (mean over anchors of e_anchor M) · e_n + mean over anchors of bias + bias_n + correction_n
///
/// `@unchecked Sendable`: examples write only their own entries.
struct ExampleScorer: @unchecked Sendable {
    let shape: ModelShape
    let loss: TrainingLoss
    let margin: Float
    let batch: TrainingBatch
    let scale: Float
    let anchorCount: Int
    let queries: UnsafePointer<Float>
    let outputs: UnsafePointer<Float>
    let pooled: UnsafeMutablePointer<Float>
    let pooledGradients: UnsafeMutablePointer<Float>
    let isAsked: UnsafeMutablePointer<UInt8>
    let scoreGradients: UnsafeMutablePointer<Float>
    let losses: UnsafeMutablePointer<Double>
    let scaleGradients: UnsafeMutablePointer<Double>
    let totals: UnsafeMutablePointer<Float>
    let calibration: Float

    init(pass: BatchPass, batch: TrainingBatch, scale: Float) {
        shape = pass.shape
        loss = pass.loss
        margin = pass.margin
        self.batch = batch
        self.scale = scale
        anchorCount = batch.anchorItems.count
        queries = UnsafePointer(pass.queries.base)
        outputs = UnsafePointer(pass.outputs.base)
        pooled = pass.pooled.base
        pooledGradients = pass.pooledGradients.base
        isAsked = pass.isAsked.base
        scoreGradients = pass.scoreGradients.base
        losses = pass.exampleLosses.base
        scaleGradients = pass.exampleScaleGradients.base
        totals = pass.exampleTotals.base
        calibration = pass.calibration
    }

    func score(_ examples: Range<Int>) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * batch.candidateCount) { scratch in
            guard let scores = scratch.baseAddress else { return }
            for example in examples { score(example, scores: scores, products: scores + batch.candidateCount) }
        }
    }

    private func score(
        _ example: Int, scores: UnsafeMutablePointer<Float>, products: UnsafeMutablePointer<Float>
    ) {
        let dimension = shape.dimension
        let categoryCount = shape.categoryCount
        let first = example * batch.candidateCount
        let asked = isAsked + example * categoryCount
        asked.update(repeating: 0, count: categoryCount)
        for place in 0..<batch.candidateCount where batch.candidates[first + place] >= 0 {
            asked[Int(batch.categories[Int(batch.candidates[first + place])])] = 1
        }
        let vectors = pooled + example * categoryCount * dimension
        let vectorGradients = pooledGradients + example * categoryCount * dimension
        let anchors = Int(batch.anchorOffsets[example])..<Int(batch.anchorOffsets[example + 1])
        for category in 0..<categoryCount where asked[category] != 0 {
            let vector = vectors + category * dimension
            vector.update(repeating: 0, count: dimension)
            (vectorGradients + category * dimension).update(repeating: 0, count: dimension)
            for anchor in anchors {
                atelier_axpy(
                    1 / Float(anchors.count),
                    queries + (category * anchorCount + Int(batch.anchors[anchor])) * dimension, vector, dimension)
            }
        }
        var anchorBias: Float = 0
        for anchor in anchors {
            let item = Int(batch.anchorItems[Int(batch.anchors[anchor])])
            anchorBias += outputs[item * shape.outputCount + dimension] / Float(anchors.count)
        }
        for place in 0..<batch.candidateCount {
            let item = Int(batch.candidates[first + place])
            guard item >= 0 else {
                scores[place] = -.infinity
                continue
            }
            let output = outputs + item * shape.outputCount
            products[place] = scale * atelier_dot(vectors + Int(batch.categories[item]) * dimension, output, dimension)
            scores[place] = products[place] + output[dimension] + anchorBias + batch.corrections[first + place]
        }
        let gradients = scoreGradients + first
        losses[example] = loss.evaluate(
            scores: scores, count: batch.candidateCount, margin: margin, gradients: gradients)
        if calibration > 0 {
            losses[example] += batch.corrections.withUnsafeBufferPointer { corrections in
                TrainingLoss.addCalibration(
                    calibration, scores: scores, corrections: corrections[first...], count: batch.candidateCount,
                    gradients: gradients)
            }
        }
        var scaleGradient = 0.0
        var total: Float = 0
        for place in 0..<batch.candidateCount {
            let item = Int(batch.candidates[first + place])
            guard item >= 0 else { continue }
            gradients[place] /= Float(batch.exampleCount)
            total += gradients[place]
            scaleGradient += Double(gradients[place]) * Double(products[place])
            atelier_axpy(
                scale * gradients[place], outputs + item * shape.outputCount,
                vectorGradients + Int(batch.categories[item]) * dimension, dimension)
        }
        scaleGradients[example] = scaleGradient
        totals[example] = total
    }
}

extension TrainingLoss {
    /// The loss of one example and its derivative by each score.
    ///
    /// - Parameter scores: the positive's, then the negatives'; minus infinity where there is no negative, whose
    ///   derivative is 0. Without any negative the loss is 0.
    func evaluate(
        scores: UnsafePointer<Float>, count: Int, margin: Float, gradients: UnsafeMutablePointer<Float>
    ) -> Double {
        gradients.update(repeating: 0, count: count)
        var negativeCount = 0
        for place in 1..<max(1, count) where scores[place] > -.infinity { negativeCount += 1 }
        guard negativeCount > 0 else { return 0 }
        switch self {
        case .softmax:
            var highest = scores[0]
            for place in 1..<count { highest = max(highest, scores[place]) }
            var sum: Float = 0
            for place in 0..<count {
                gradients[place] = exp(scores[place] - highest)
                sum += gradients[place]
            }
            for place in 0..<count { gradients[place] /= sum }
            gradients[0] -= 1
            return Double(log(sum) + highest - scores[0])
        case .logistic:
            var total = 0.0
            let share = 1 / Float(negativeCount)
            for place in 1..<count where scores[place] > -.infinity {
                let difference = scores[place] - scores[0]
                // log(1 + exp(x)) without overflow.
                total += Double(max(0, difference) + log1p(exp(-abs(difference))))
                let slope = share / (1 + exp(-difference))
                gradients[place] = slope
                gradients[0] -= slope
            }
            return total * Double(share)
        case .triplet:
            var total = 0.0
            let share = 1 / Float(negativeCount)
            for place in 1..<count where scores[place] > -.infinity {
                let excess = margin + scores[place] - scores[0]
                guard excess > 0 else { continue }
                total += Double(excess)
                gradients[place] = share
                gradients[0] -= share
            }
            return total * Double(share)
        }
    }

    /// Adds `weight` times the cross-entropy of "is this pair right", the positive counting as much as all negatives.
    ///
    /// The other losses only compare the candidates of one example, so that scores of different anchors or categories may
    /// drift apart; this one gives them a common zero. It asks the score itself, without what `corrections` added for how
    /// often a negative is drawn.
    static func addCalibration(
        _ weight: Float, scores: UnsafePointer<Float>, corrections: Slice<UnsafeBufferPointer<Float>>, count: Int,
        gradients: UnsafeMutablePointer<Float>
    ) -> Double {
        var negativeCount = 0
        for place in 1..<max(1, count) where scores[place] > -.infinity { negativeCount += 1 }
        guard negativeCount > 0 else { return 0 }
        func softplus(_ x: Float) -> Float { max(0, x) + log1p(exp(-abs(x))) }
        var total = Double(softplus(-scores[0]))
        gradients[0] -= weight / (1 + exp(scores[0]))
        let share = 1 / Float(negativeCount)
        for place in 1..<count where scores[place] > -.infinity {
            let score = scores[place] - corrections[corrections.startIndex + place]
            total += Double(share * softplus(score))
            gradients[place] += weight * share / (1 + exp(-score))
        }
        return Double(weight) * total
    }
}
