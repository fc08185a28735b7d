internal import LinearAlgebra

/// Scores how well a candidate completes an outfit, from what its pairs with the rest show together.
///
/// The embedding alone scores pairs, which is what an index can search. How much a pair tells differs: two items that met
/// five times say more than two that look alike, and less where each met everything. Small networks over measures of the
/// pairs, before and after they are pooled, learn that from outfits that none of the measures knew; see `CompletionFit`.
package struct CompletionModel: Sendable, Equatable {
    let traits: ItemTraits
    let counts: CompanyCounts
    let resemblance: OutfitResemblance
    let content: ItemContent
    var outfits: CompletionHead
    /// For rests of one item, which lists ask beside; nil where those go by `outfits` too.
    var single: CompletionHead?

    package var itemCount: Int { traits.itemCount }

    /// In how many outfits that the model knows two items meet.
    package func meetings(_ first: Int, _ second: Int) -> Int { Int(counts.meetings.value(first, second)) }

    func head(restCount: Int) -> CompletionHead {
        if restCount == 1, let single { return single }
        return outfits
    }

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
        // Rests of as many items share a pass: many of few candidates would be all overhead.
        for (restCount, alike) in Dictionary(grouping: rests.indices, by: { rests[$0].count }) where restCount > 0 {
            let together = max(1, CompletionHead.block / (restCount * candidates.count))
            for start in stride(from: 0, to: alike.count, by: together) {
                let some = alike[start..<min(alike.count, start + together)]
                let rows = some.map { row in
                    features.rows(
                        rest: rests[row], candidates: candidates,
                        scores: all.rows(at: rests[row].map { place[$0] ?? 0 }), shown: &shown)
                }
                let found = head(restCount: restCount).scores(
                    rows.count == 1 ? rows[0] : CompletionRows(joining: rows), content: content)
                for (part, row) in some.enumerated() {
                    let width = candidates.count
                    scores.values.replaceSubrange(
                        row * width..<(row + 1) * width, with: found[part * width..<(part + 1) * width])
                }
            }
        }
        return scores
    }
}

/// What a completion model was fitted on, and how that went.
package struct CompletionReport: Sendable, Equatable, Codable {
    /// The same of networks for rests of one item.
    package struct Single: Sendable, Equatable, Codable {
        package var choices: Int
        package var losses: [[Double]]
        package var blend: CompletionBlend
    }

    package var choices: Int
    /// In the order of the networks' inputs: of a candidate, and of a pair.
    package var features: [String]
    package var pairFeatures: [String]
    /// Columns that networks know of each single item.
    package var contentColumns: Int
    /// Of each network the mean loss of a choice in each epoch.
    package var losses: [[Double]]
    package var blend: CompletionBlend
    /// Nil where there are none.
    package var single: Single?

    enum CodingKeys: String, CodingKey {
        case choices, features, losses, blend, single
        case pairFeatures = "pair_features"
        case contentColumns = "content_columns"
    }
}
