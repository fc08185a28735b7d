import Compatibility
import Testing

@Suite struct CategoryAdjacencyTests {
    // Rows 0...2 shoes, 3...5 skirts, 6...8 bags, 9 hats, 10 gloves.
    private let categories = ["shoes", "skirts", "bags", "hats", "gloves"]
    private let categoryOfItem = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4]

    private func outfits(_ items: [[Int]]) -> [Outfit] {
        items.enumerated().map { Outfit(id: "\($0.offset)", items: $0.element) }
    }

    private var sample: [Outfit] {
        outfits([[0, 3], [0, 4, 6], [1, 3, 7], [2, 5], [0, 1], [3, 9]])
    }

    @Test func countsSharesAndLiftsAreThoseOfTheOutfits() {
        let adjacency = CategoryAdjacency(
            outfits: sample, categoryOfItem: categoryOfItem, categoryCount: 5,
            parameters: .init(minimumShare: 0, minimumLift: 0, minimumCount: 1))
        #expect(adjacency[0].map(\.category) == [1, 2])
        #expect(adjacency[0][0].outfitCount == 4)
        #expect(abs(adjacency[0][0].share - 4.0 / 5) < 1e-12)
        #expect(abs(adjacency[0][0].lift - (4.0 / 5) / (5.0 / 6)) < 1e-12)
        #expect(adjacency[1].map(\.category) == [0, 2, 3])
        #expect(adjacency[3].map(\.category) == [1])
        #expect(adjacency.unseenSources == [4])
        // A category without outfits takes what most outfits hold; ties go to the lower category.
        #expect(adjacency[4].map(\.category) == [0, 1, 2, 3])
    }

    @Test func thresholdsLeaveOutTheRare() {
        func targets(_ parameters: CategoryAdjacency.Parameters) -> [Int] {
            CategoryAdjacency(
                outfits: sample, categoryOfItem: categoryOfItem, categoryCount: 5, parameters: parameters)[1]
                .map(\.category)
        }
        #expect(targets(.init(minimumShare: 0.3, minimumLift: 0, minimumCount: 1)) == [0, 2])
        #expect(targets(.init(minimumShare: 0, minimumLift: 1.1, minimumCount: 1)) == [2, 3])
        #expect(targets(.init(minimumShare: 0, minimumLift: 0, minimumCount: 2)) == [0, 2])
        #expect(targets(.init(minimumShare: 0, minimumLift: 0, minimumCount: 1, limit: 1)) == [0])
        #expect(targets(.init(minimumShare: 0, minimumLift: 0, minimumCount: 1, includesSame: true)) == [0, 2, 3])
    }

    @Test func sameCategoryCountsOnlyWhereAnOutfitHoldsTwo() {
        let adjacency = CategoryAdjacency(
            outfits: sample, categoryOfItem: categoryOfItem, categoryCount: 5,
            parameters: .init(minimumShare: 0, minimumLift: 0, minimumCount: 1, includesSame: true))
        #expect(adjacency[0].first { $0.category == 0 }?.outfitCount == 1)
        #expect(!adjacency[1].contains { $0.category == 1 })
    }

    @Test func overridesReplaceATargetListByName() throws {
        var adjacency = CategoryAdjacency(
            outfits: sample, categoryOfItem: categoryOfItem, categoryCount: 5,
            parameters: .init(minimumShare: 0, minimumLift: 0, minimumCount: 1))
        try adjacency.override(["shoes": ["hats", "skirts", "hats"], "gloves": []], categories: categories)
        #expect(adjacency[0].map(\.category) == [3, 1])
        #expect(adjacency[0].map(\.outfitCount) == [0, 4])
        #expect(adjacency[4].isEmpty)
        #expect(adjacency[1].map(\.category) == [0, 2, 3])
        #expect(throws: AdjacencyError.unknownCategory("socks")) {
            try adjacency.override(["shoes": ["socks"]], categories: categories)
        }
    }
}
