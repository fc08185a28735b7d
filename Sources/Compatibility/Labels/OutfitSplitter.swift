/// Divides outfits into training, validation and test outfits.
///
/// By outfit, never by pair; near-duplicate outfits (Jaccard ≥ `threshold`, transitively) stay on one side, or the test
/// would repeat what training saw. What the dataset itself states is honoured. The rest goes by a seeded hash of the
/// smallest outfit id of its component, so an outfit keeps its side when others arrive the next night: a validation set
/// reshuffled nightly would hold outfits that the published model was trained on. Near copies with smaller ids, or between
/// two components, still move some: whoever compares with an earlier model leaves out what that one learned.
package struct OutfitSplitter: Sendable, Equatable, Codable {
    package var validationFraction: Double
    package var testFraction: Double
    /// The Jaccard overlap from which two outfits count as near duplicates.
    package var threshold: Double
    package var honoursStatedSplits: Bool
    /// A component that holds more than this share of all outfits goes to training: held out, it alone would be the test.
    package var largestHeldOutShare: Double
    package var seed: UInt64

    package init(
        validationFraction: Double = 0.1, testFraction: Double = 0.1, threshold: Double = 0.5,
        honoursStatedSplits: Bool = true, largestHeldOutShare: Double = 0.02, seed: UInt64 = 1
    ) {
        self.validationFraction = validationFraction
        self.testFraction = testFraction
        self.threshold = threshold
        self.honoursStatedSplits = honoursStatedSplits
        self.largestHeldOutShare = largestHeldOutShare
        self.seed = seed
    }

    /// The outfits with their splits, in their order.
    ///
    /// An outfit without a stated split that is a near duplicate of stated ones follows them: to test before validation
    /// before training, where they disagree. A split with a fraction above zero never stays empty while training could
    /// give it a component.
    package func split(_ outfits: [Outfit]) -> LabelledOutfits {
        var split = outfits.map { honoursStatedSplits ? $0.statedSplit : nil }
        let components = NearDuplicateJoin(outfits: outfits, threshold: threshold).components(
            outfitCount: outfits.count)
        let largest = max(1, Int(largestHeldOutShare * Double(outfits.count)))
        var free: [(draw: Double, members: [Int], side: Split)] = []
        for members in components {
            let stated = members.compactMap { split[$0] }
            if !stated.isEmpty {
                let side: Split =
                    stated.contains(.test) ? .test : stated.contains(.validation) ? .validation : .train
                for position in members where split[position] == nil { split[position] = side }
                continue
            }
            let draw = self.draw(members.map { outfits[$0].id })
            let side: Split =
                members.count > largest
                ? .train
                : draw < testFraction ? .test : draw < testFraction + validationFraction ? .validation : .train
            free.append((draw, members, side))
        }
        fillEmpty(.test, fraction: testFraction, stated: split, free: &free, largest: largest)
        fillEmpty(.validation, fraction: validationFraction, stated: split, free: &free, largest: largest)
        for component in free { for position in component.members { split[position] = component.side } }
        return LabelledOutfits(outfits: outfits, split: split.map { $0 ?? .train })
    }

    /// Uniform in 0..<1, from the smallest id of a component.
    private func draw(_ ids: [String]) -> Double {
        guard let smallest = ids.min(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) else { return 1 }
        return SeededHash.fraction(SeededHash.of(smallest, seed: seed))
    }

    /// On few outfits chance may leave a wanted split empty: it gets the training component with the lowest draw, of
    /// those that may be held out, as long as training keeps another.
    private func fillEmpty(
        _ side: Split, fraction: Double, stated: [Split?], free: inout [(draw: Double, members: [Int], side: Split)],
        largest: Int
    ) {
        guard fraction > 0, !stated.contains(side), !free.contains(where: { $0.side == side }) else { return }
        let candidates = free.indices.filter { free[$0].side == .train && free[$0].members.count <= largest }
        let trainingCount = free.count { $0.side == .train } + (stated.contains(.train) ? 1 : 0)
        guard trainingCount > 1, let chosen = candidates.min(by: { free[$0].draw < free[$1].draw }) else { return }
        free[chosen].side = side
    }
}
