import Compatibility
import LinearAlgebra
import Testing

@Suite struct TrainingSlotsTests {
    private let outfits = [[0, 1, 2], [3], [4, 5], [0, 2, 4, 6], []].enumerated().map {
        Outfit(id: "o\($0.offset)", items: $0.element)
    }

    @Test(arguments: [false, true])
    func anEpochAsksForEveryPlaceOnceAndEpochsDiffer(byOutfit: Bool) {
        let slots = TrainingSlots(outfits)
        #expect(slots.slots.map(\.outfit) == [0, 0, 0, 2, 2, 3, 3, 3, 3])
        let orders = (0..<8).map { epoch in
            var random = RandomStream(seed: 1, stream: UInt64(epoch))
            return slots.order(byOutfit: byOutfit, random: &random)
        }
        for order in orders { #expect(order.sorted() == Array(0..<9)) }
        #expect(Set(orders).count > 1)
    }

    @Test func byOutfitTheirPlacesStandTogether() {
        let slots = TrainingSlots(outfits)
        for seed in 0..<20 {
            var random = RandomStream(seed: UInt64(seed), stream: 0)
            let owners = slots.order(byOutfit: true, random: &random).map { slots.slots[Int($0)].outfit }
            let changes = zip(owners, owners.dropFirst()).filter { $0 != $1 }.count
            #expect(changes == 2, "\(owners)")
        }
    }

    @Test func anItemIsAskedForBesideAllOthersOrOneOfThem() {
        var random = RandomStream(seed: 3, stream: 0)
        var singles: [Int32: Int] = [:]
        for _ in 0..<3000 {
            let anchors = TrainingSlots.anchors(of: [7, 8, 9, 7001], place: 1, singleFraction: 0.3, random: &random)
            if anchors.count == 1 { singles[anchors[0], default: 0] += 1 } else { #expect(anchors == [7, 9, 7001]) }
        }
        // A third of 900 each, to five standard deviations.
        #expect(singles.keys.sorted() == [7, 9, 7001])
        for count in singles.values { #expect(abs(count - 300) < 85, "\(singles)") }
        #expect(TrainingSlots.anchors(of: [5, 6], place: 0, singleFraction: 0, random: &random) == [6])
        #expect(TrainingSlots.anchors(of: [5, 6], place: 1, singleFraction: 1, random: &random) == [5])
    }
}
