internal import LinearAlgebra

/// What a held-out outfit chose: one of its items, given the others, among drawn candidates.
struct HeldOutChoice: Sendable {
    var rest: [Int]
    /// The chosen one first.
    var candidates: [Int]

    /// Draws the candidates beside the chosen one.
    struct Sampler {
        private let negatives: NegativeSampler
        private let sources: [(source: NegativeSource, count: Int)]

        init(data: TrainingData, sources: [(source: NegativeSource, count: Int)]) {
            // A question asks about known partners like about any other item.
            var open = data
            open.partners = PartnerIndex(outfits: [], itemCount: data.features.itemCount)
            negatives = NegativeSampler(data: open)
            self.sources = sources
        }

        /// One choice for each item that has other candidates.
        func choices(of outfit: Outfit, random: inout RandomStream) -> [HeldOutChoice] {
            outfit.items.indices.compactMap { place in
                let positive = outfit.items[place]
                var rest = outfit.items
                rest.remove(at: place)
                var candidates = [positive]
                for (source, count) in sources {
                    for _ in 0..<count {
                        let item = negatives.draw(
                            source, positive: Int32(positive), anchors: [], outfit: outfit.items, random: &random)
                        if let item { candidates.append(Int(item)) }
                    }
                }
                return candidates.count > 1 ? HeldOutChoice(rest: rest, candidates: candidates) : nil
            }
        }
    }
}
