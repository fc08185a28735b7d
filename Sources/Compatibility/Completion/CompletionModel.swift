internal import CKernels
internal import LinearAlgebra

/// Scores how well a candidate completes an outfit, from what its pairs with the rest show together.
///
/// The embedding alone scores pairs, which is what an index can search. How much a pair tells differs: two items that met
/// five times say more than two that look alike, and less where each met everything. A small network over pooled measures of
/// the pairs learns that from outfits that none of the measures knew; see `CompletionFit`.
package struct CompletionModel: Sendable, Equatable {
    let traits: ItemTraits
    let counts: CompanyCounts
    let resemblance: OutfitResemblance
    /// Of each feature: what is taken away from it, and what it is then multiplied by.
    let mean: [Float]
    let scale: [Float]
    /// The score is the mean of theirs.
    let networks: [CompletionNetwork]
    package let blend: CompletionBlend

    /// Standardised features beyond this many deviations are cut to it.
    static let limit: Float = 10
    /// Rows that go through the networks at once.
    private static let block = 1024

    init(
        traits: ItemTraits, counts: CompanyCounts, resemblance: OutfitResemblance, mean: [Float], scale: [Float],
        networks: [CompletionNetwork], blend: CompletionBlend = CompletionBlend()
    ) {
        self.traits = traits
        self.counts = counts
        self.resemblance = resemblance
        self.mean = mean
        self.scale = scale
        self.networks = networks
        self.blend = blend
    }

    func with(_ blend: CompletionBlend) -> CompletionModel {
        CompletionModel(
            traits: traits, counts: counts, resemblance: resemblance, mean: mean, scale: scale, networks: networks,
            blend: blend)
    }

    package var itemCount: Int { traits.itemCount }

    /// In how many outfits that the model knows two items meet.
    package func meetings(_ first: Int, _ second: Int) -> Int { Int(counts.meetings.value(first, second)) }

    /// The scores of candidates beside rests of outfits: `rests.count` x `candidates.count`; zero for an empty rest.
    ///
    /// Those of the networks alone.
    ///
    /// - Parameters:
    ///   - pairs: the embeddings' scores, without the company term.
    ///   - features: of this model; they hold a number for each item, so many calls share them.
    func networkScores(
        rests: [[Int]], candidates: [Int], pairs: any PairScorer, features: CompletionFeatures
    ) -> Matrix {
        var scores = Matrix(rowCount: rests.count, columnCount: candidates.count)
        let anchors = Set(rests.joined()).sorted()
        guard !anchors.isEmpty, !candidates.isEmpty else { return scores }
        let place = Dictionary(uniqueKeysWithValues: anchors.enumerated().map { ($0.element, $0.offset) })
        let all = pairs.scores(anchors: anchors, candidates: candidates)
        var shown = OutfitShares(count: features.resemblance.outfitCount)
        for (row, rest) in rests.enumerated() where !rest.isEmpty {
            let rows = features.rows(
                rest: rest, candidates: candidates, scores: all.rows(at: rest.map { place[$0] ?? 0 }), shown: &shown)
            for (column, score) in self.scores(rows).enumerated() { scores[row, column] = score }
        }
        return scores
    }

    /// The scores of rows of features as `CompletionFeatures` gives them.
    func scores(_ features: Matrix) -> [Float] {
        var standardised = features.values
        var scores = [Float](repeating: 0, count: features.rowCount)
        let width = features.columnCount
        standardised.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for row in 0..<features.rowCount {
                atelier_standardise(base + row * width, mean, scale, Self.limit, base + row * width, width)
            }
            for start in stride(from: 0, to: features.rowCount, by: Self.block) {
                let count = min(Self.block, features.rowCount - start)
                for network in networks {
                    for (place, score) in network.scores(base + start * width, count: count).enumerated() {
                        scores[start + place] += score / Float(networks.count)
                    }
                }
            }
        }
        return scores
    }
}

/// What a completion model was fitted on, and how that went.
package struct CompletionReport: Sendable, Equatable, Codable {
    package var choices: Int
    /// In the order of the networks' inputs.
    package var features: [String]
    /// Of each network the mean loss of a choice in each epoch.
    package var losses: [[Double]]
    package var blend: CompletionBlend
}
