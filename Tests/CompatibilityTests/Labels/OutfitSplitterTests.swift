import Compatibility
import LinearAlgebra
import Testing

@Test func nearDuplicatesStayOnOneSide() {
    let outfits = OutfitFixtures.outfits(count: 600, itemCount: 300, seed: 3)
    let splitter = OutfitSplitter(validationFraction: 0.2, testFraction: 0.2, seed: 5)
    let labelled = splitter.split(outfits)
    for a in outfits.indices {
        for b in outfits.indices where OutfitFixtures.jaccard(outfits[a].items, outfits[b].items) >= 0.5 {
            #expect(labelled.split[a] == labelled.split[b])
        }
    }
    let audit = LeakAudit(labelled)
    #expect(audit.overlaps.allSatisfy { $0.nearDuplicateOutfitCount == 0 })
}

@Test func fractionsHoldOnOutfitsWithoutDuplicates() {
    let outfits = (0..<5000).map { Outfit(id: "set\($0)", items: [2 * $0, 2 * $0 + 1]) }
    let labelled = OutfitSplitter(validationFraction: 0.1, testFraction: 0.2, seed: 9).split(outfits)
    // Five standard deviations of a binomial.
    #expect(abs(labelled.positions(of: .validation).count - 500) < 107)
    #expect(abs(labelled.positions(of: .test).count - 1000) < 142)
}

@Test func anOutfitKeepsItsSideWhenOthersArrive() {
    let early = (0..<400).map { Outfit(id: "set\($0)", items: [2 * $0, 2 * $0 + 1]) }
    let late = (400..<600).map { Outfit(id: "set\($0)", items: [2 * $0, 2 * $0 + 1]) }
    let splitter = OutfitSplitter(seed: 4)
    let before = splitter.split(early)
    let after = splitter.split(early + late)
    #expect(Array(after.split.prefix(400)) == before.split)
}

@Test func anotherSeedGivesAnotherSplit() {
    let outfits = (0..<400).map { Outfit(id: "set\($0)", items: [2 * $0, 2 * $0 + 1]) }
    #expect(OutfitSplitter(seed: 1).split(outfits).split != OutfitSplitter(seed: 2).split(outfits).split)
    #expect(OutfitSplitter(seed: 1).split(outfits) == OutfitSplitter(seed: 1).split(outfits))
}

@Test func statedSplitsAreHonouredAndFollowed() {
    let outfits = [
        Outfit(id: "a", statedSplit: .test, items: [1, 2, 3]),
        Outfit(id: "b", statedSplit: .train, items: [1, 2, 3]),
        Outfit(id: "c", items: [1, 2, 3, 4]),
        Outfit(id: "d", statedSplit: .validation, items: [8, 9]),
        Outfit(id: "e", items: [8, 9]),
        // Near duplicates of one side each; the last is one of both.
        Outfit(id: "f", statedSplit: .validation, items: [20, 21, 22, 23]),
        Outfit(id: "g", statedSplit: .test, items: [22, 23, 24, 25]),
        Outfit(id: "h", items: [20, 21, 22, 23, 24, 25]),
    ]
    let labelled = OutfitSplitter(validationFraction: 0, testFraction: 0).split(outfits)
    #expect(
        labelled.split == [.test, .train, .test, .validation, .validation, .validation, .test, .test])
    let unbound = OutfitSplitter(validationFraction: 0, testFraction: 0, honoursStatedSplits: false).split(outfits)
    #expect(unbound.split.allSatisfy { $0 == .train })
}

@Test func aGiantComponentGoesToTraining() {
    let giant = (0..<200).map { Outfit(id: "giant\($0)", items: [$0, $0 + 1, $0 + 2, $0 + 3]) }
    let others = (0..<200).map { Outfit(id: "small\($0)", items: [1000 + 2 * $0, 1001 + 2 * $0]) }
    for seed in 1...20 as ClosedRange<UInt64> {
        let labelled = OutfitSplitter(validationFraction: 0.4, testFraction: 0.4, seed: seed).split(giant + others)
        #expect(labelled.split.prefix(200).allSatisfy { $0 == .train })
        #expect(labelled.split.suffix(200).contains(.test))
    }
}

@Test func fewOutfitsStillGiveEachSplitOne() {
    let outfits = (0..<6).map { Outfit(id: "set\($0)", items: [2 * $0, 2 * $0 + 1]) }
    for seed in 1...50 as ClosedRange<UInt64> {
        let labelled = OutfitSplitter(validationFraction: 0.01, testFraction: 0.01, seed: seed).split(outfits)
        #expect(Set(labelled.split) == Set(Split.allCases))
    }
    #expect(OutfitSplitter().split([]).split.isEmpty)
    #expect(OutfitSplitter().split([outfits[0]]).split == [.train])
}

@Test func plantedLeaksAreCountedAndPurged() {
    let outfits = [
        Outfit(id: "t0", items: [1, 2, 3]), Outfit(id: "t1", items: [4, 5, 6, 7]), Outfit(id: "t2", items: [8, 9]),
        Outfit(id: "t3", items: [20, 21]), Outfit(id: "v0", items: [1, 2, 3]), Outfit(id: "v1", items: [4, 5, 6, 10]),
        Outfit(id: "e0", items: [8, 11, 12]), Outfit(id: "e1", items: [13, 14]),
    ]
    let split: [Split] = [.train, .train, .train, .train, .validation, .validation, .test, .test]
    let labelled = LabelledOutfits(outfits: outfits, split: split)
    let audit = LeakAudit(labelled)
    let validation = audit.overlap(of: .validation, with: .train)
    #expect(validation?.identicalOutfitCount == 1)
    #expect(validation?.nearDuplicateOutfitCount == 2)
    #expect(validation?.itemCount == 7)
    #expect(validation?.sharedItemCount == 6)
    let test = audit.overlap(of: .test, with: .train)
    #expect(test?.nearDuplicateOutfitCount == 0)
    #expect(test?.sharedItemCount == 1)
    #expect(test?.sharedItemShare == 0.2)
    #expect(audit.overlap(of: .test, with: .validation)?.sharedItemCount == 0)

    let near = LeakPurge.nearDuplicates.applied(to: labelled)
    #expect(near.purged == [0, 1])
    #expect(LeakAudit(near.kept).overlap(of: .validation, with: .train)?.nearDuplicateOutfitCount == 0)
    let shared = LeakPurge.sharedItems.applied(to: labelled)
    #expect(shared.purged == [0, 1, 2])
    #expect(LeakAudit(shared.kept).overlaps.allSatisfy { $0.sharedItemCount == 0 })
    #expect(shared.kept.outfits(in: .test) == labelled.outfits(in: .test))
    #expect(LeakPurge.nothing.applied(to: labelled).kept == labelled)
}

@Test func popularityCountsAnOutfitOnceForAnItem() {
    let outfits = [Outfit(id: "a", items: [0, 1, 1]), Outfit(id: "b", items: [1, 2])]
    let labelled = LabelledOutfits(outfits: outfits, split: [.train, .validation])
    #expect(labelled.outfitCounts(in: .train, itemCount: 4) == [1, 1, 0, 0])
    #expect(labelled.itemsSeen(in: .validation, itemCount: 4) == [false, true, true, false])
}
