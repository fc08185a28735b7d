import Compatibility
import LinearAlgebra
import Testing

private func slowComponents(_ outfits: [Outfit], threshold: Double) -> [[Int]] {
    var label = Array(outfits.indices)
    for a in outfits.indices {
        for b in outfits.indices where a < b {
            guard OutfitFixtures.jaccard(outfits[a].items, outfits[b].items) >= threshold - 1e-12 else { continue }
            let (keep, drop) = (min(label[a], label[b]), max(label[a], label[b]))
            for place in label.indices where label[place] == drop { label[place] = keep }
        }
    }
    return Set(label).sorted().map { wanted in label.indices.filter { label[$0] == wanted } }
}

@Test(arguments: [0.3, 0.5, 0.6, 2.0 / 3.0, 0.8, 1.0])
func componentsMatchComparingAllPairs(threshold: Double) {
    for seed in 1...6 as ClosedRange<UInt64> {
        let outfits = OutfitFixtures.outfits(count: 220, itemCount: 30 + Int(seed) * 8, largest: 7, seed: seed)
        let join = NearDuplicateJoin(outfits: outfits, threshold: threshold)
        let slow = slowComponents(outfits, threshold: threshold)
        #expect(join.components(outfitCount: outfits.count) == slow)
        #expect(slow.count < outfits.count, "the sample has no near duplicates to find")
    }
}

@Test(arguments: [0.4, 0.5, 0.75])
func everyNearPairIsFoundOnceAndNoOther(threshold: Double) {
    let outfits = OutfitFixtures.outfits(count: 250, itemCount: 14, seed: 77)
    let join = NearDuplicateJoin(outfits: outfits, threshold: threshold)
    var found: [[Int]] = []
    join.forEachPair { found.append([$0, $1].sorted()) }
    var expected: [[Int]] = []
    for a in join.groups.indices {
        for b in join.groups.indices where a < b {
            let (first, second) = (outfits[join.groups[a][0]].items, outfits[join.groups[b][0]].items)
            if OutfitFixtures.jaccard(first, second) >= threshold { expected.append([a, b]) }
        }
    }
    #expect(found.sorted { $0.lexicographicallyPrecedes($1) } == expected)
    #expect(!expected.isEmpty)
}

@Test func nearDuplicatesAreTransitive() {
    // Neighbours overlap by 3 of 5, ends by 2 of 6 and less.
    let chain = (0..<5).map { Outfit(id: "\($0)", items: [$0, $0 + 1, $0 + 2, $0 + 3]) }
    let components = NearDuplicateJoin(outfits: chain, threshold: 0.5).components(outfitCount: 5)
    #expect(components == [[0, 1, 2, 3, 4]])
}

@Test func outfitsWithoutItemsStandAlone() {
    let outfits = [Outfit(id: "a", items: []), Outfit(id: "b", items: []), Outfit(id: "c", items: [1])]
    #expect(NearDuplicateJoin(outfits: outfits).components(outfitCount: 3) == [[0], [1], [2]])
}

@Test(.timeLimit(.minutes(1))) func aPopularItemCostsNoPairOfItsOutfits() {
    // 60,000 outfits all hold item 0: comparing all that share an item would be 1.8 billion pairs.
    let outfits = (1...60_000).map { Outfit(id: "\($0)", items: [0, $0]) }
    var pairs = 0
    NearDuplicateJoin(outfits: outfits, threshold: 0.5).forEachPair { _, _ in pairs += 1 }
    #expect(pairs == 0)
}
