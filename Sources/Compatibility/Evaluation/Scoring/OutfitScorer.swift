package import LinearAlgebra

/// Scores whole outfits. Every outfit-level figure of a build goes through one of these, so that two figures of one model
/// never rest on two rules.
package protocol OutfitScorer: Sendable {
    /// How well each candidate completes each rest of an outfit: `rests.count` x `candidates.count`. The row of an empty
    /// rest is zero.
    func completionScores(rests: [[Int]], candidates: [Int]) -> Matrix

    /// How well each of a few candidates stands in the place that a question leaves open: one a candidate. It may weigh more
    /// than `completionScores`, and cost more: it is not for whole categories.
    func answerScores(rest: [Int], candidates: [Int]) -> [Float]

    /// How well the items of one outfit go together; 0 for fewer than two.
    func outfitScore(_ items: [Int]) -> Float
}

extension OutfitScorer {
    package func answerScores(rest: [Int], candidates: [Int]) -> [Float] {
        completionScores(rests: [rest], candidates: candidates).values
    }
}

/// The documented scorer: the mean of the pair scores over all pairs of the outfit.
///
///     score(O) = 2 / (|O| (|O| − 1)) · Σ over i < j of s(o_i, o_j)
///
/// A completion's score is the mean of its pairs with the rest; adding the pairs within the rest, which all candidates
/// share, would not change the order of the candidates.
package struct MeanPairScore: OutfitScorer {
    package let pairs: any PairScorer

    package init(_ pairs: any PairScorer) { self.pairs = pairs }

    package func completionScores(rests: [[Int]], candidates: [Int]) -> Matrix {
        let anchors = Set(rests.joined()).sorted()
        var means = Matrix(rowCount: rests.count, columnCount: candidates.count)
        guard !anchors.isEmpty, !candidates.isEmpty else { return means }
        let place = Dictionary(uniqueKeysWithValues: anchors.enumerated().map { ($0.element, $0.offset) })
        let scores = pairs.scores(anchors: anchors, candidates: candidates)
        let width = candidates.count
        means.values.withUnsafeMutableBufferPointer { means in
            scores.values.withUnsafeBufferPointer { scores in
                for (row, rest) in rests.enumerated() where !rest.isEmpty {
                    let sums = row * width
                    for anchor in rest {
                        let source = (place[anchor] ?? 0) * width
                        for column in 0..<width { means[sums + column] += scores[source + column] }
                    }
                    let share = 1 / Float(rest.count)
                    for column in 0..<width { means[sums + column] *= share }
                }
            }
        }
        return means
    }

    package func outfitScore(_ items: [Int]) -> Float {
        guard items.count > 1 else { return 0 }
        let scores = pairs.scores(anchors: items, candidates: items)
        var sum: Float = 0
        for i in items.indices {
            for j in items.index(after: i)..<items.endIndex { sum += scores[i, j] }
        }
        return sum / Float(items.count * (items.count - 1) / 2)
    }
}

extension Float {
    /// A score to compare by: NaN is worse than every number, so that a broken score never wins.
    var comparable: Float { isNaN ? -.infinity : self }
}
