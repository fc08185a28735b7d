import Compatibility
import Testing

@Test func pairsMatchCountingThemOneByOne() {
    let outfits = OutfitFixtures.outfits(count: 120, itemCount: 30, seed: 8) + [Outfit(id: "twice", items: [4, 4, 5])]
    let pairs = PairSet(outfits: outfits)
    var total = 0
    for a in 0..<30 {
        #expect(pairs.outfitCount(of: a, a) == 0)
        for b in 0..<30 where a < b {
            let expected = outfits.count { $0.items.contains(a) && $0.items.contains(b) }
            #expect(pairs.outfitCount(of: a, b) == expected)
            #expect(pairs.outfitCount(of: b, a) == expected)
            if expected > 0 { total += 1 }
        }
    }
    #expect(pairs.count == total)
    let categories = (0..<30).map { $0 % 3 }
    let crossing = zip(pairs.first, pairs.second).count { $0 % 3 != $1 % 3 }
    #expect(pairs.crossCategoryCount(categoryOfItem: categories) == crossing)
}

@Test func membershipListsTheOutfitsOfEachItem() {
    let outfits = OutfitFixtures.outfits(count: 80, itemCount: 20, seed: 2)
    let membership = OutfitMembership(outfits: outfits, itemCount: 21)
    for row in 0..<21 {
        let expected = outfits.indices.filter { outfits[$0].items.contains(row) }
        #expect(membership.outfits(holding: row).map { Int($0) } == expected)
    }
}
