internal import LinearAlgebra

/// Scores how well a candidate completes an outfit, from what its pairs with the rest show together.
///
/// The embedding alone scores pairs, which is what an index can search. How much a pair tells differs: two items that met
/// five times say more than two that look alike, and less where each met everything. A small network over measures of the
/// pairs, before and after they are pooled, learns that from outfits that none of the measures knew; see `CompletionFit`.
package struct CompletionModel: Sendable, Equatable {
    let traits: ItemTraits
    let counts: CompanyCounts
    let resemblance: OutfitResemblance
    let scale: FeatureScale
    let pairScale: FeatureScale
    /// The score is the mean of theirs.
    let networks: [CompletionNetwork]
    package let blend: CompletionBlend

    /// Pairs that go through the networks at once.
    private static let block = 2048

    init(
        traits: ItemTraits, counts: CompanyCounts, resemblance: OutfitResemblance, scale: FeatureScale,
        pairScale: FeatureScale, networks: [CompletionNetwork], blend: CompletionBlend = CompletionBlend()
    ) {
        self.traits = traits
        self.counts = counts
        self.resemblance = resemblance
        self.scale = scale
        self.pairScale = pairScale
        self.networks = networks
        self.blend = blend
    }

    func with(_ blend: CompletionBlend) -> CompletionModel {
        CompletionModel(
            traits: traits, counts: counts, resemblance: resemblance, scale: scale, pairScale: pairScale,
            networks: networks, blend: blend)
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
    func scores(_ rows: CompletionRows) -> [Float] {
        let (restCount, rowCount) = (rows.restCount, rows.whole.rowCount)
        let most = min(rowCount, max(1, Self.block / restCount))
        var scores = [Float](repeating: 0, count: rowCount)
        let (whole, pairs) = (
            FloatBuffer(count: most * scale.columnCount), FloatBuffer(count: most * restCount * pairScale.columnCount)
        )
        let ends = (0..<most).map { Int32(($0 + 1) * restCount) }
        let work = CompletionPass(shape: networks[0].shape, capacity: most, pairCapacity: most * restCount)
        rows.reading { wholeRows, pairRows in
            for start in stride(from: 0, to: rowCount, by: most) {
                let count = min(most, rowCount - start)
                scale.standardise(wholeRows + start * scale.columnCount, count: count, to: whole.base)
                pairScale.standardise(
                    pairRows + start * restCount * pairScale.columnCount, count: count * restCount, to: pairs.base)
                let inputs = CompletionInputs(
                    whole: whole.base, pairs: pairs.base, ends: count == most ? ends : Array(ends.prefix(count)))
                for network in networks {
                    work.forward(inputs, parameters: network.parameters)
                    for place in 0..<count {
                        scores[start + place] += work.scores.base[place] / Float(networks.count)
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
    /// In the order of the networks' inputs: of a candidate, and of a pair.
    package var features: [String]
    package var pairFeatures: [String]
    /// Of each network the mean loss of a choice in each epoch.
    package var losses: [[Double]]
    package var blend: CompletionBlend

    enum CodingKeys: String, CodingKey {
        case choices, features, losses, blend
        case pairFeatures = "pair_features"
    }
}
