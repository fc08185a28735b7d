internal import LinearAlgebra

/// Makes questions from held-out outfits.
///
/// One question an outfit: which item is taken out depends on the seed and the outfit's id alone, so the three kinds ask
/// for the same item and an outfit's question stays as it is when others arrive. A wrong answer is never in the outfit and
/// never a known partner, in any outfit of any split, of an item that the question shows: it could be right.
package struct QuestionMaker: Sendable {
    package let rules: QuestionRules
    private let catalog: OutfitCatalog
    private let labelled: LabelledOutfits
    private let known: [Outfit]
    private let membership: OutfitMembership
    private let isWarm: [Bool]

    /// - Parameters:
    ///   - labelled: those of training decide what is warm.
    ///   - known: outfits that say who is whose partner, those that were purged among them; nil for those of `labelled`.
    package init(catalog: OutfitCatalog, labelled: LabelledOutfits, known: [Outfit]? = nil, rules: QuestionRules) {
        precondition(rules.answerCount > 1, "a question needs two answers")
        self.rules = rules
        self.catalog = catalog
        self.labelled = labelled
        self.known = known ?? labelled.outfits
        membership = OutfitMembership(outfits: self.known, itemCount: catalog.items.count)
        isWarm = labelled.itemsSeen(in: .train, itemCount: catalog.items.count)
    }

    /// One question for each outfit of the split that has at least two items.
    ///
    /// - Returns: the questions in the order of the outfits, and how many could not be made because too few candidates
    ///   were left.
    package func fillInTheBlank(
        _ kind: QuestionKind, split: Split
    ) -> (questions: [FillInTheBlankQuestion], unmakeableCount: Int) {
        let pools = ItemPools(kind: kind, rules: rules, catalog: catalog, isWarm: isWarm)
        var excluded = Exclusions(itemCount: catalog.items.count)
        var questions: [FillInTheBlankQuestion] = []
        var unmakeable = 0
        for outfit in labelled.outfits(in: split) where outfit.items.count > 1 {
            var choice = stream("blank", outfit)
            let blank = choice.index(below: outfit.items.count)
            let answer = outfit.items[blank]
            var rest = outfit.items
            rest.remove(at: blank)
            rest.removeAll { $0 == answer }
            excluded.clear()
            for row in outfit.items { excluded.insert(row) }
            for row in rest { exclude(partnersOf: row, in: &excluded) }
            var generator = stream(kind.rawValue, outfit)
            let wrong = draw(
                rules.answerCount - 1, from: pools.candidates(for: answer), excluded: excluded, generator: &generator)
            guard let wrong, !rest.isEmpty else {
                unmakeable += 1
                continue
            }
            let correct = generator.index(below: rules.answerCount)
            var answers: [Int?] = wrong
            answers.insert(answer, at: correct)
            questions.append(
                FillInTheBlankQuestion(
                    question: rest, answers: answers, correct: correct, outfitID: outfit.id, blankPosition: blank + 1))
        }
        return (questions, unmakeable)
    }

    /// Each outfit of the split, and after it a false one: each of its items replaced by another of the same family and
    /// season that is no known partner of the replacements before it. An outfit for which that cannot be made is left out
    /// with its false one, so that families weigh the same on both sides.
    package func compatibility(split: Split) -> (questions: [CompatibilityQuestion], unmakeableCount: Int) {
        let pools = ItemPools(kind: .season, rules: rules, catalog: catalog, isWarm: isWarm)
        var excluded = Exclusions(itemCount: catalog.items.count)
        var questions: [CompatibilityQuestion] = []
        var unmakeable = 0
        for outfit in labelled.outfits(in: split) where outfit.items.count > 1 {
            excluded.clear()
            for row in outfit.items { excluded.insert(row) }
            var generator = stream("compatibility", outfit)
            var replaced: [Int] = []
            for row in outfit.items {
                let drawn = draw(1, from: pools.candidates(for: row), excluded: excluded, generator: &generator)
                guard let replacement = drawn?.first else { break }
                replaced.append(replacement)
                excluded.insert(replacement)
                exclude(partnersOf: replacement, in: &excluded)
            }
            guard replaced.count == outfit.items.count else {
                unmakeable += 1
                continue
            }
            questions.append(CompatibilityQuestion(items: outfit.items, isOutfit: true))
            questions.append(CompatibilityQuestion(items: replaced, isOutfit: false))
        }
        return (questions, unmakeable)
    }

    private func stream(_ purpose: String, _ outfit: Outfit) -> RandomStream {
        RandomStream(seed: rules.seed, stream: SeededHash.of(purpose + "\u{1F}" + outfit.id, seed: rules.seed))
    }

    private func exclude(partnersOf row: Int, in excluded: inout Exclusions) {
        for position in membership.outfits(holding: row) {
            for partner in known[Int(position)].items { excluded.insert(partner) }
        }
    }

    /// `count` different items of the pool that are not excluded, evenly drawn; nil where there are not that many.
    private func draw(
        _ count: Int, from pool: [Int], excluded: Exclusions, generator: inout RandomStream
    ) -> [Int]? {
        var chosen: [Int] = []
        // Blind draws first: over a pool of a million items, listing what is left would cost more than all the rest.
        for _ in 0..<(8 * count) where chosen.count < count && pool.count >= 32 {
            let row = pool[generator.index(below: pool.count)]
            if !excluded.contains(row), !chosen.contains(row) { chosen.append(row) }
        }
        if chosen.count < count {
            var left = pool.filter { !excluded.contains($0) && !chosen.contains($0) }
            while chosen.count < count, !left.isEmpty {
                let place = generator.index(below: left.count)
                chosen.append(left[place])
                left.swapAt(place, left.count - 1)
                left.removeLast()
            }
        }
        return chosen.count == count ? chosen : nil
    }
}

/// A set of items that empties in constant time: an item is in it where its stamp is the current one.
private struct Exclusions {
    private var stamps: [Int32]
    private var current: Int32 = 1

    init(itemCount: Int) { stamps = [Int32](repeating: 0, count: itemCount) }

    mutating func clear() { current += 1 }
    mutating func insert(_ row: Int) { stamps[row] = current }
    func contains(_ row: Int) -> Bool { stamps[row] == current }
}
