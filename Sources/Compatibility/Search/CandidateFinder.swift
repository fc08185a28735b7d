package import LinearAlgebra

/// What turns items into query vectors: the trained model.
///
/// Row `i` of the result is a vector q such that q · e is the score of anchor `i` with a candidate of the target category
/// whose embedding is e. Anchors are catalogue rows.
package protocol QuerySource: Sendable {
    func queries(anchors: [Int], targetCategory: Int) -> Matrix

    /// What single pairs have on top of the inner product; nil for none.
    var pairTerms: PairTerms? { get }
}

extension QuerySource {
    package var pairTerms: PairTerms? { nil }
}

/// Finds the best candidates of each adjacent category for items: the first of the two steps to a recommendation.
///
/// Never the item itself, never another variant of it, never what the indexes leave out. Exactly `count` for each pair of
/// item and adjacent category, or a `Shortfall` that says why not.
package struct CandidateFinder: Sendable {
    private let indexes: CategoryIndexes
    private let adjacency: CategoryAdjacency
    private let categoryOfItem: [Int]
    /// For each row, the ascending rows that are never recommended for it: itself and its variants.
    private let variants: VariantGroups
    private let count: Int

    package init(
        indexes: CategoryIndexes, adjacency: CategoryAdjacency, categoryOfItem: [Int], variants: VariantGroups,
        count: Int
    ) {
        precondition(count > 0, "no candidates were asked for")
        precondition(variants.itemCount == categoryOfItem.count, "variant groups of another catalogue")
        self.indexes = indexes
        self.adjacency = adjacency
        self.categoryOfItem = categoryOfItem
        self.variants = variants
        self.count = count
    }

    /// The candidates of a range of catalogue rows.
    ///
    /// - Returns: lists in the order of the rows, each item's in the order of its adjacency; shortfalls in the same order.
    package func candidates(
        for items: Range<Int>, queries source: some QuerySource, parallelism: Parallelism = .serial
    ) -> (lists: CandidateLists, shortfalls: [Shortfall]) {
        candidates(for: items, queries: source, parallelism: parallelism) { _ in }
    }

    /// The same, with a look at how far it is.
    ///
    /// - Parameter progress: told, between searches, how many of the items are done, by their share of the searches; what it
    ///   throws ends the work.
    package func candidates(
        for items: Range<Int>, queries source: some QuerySource, parallelism: Parallelism = .serial,
        progress: (_ itemCount: Int) throws -> Void
    ) rethrows -> (lists: CandidateLists, shortfalls: [Shortfall]) {
        let anchorsByCategory = Dictionary(grouping: items, by: { categoryOfItem[$0] })
        var found = [[(target: Int, candidates: [ScoredIndex])]](repeating: [], count: items.count)
        var shortfalls = [[Shortfall]](repeating: [], count: items.count)
        var finishedCount = 0
        for (category, anchors) in anchorsByCategory.sorted(by: { $0.key < $1.key }) {
            let targets = adjacency[category].map(\.category)
            for (place, target) in targets.enumerated() {
                try progress(finishedCount + anchors.count * place / targets.count)
                let queries = source.queries(anchors: anchors, targetCategory: target)
                let neighbours = indexes[target].nearest(
                    to: queries, count: count, excluding: Exclusions(anchors.lazy.map { variants.excluded(for: $0) }),
                    parallelism: parallelism)
                for (query, anchor) in anchors.enumerated() {
                    let candidates =
                        source.pairTerms?.merged(
                            into: neighbours[query], anchor: anchor, query: queries.row(query), count: count,
                            index: indexes[target], excluded: variants.excluded(for: anchor)) ?? neighbours[query]
                    found[anchor - items.lowerBound].append((target, candidates))
                    guard candidates.count < count else { continue }
                    let isUsable = queries.row(query).allSatisfy(\.isFinite)
                    shortfalls[anchor - items.lowerBound].append(
                        Shortfall(
                            row: anchor, category: target, wanted: count, found: candidates.count,
                            reason: isUsable ? .tooFewEligible : .unusableQuery))
                }
            }
            finishedCount += anchors.count
            try progress(finishedCount)
            if targets.isEmpty {
                for anchor in anchors {
                    shortfalls[anchor - items.lowerBound].append(
                        Shortfall(row: anchor, category: nil, wanted: count, found: 0, reason: .noAdjacentCategory))
                }
            }
        }
        var lists = CandidateLists(items: items)
        for itemLists in found { lists.append(itemLists) }
        return (lists, shortfalls.flatMap { $0 })
    }
}

/// Which items are variants of each other.
package struct VariantGroups: Sendable {
    /// For each row its group, or -1.
    private let groupOfItem: [Int]
    /// The rows of each group, ascending; groups in the order of their first item.
    package let members: [[Int32]]

    package var itemCount: Int { groupOfItem.count }

    /// - Parameter groups: for each row the name of its group; nil where it has no variants.
    package init(_ groups: [String?]) {
        var positions: [String: Int] = [:]
        var members: [[Int32]] = []
        groupOfItem = groups.enumerated().map { row, group in
            guard let group else { return -1 }
            if let position = positions[group] {
                members[position].append(Int32(row))
                return position
            }
            positions[group] = members.count
            members.append([Int32(row)])
            return members.count - 1
        }
        self.members = members
    }

    package init(_ catalog: OutfitCatalog) {
        self.init(catalog.items.map(\.variantGroup))
    }

    /// Whether two rows are different variants of one group.
    package func areVariants(_ row: Int32, _ other: Int32) -> Bool {
        let group = groupOfItem[Int(row)]
        return group >= 0 && row != other && group == groupOfItem[Int(other)]
    }

    /// The first row of an item and its variants: by this they are known together.
    package func first(of row: Int) -> Int32 { groupOfItem[row] < 0 ? Int32(row) : members[groupOfItem[row]][0] }

    /// The item itself and its variants, ascending.
    package func excluded(for row: Int) -> [Int32] {
        groupOfItem[row] < 0 ? [Int32(row)] : members[groupOfItem[row]]
    }
}
