internal import LinearAlgebra

/// Questions in the Polyvore form: one item of an outfit taken out, three others of its category put beside it.
struct SampleQuestions {
    struct Blank {
        /// Positions in the outfit, 0-based, of the items that remain.
        let remaining: [Int]
        let taken: Int
        /// Outfit and position of each wrong answer.
        let wrong: [(outfit: SampleOutfit, position: Int)]
    }

    private let universe: SampleUniverse
    private let pool: [String: [(outfit: SampleOutfit, position: Int)]]

    init(universe: SampleUniverse, outfits: [SampleOutfit]) {
        self.universe = universe
        var pool: [String: [(outfit: SampleOutfit, position: Int)]] = [:]
        for outfit in outfits {
            for (position, item) in outfit.items.enumerated() {
                pool[universe.items[item].garment.category, default: []].append((outfit, position))
            }
        }
        self.pool = pool
    }

    /// Nil where the category has too few other items.
    func blank(in outfit: SampleOutfit, number: Int) -> Blank? {
        var random = RandomStream(seed: universe.parameters.seed, stream: 1 << 42 | UInt64(number))
        let taken = random.index(below: outfit.items.count)
        let category = universe.items[outfit.items[taken]].garment.category
        guard let candidates = pool[category], candidates.count > 8 else { return nil }
        var wrong: [(outfit: SampleOutfit, position: Int)] = []
        var used = Set(outfit.items)
        for _ in 0..<200 where wrong.count < 3 {
            let candidate = candidates[random.index(below: candidates.count)]
            if used.insert(candidate.outfit.items[candidate.position]).inserted { wrong.append(candidate) }
        }
        guard wrong.count == 3 else { return nil }
        return Blank(remaining: outfit.items.indices.filter { $0 != taken }, taken: taken, wrong: wrong)
    }
}
