internal import LinearAlgebra

/// How many candidates stand beside each chosen item, and from where.
package struct ChoiceCandidates: Sendable, Equatable, Codable {
    /// Of the chosen item's context.
    package var sameContext: Int
    package var sameFamily: Int
    package var sameCategory: Int
    /// Of the whole catalogue.
    package var random: Int

    package init(sameContext: Int = 0, sameFamily: Int = 0, sameCategory: Int = 0, random: Int = 0) {
        self.sameContext = sameContext
        self.sameFamily = sameFamily
        self.sameCategory = sameCategory
        self.random = random
    }

    enum CodingKeys: String, CodingKey {
        case random
        case sameContext = "same_context"
        case sameFamily = "same_family"
        case sameCategory = "same_category"
    }
}

/// What a held-out outfit chose: one of its items, given the others, among drawn candidates.
struct HeldOutChoice: Sendable {
    var rest: [Int]
    /// The chosen one first.
    var candidates: [Int]

    /// Draws the candidates beside the chosen one.
    struct Sampler {
        private let negatives: NegativeSampler
        private let sources: [(source: NegativeSource, count: Int)]

        init(data: TrainingData, candidates: ChoiceCandidates) {
            negatives = NegativeSampler(data: data)
            sources = [
                (.sameContext, candidates.sameContext), (.sameFamily, candidates.sameFamily),
                (.sameCategory, candidates.sameCategory), (.random, candidates.random),
            ]
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
                        // Without anchors, since a question asks about known partners like about any other item.
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
