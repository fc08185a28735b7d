import Compatibility
import LinearAlgebra
import Testing

/// The embeddings themselves, each scaled by its target category: a stand-in for a model.
struct ScaledQueries: QuerySource, PairScorer {
    let embeddings: Matrix
    var categoryOfItem: [Int] = []

    func queries(anchors: [Int], targetCategory: Int) -> Matrix {
        var queries = embeddings.rows(at: anchors)
        for place in queries.values.indices { queries.values[place] *= Float(1 + targetCategory) }
        return queries
    }

    func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = embeddings.rows(at: anchors).multiplied(byTransposeOf: embeddings.rows(at: candidates))
        for row in anchors.indices {
            for (column, candidate) in candidates.enumerated() {
                scores[row, column] *= Float(1 + categoryOfItem[candidate])
            }
        }
        return scores
    }
}

extension CandidateFinder {
    fileprivate init(catalog: OutfitCatalog, embeddings: Matrix, adjacency: CategoryAdjacency, count: Int) {
        self.init(
            indexes: CategoryIndexes(catalog: catalog, embeddings: embeddings), adjacency: adjacency,
            categoryOfItem: catalog.categoryOfItem, variants: VariantGroups(catalog), count: count)
    }
}

@Suite struct CandidateFinderTests {
    private let itemCount = 120

    private func catalog() -> OutfitCatalog {
        OutfitCatalog(
            items: (0..<itemCount).map { number in
                CatalogItem(
                    id: ItemID(String(1000 + number)), categoryPath: [["bags", "shoes", "skirts"][number % 3]],
                    isAvailable: number % 7 != 0, variantGroup: number % 4 == 0 ? "group \(number / 12)" : nil)
            },
            outfits: (0..<30).map { Outfit(id: "\($0)", items: [$0 * 3, $0 * 3 + 1, $0 * 3 + 2, ($0 * 3 + 4) % 120]) })
    }

    private func finder(_ catalog: OutfitCatalog, _ embeddings: Matrix, count: Int) -> CandidateFinder {
        CandidateFinder(
            catalog: catalog, embeddings: embeddings,
            adjacency: CategoryAdjacency(
                outfits: catalog.outfits, categoryOfItem: catalog.categoryOfItem, categoryCount: 3,
                parameters: .init(includesSame: true)),
            count: count)
    }

    @Test func progressRisesToAllItemsAndWhatItThrowsEndsTheWork() throws {
        struct Enough: Error {}
        let catalog = catalog()
        let embeddings = FlatIndexTests.matrix(itemCount, 6, stream: 30)
        let (source, finder) = (ScaledQueries(embeddings: embeddings), finder(catalog, embeddings, count: 9))
        var told: [Int] = []
        let watched = finder.candidates(for: 10..<60, queries: source) { told.append($0) }
        #expect(told == told.sorted() && told.first == 0 && told.last == 50 && Set(told).count > 4, "\(told)")
        let alone = finder.candidates(for: 10..<60, queries: source)
        #expect(watched.lists == alone.lists && watched.shortfalls == alone.shortfalls)
        #expect(throws: Enough.self) {
            try finder.candidates(for: 10..<60, queries: source) { done in if done > 10 { throw Enough() } }
        }
    }

    @Test func candidatesAreThoseOfAFullSortOverEligibleItems() {
        let catalog = catalog()
        let embeddings = FlatIndexTests.matrix(itemCount, 6, stream: 30)
        let source = ScaledQueries(embeddings: embeddings)
        let (lists, shortfalls) = finder(catalog, embeddings, count: 9).candidates(for: 10..<60, queries: source)
        var listCount = 0
        for item in 10..<60 {
            for list in lists.lists(of: item) {
                let eligible = (0..<itemCount).filter { row in
                    let candidate = catalog.items[row]
                    let isVariant =
                        candidate.variantGroup != nil && candidate.variantGroup == catalog.items[item].variantGroup
                    return catalog.categoryOfItem[row] == list.target && candidate.isAvailable && row != item
                        && !isVariant
                }
                let query = source.queries(anchors: [item], targetCategory: list.target)
                let expected = FlatIndexTests.oracle(query.row(0), embeddings, rows: eligible.map { Int32($0) })
                #expect(list.candidates == Array(expected.prefix(9)))
                listCount += 1
            }
        }
        // Only shoes stand twice in an outfit: 17 of them with three lists, 33 other items with two.
        #expect(listCount == 17 * 3 + 33 * 2)
        #expect(shortfalls.isEmpty)
    }

    @Test func sameListsForAnyRangeAndAnyNumberOfThreads() {
        let catalog = catalog()
        let embeddings = FlatIndexTests.matrix(itemCount, 6, stream: 31)
        let finder = finder(catalog, embeddings, count: 12)
        let source = ScaledQueries(embeddings: embeddings)
        let whole = finder.candidates(for: 0..<itemCount, queries: source)
        let parallel = finder.candidates(for: 0..<itemCount, queries: source, parallelism: Parallelism(width: 2))
        #expect(whole.lists == parallel.lists && whole.shortfalls == parallel.shortfalls)
        for start in stride(from: 0, to: itemCount, by: 17) {
            let range = start..<min(start + 17, itemCount)
            let part = finder.candidates(for: range, queries: source).lists
            for item in range {
                #expect(part.lists(of: item).map(\.candidates) == whole.lists.lists(of: item).map(\.candidates))
            }
        }
        let lists = whole.lists
        #expect(
            CandidateLists(
                items: lists.items, listOffsets: lists.listOffsets, targets: lists.targets,
                entryOffsets: lists.entryOffsets, rows: lists.rows, scores: lists.scores) == lists)
        #expect(
            CandidateLists(
                items: lists.items, listOffsets: lists.listOffsets, targets: lists.targets,
                entryOffsets: lists.entryOffsets, rows: lists.rows, scores: Array(lists.scores.dropLast())) == nil)
    }

    @Test func fewerThanAskedForIsRecordedWithItsReason() throws {
        let catalog = catalog()
        var embeddings = FlatIndexTests.matrix(itemCount, 6, stream: 32)
        embeddings[1, 0] = .nan
        let (lists, shortfalls) = finder(catalog, embeddings, count: 50)
            .candidates(for: 0..<2, queries: ScaledQueries(embeddings: embeddings))
        // Every category holds fewer than 50, so each list has its shortfall, which says how many there were.
        #expect(shortfalls.count == 2 + 3)
        for (list, shortfall) in zip(lists.lists(of: 0), shortfalls) {
            #expect(shortfall.row == 0 && shortfall.category == list.target && shortfall.reason == .tooFewEligible)
            #expect(shortfall.found == list.candidates.count && shortfall.found > 20 && shortfall.wanted == 50)
        }
        #expect(shortfalls[2...].allSatisfy { $0.row == 1 && $0.found == 0 && $0.reason == .unusableQuery })

        let alone = CandidateFinder(
            catalog: catalog, embeddings: embeddings,
            adjacency: CategoryAdjacency(outfits: [], categoryOfItem: catalog.categoryOfItem, categoryCount: 3),
            count: 5)
        let none = alone.candidates(for: 7..<8, queries: ScaledQueries(embeddings: embeddings))
        #expect(
            none.shortfalls == [Shortfall(row: 7, category: nil, wanted: 5, found: 0, reason: .noAdjacentCategory)])
    }
}
