package import LinearAlgebra

/// How closely two items of a pair agree in colour, in lists, in stylists' outfits and at random.
///
/// The known failure of compatibility models is that colour dominates: their lists agree in colour far more than true
/// partners do. The aim is the stylists' own figure, neither more nor less.
package struct ColourAgreement: Sendable, Equatable, Codable {
    /// Of one set of pairs.
    package struct Share: Sendable, Equatable, Codable {
        package var pairCount: Int
        /// Mean palette similarity.
        package var similarity: Figure
        /// The share of pairs of one colour group, among pairs in which both name theirs.
        package var sameGroup: Figure

        enum CodingKeys: String, CodingKey {
            case pairCount = "pairs"
            case similarity
            case sameGroup = "same_group"
        }
    }

    package var lists: Share
    /// Of stylists' pairs that join two categories, as lists do: two items of one category agree in colour more often.
    package var truePairs: Share
    /// Of random pairs that join two categories.
    package var randomPairs: Share
    /// The correlation of the model's score with palette similarity over random pairs, within pairs of categories: what
    /// the model makes of colour, apart from what categories differ in.
    package var scoreCorrelation: Figure
    /// Nil where nothing is taken out.
    package var cost: ColourCost?

    enum CodingKeys: String, CodingKey {
        case lists
        case truePairs = "true_pairs"
        case randomPairs = "random_pairs"
        case scoreCorrelation = "score_correlation"
        case cost
    }

    /// - Parameters:
    ///   - palette: palette similarity as a scorer; nil leaves what needs it null.
    ///   - groupAttribute: the attribute that names an item's colour group; nil leaves `sameGroup` null.
    ///   - model: the scorer of the build; nil leaves the correlation null.
    package init(
        lists: ItemPairs, truePairs: ItemPairs, randomPairs: ItemPairs, catalog: OutfitCatalog,
        palette: (any PairScorer)?, groupAttribute: String?, model: (any PairScorer)?, parallelism: Parallelism
    ) {
        func share(_ pairs: ItemPairs) -> (Share, [Float]?) {
            let similarities = palette.map { pairs.scores(by: $0, parallelism: parallelism) }
            let share = Share(
                pairCount: pairs.count, similarity: Figure(similarities.flatMap { Self.mean($0) }),
                sameGroup: Figure(groupAttribute.flatMap { Self.sameShare(of: pairs, attribute: $0, catalog: catalog) })
            )
            return (share, similarities)
        }
        let randomPairs = randomPairs.crossing(categoryOfItem: catalog.categoryOfItem)
        self.lists = share(lists).0
        self.truePairs = share(truePairs.crossing(categoryOfItem: catalog.categoryOfItem)).0
        let random = share(randomPairs)
        self.randomPairs = random.0
        scoreCorrelation = Figure(
            random.1.flatMap { similarities in
                model.flatMap { model in
                    Self.correlation(
                        of: randomPairs.scores(by: model, parallelism: parallelism), with: similarities,
                        over: randomPairs, catalog: catalog)
                }
            })
    }

    /// The pooled correlation within unordered pairs of top-level categories.
    package static func correlation(
        of scores: [Float], with similarities: [Float], over pairs: ItemPairs, catalog: OutfitCatalog
    ) -> Double? {
        let usable = (0..<pairs.count).filter { scores[$0].isFinite && similarities[$0].isFinite }
        return RankStatistics.groupedCorrelation(
            groups: usable.map { place in
                let a = catalog.categoryOfItem[Int(pairs.first[place])]
                let b = catalog.categoryOfItem[Int(pairs.second[place])]
                return min(a, b) * catalog.categories.count + max(a, b)
            }, usable.map { Double(scores[$0]) }, usable.map { Double(similarities[$0]) })
    }

    /// Of the finite values; nil without any.
    package static func mean(_ values: [Float]) -> Double? {
        let finite = values.filter(\.isFinite)
        return finite.isEmpty ? nil : finite.reduce(0) { $0 + Double($1) } / Double(finite.count)
    }

    /// The share of pairs of one colour group, among those in which both items name theirs; nil without any.
    package static func sameShare(of pairs: ItemPairs, attribute: String, catalog: OutfitCatalog) -> Double? {
        var known = 0
        var same = 0
        for (a, b) in zip(pairs.first, pairs.second) {
            guard let first = catalog.items[Int(a)].attributes[attribute],
                let second = catalog.items[Int(b)].attributes[attribute]
            else { continue }
            known += 1
            if first == second { same += 1 }
        }
        return known == 0 ? nil : Double(same) / Double(known)
    }
}
