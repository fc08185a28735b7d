import Compatibility
import Testing

@Suite struct TrainingDataTests {
    private let planted = PlantedOutfits(itemCount: 480, outfitCount: 500)

    private func unknown(_ outfits: [Outfit], to data: TrainingData) -> (partners: Int, all: Int) {
        let (pairs, known) = (PairSet(outfits: outfits), PairSet(outfits: data.training))
        let hidden = (0..<pairs.count).map { (Int(pairs.first[$0]), Int(pairs.second[$0])) }
            .filter { known.outfitCount(of: $0.0, $0.1) == 0 }
        return (hidden.count { data.partners.arePartners($0.0, $0.1) }, hidden.count)
    }

    /// What is left out of the negatives would tell by omission which answers of held-out questions are right.
    @Test func pairsOfHeldOutOutfitsMayServeAsNegatives() {
        let data = planted.data()
        let validation = unknown(data.validation, to: data)
        #expect(validation.partners == 0 && validation.all > 20)
        #expect(PairSet(outfits: data.training).count > 0)
        for outfit in data.training.prefix(20) { #expect(data.partners.arePartners(outfit.items[0], outfit.items[1])) }
    }

    @Test func partOfTheOutfitsHasTheirPartnersAlone() {
        let whole = planted.data()
        let all = whole.training
        let part = whole.learning(from: Array(all.prefix(300)))
        let others = unknown(Array(all.dropFirst(300)), to: part)
        #expect(others.partners == 0 && others.all > 20)
    }
}
