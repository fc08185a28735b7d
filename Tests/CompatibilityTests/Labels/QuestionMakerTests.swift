import Compatibility
import LinearAlgebra
import Testing

private struct Fixture {
    let catalog: OutfitCatalog
    let labelled: LabelledOutfits
    let maker: QuestionMaker

    init(itemCount: Int = 600, seed: UInt64 = 1) {
        let outfits = OutfitFixtures.outfits(count: 400, itemCount: itemCount, seed: 21)
        catalog = OutfitFixtures.catalog(itemCount: itemCount, outfits: outfits)
        labelled = OutfitSplitter(validationFraction: 0.3, testFraction: 0.1, seed: 2).split(catalog.outfits)
        let rules = QuestionRules(familyLevel: 1, seasonAttribute: "season", seed: seed)
        maker = QuestionMaker(catalog: catalog, labelled: labelled, rules: rules)
    }
}

@Test(arguments: QuestionKind.allCases)
func wrongAnswersAreWrongAndShareWhatTheKindSays(kind: QuestionKind) throws {
    let fixture = Fixture()
    let made = fixture.maker.fillInTheBlank(kind, split: .validation)
    let eligible = fixture.labelled.outfits(in: .validation).filter { $0.items.count > 1 }
    #expect(made.questions.count + made.unmakeableCount == eligible.count)
    #expect(made.questions.count > 50)
    let isWarm = fixture.labelled.itemsSeen(in: .train, itemCount: fixture.catalog.items.count)
    let byID = Dictionary(uniqueKeysWithValues: fixture.labelled.outfits.map { ($0.id, $0) })
    for question in made.questions {
        let outfit = try #require(question.outfitID.flatMap { byID[$0] })
        let right = try #require(question.rightRow)
        let blank = try #require(question.blankPosition)
        #expect(outfit.items[blank - 1] == right)
        #expect(Set(question.question).union([right]) == Set(outfit.items))
        #expect(Set(question.answers).count == 4)
        for answer in question.answers {
            let wrong = try #require(answer)
            guard wrong != right else { continue }
            #expect(!outfit.items.contains(wrong))
            for shown in question.question {
                #expect(!fixture.labelled.outfits.contains { $0.items.contains(shown) && $0.items.contains(wrong) })
            }
            guard kind != .random else { continue }
            #expect(fixture.catalog.items[wrong].categoryPath == fixture.catalog.items[right].categoryPath)
            #expect(fixture.catalog.items[wrong].attributes == fixture.catalog.items[right].attributes)
            if kind == .matched { #expect(isWarm[wrong] == isWarm[right]) }
        }
    }
    // The right answer is anywhere.
    #expect(Set(made.questions.map(\.correct)) == [0, 1, 2, 3])
}

/// A purge drops the very outfits that show whose partner a held-out item is.
@Test func whatPurgedOutfitsShowIsNoWrongAnswer() throws {
    let fixture = Fixture(itemCount: 150)
    let (kept, purged) = LeakPurge.sharedItems.applied(to: fixture.labelled)
    #expect(!purged.isEmpty)
    let rules = QuestionRules(familyLevel: 0, seed: 1)
    let known = fixture.labelled.outfits
    let maker = QuestionMaker(catalog: fixture.catalog, labelled: kept, known: known, rules: rules)
    func partnersAsked(_ maker: QuestionMaker) -> Int {
        maker.fillInTheBlank(.random, split: .validation).questions.reduce(0) { sum, question in
            sum
                + question.answers.compactMap(\.self).count { answer in
                    answer != question.rightRow
                        && question.question.contains { shown in
                            known.contains { $0.items.contains(shown) && $0.items.contains(answer) }
                        }
                }
        }
    }
    #expect(partnersAsked(maker) == 0)
    // What is left after the purge does not know them.
    #expect(partnersAsked(QuestionMaker(catalog: fixture.catalog, labelled: kept, rules: rules)) > 0)
    for question in maker.compatibility(split: .validation).questions where !question.isOutfit {
        for (place, first) in question.items.enumerated() {
            for second in question.items.dropFirst(place + 1) {
                #expect(!known.contains { $0.items.contains(first) && $0.items.contains(second) })
            }
        }
    }
}

@Test func theKindsAskForTheSameItem() {
    let fixture = Fixture()
    let season = fixture.maker.fillInTheBlank(.season, split: .validation).questions
    let random = fixture.maker.fillInTheBlank(.random, split: .validation).questions
    let asked = Dictionary(uniqueKeysWithValues: random.map { ($0.outfitID, $0.rightRow) })
    for question in season { #expect(asked[question.outfitID] == question.rightRow) }
    #expect(season.contains { question in random.contains { $0.answers != question.answers } })
}

@Test func theSameSeedMakesTheSameQuestionsAndAnotherOthers() {
    let first = Fixture().maker.fillInTheBlank(.season, split: .validation).questions
    #expect(Fixture().maker.fillInTheBlank(.season, split: .validation).questions == first)
    #expect(Fixture(seed: 2).maker.fillInTheBlank(.season, split: .validation).questions != first)
    let compatibility = Fixture().maker.compatibility(split: .test).questions
    #expect(Fixture().maker.compatibility(split: .test).questions == compatibility)
}

@Test func falseOutfitsKeepFamiliesAndSeasonsAndHoldNoKnownPair() {
    let fixture = Fixture()
    let made = fixture.maker.compatibility(split: .validation)
    #expect(made.questions.count > 60)
    for pair in stride(from: 0, to: made.questions.count, by: 2) {
        let (real, fake) = (made.questions[pair], made.questions[pair + 1])
        #expect(real.isOutfit && !fake.isOutfit)
        #expect(Set(fake.items).count == fake.items.count)
        #expect(Set(fake.items).isDisjoint(with: real.items))
        for (a, b) in zip(real.items, fake.items) {
            #expect(fixture.catalog.items[a].categoryPath == fixture.catalog.items[b].categoryPath)
            #expect(fixture.catalog.items[a].attributes == fixture.catalog.items[b].attributes)
        }
        for outfit in fixture.labelled.outfits {
            #expect(Set(outfit.items).intersection(fake.items).count < 2)
        }
    }
}

@Test func questionsWithTooFewCandidatesAreCounted() {
    // Eight items of four categories: nobody shares family and season with three others.
    let outfits = [Outfit(id: "a", items: [0, 1, 2]), Outfit(id: "b", items: [4, 5])]
    let catalog = OutfitFixtures.catalog(itemCount: 8, outfits: outfits)
    let labelled = LabelledOutfits(outfits: catalog.outfits, split: [.validation, .validation])
    let maker = QuestionMaker(catalog: catalog, labelled: labelled, rules: QuestionRules(seasonAttribute: "season"))
    let made = maker.fillInTheBlank(.season, split: .validation)
    #expect(made.questions.isEmpty)
    #expect(made.unmakeableCount == 2)
    #expect(maker.compatibility(split: .validation).unmakeableCount == 2)
    // Among any items three are left for either.
    #expect(maker.fillInTheBlank(.random, split: .validation).questions.count == 2)
}

@Test func anOutfitThatRepeatsItsItemNeverShowsTheAnswer() {
    let outfits = [Outfit(id: "a", items: [3, 3, 5, 9])]
    let catalog = OutfitFixtures.catalog(itemCount: 60, outfits: outfits)
    let labelled = LabelledOutfits(outfits: catalog.outfits, split: [.test])
    for seed in 1...12 as ClosedRange<UInt64> {
        let maker = QuestionMaker(catalog: catalog, labelled: labelled, rules: QuestionRules(seed: seed))
        for question in maker.fillInTheBlank(.random, split: .test).questions {
            #expect(question.rightRow.map { !question.question.contains($0) } == true)
        }
    }
}
