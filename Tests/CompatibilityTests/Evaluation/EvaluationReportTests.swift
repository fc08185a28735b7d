import Compatibility
import Foundation
import LinearAlgebra
import Testing

/// Outfits of two styles: an item's style is its number's parity, and outfits never mix them.
private struct StyleWorld {
    let catalog: OutfitCatalog
    let labelled: LabelledOutfits
    let evaluator: BuildEvaluator

    init() {
        var stream = RandomStream(seed: 40)
        let outfits = (0..<500).map { number in
            let style = number % 2
            // One item of each category; 8 divides neither the style nor the category.
            let items = (0..<4).map { 8 * stream.index(below: 40) + 2 * $0 + style }
            return Outfit(id: "o\(number)", items: items)
        }
        let items = (0..<320).map { CatalogItem(id: OutfitFixtures.id($0), categoryPath: ["c\($0 / 2 % 4)"]) }
        catalog = OutfitCatalog(items: items, outfits: outfits)
        labelled = OutfitSplitter(validationFraction: 0.3, testFraction: 0, seed: 1).split(catalog.outfits)
        let maker = QuestionMaker(catalog: catalog, labelled: labelled, rules: QuestionRules(familyLevel: 0))
        evaluator = BuildEvaluator(
            catalog: catalog, isSeen: labelled.itemsSeen(in: .train, itemCount: 320),
            questionSets: QuestionKind.allCases.map {
                QuestionSet(name: $0.rawValue, questions: maker.fillInTheBlank($0, split: .validation).questions)
            }, compatibility: maker.compatibility(split: .validation).questions,
            bootstrap: Bootstrap(replicateCount: 200))
    }

    struct Style: PairScorer {
        func scores(anchors: [Int], candidates: [Int]) -> Matrix {
            Matrix(
                rowCount: anchors.count, columnCount: candidates.count,
                values: anchors.flatMap { a in candidates.map { a % 2 == $0 % 2 ? 1 : 0 } })
        }
    }
}

@Test func aScorerThatKnowsTheStyleBeatsEveryBaseline() throws {
    let world = StyleWorld()
    let parallelism = Parallelism(width: 2)
    let counts = world.labelled.outfitCounts(in: .train, itemCount: 320)
    let model = world.evaluator.evaluate("style", StyleWorld.Style(), isBaseline: false, parallelism: parallelism)
    let chance = world.evaluator.evaluate("random", RandomScorer(), isBaseline: true, parallelism: parallelism)
    let popular = world.evaluator.evaluate(
        "popularity", PopularityScorer(outfitCounts: counts), isBaseline: true, parallelism: parallelism)
    let figures = try #require(model.report.fillInTheBlank["season"])
    let accuracy = try #require(figures.accuracy.value)
    // With three wrong answers of either style by lot, the expected credit is the mean of 1 / (1 + ties): 15/32.
    #expect(abs(accuracy - 15.0 / 32) < 0.12)
    #expect(model.report.compatibility?.auc.value ?? 0 > 0.9)
    let interval = try #require(figures.interval.value)
    #expect(interval.lower <= accuracy && accuracy <= interval.upper)
    for baseline in [chance, popular] {
        let other = try #require(baseline.report.fillInTheBlank["season"])
        #expect(accuracy > (other.accuracy.value ?? 1) + 0.05)
        #expect(figures.recallAt10.value ?? 0 > (other.recallAt10.value ?? 1))
        #expect(figures.groupedAUC.value ?? 0 > (other.groupedAUC.value ?? 1))
    }
    #expect(figures.cold.questions + figures.warm.questions == figures.questions)
    let comparison = model.compared(
        with: chance, names: ["season", "matched", "random"], margin: 0.01,
        bootstrap: Bootstrap(replicateCount: 500), parallelism: parallelism)
    #expect(comparison.entries.map(\.metric).last == "compatibility.auc")
    #expect(comparison.entries.count == 4)
    #expect(comparison.verdict == .better)
    let again = world.evaluator.evaluate("style", StyleWorld.Style(), isBaseline: false, parallelism: .serial)
    #expect(again == model)
}

@Test func anAnswerThatTheCatalogueLostIsNeitherColdNorWarm() throws {
    var evaluator = StyleWorld().evaluator
    evaluator.isSeen = (0..<320).map { $0 < 160 }
    let questions = [[10, 200], [200, 10], [nil, 10], [201, 11]].map { answers in
        FillInTheBlankQuestion(question: [0, 2], answers: answers, correct: 0)
    }
    evaluator.questionSets = [QuestionSet(name: "season", questions: questions)]
    let results = evaluator.evaluate("random", RandomScorer(), isBaseline: true, parallelism: .serial)
    let figures = try #require(results.report.fillInTheBlank["season"])
    #expect(figures.questions == 4 && figures.unanswerable == 1)
    #expect(figures.cold.questions == 2 && figures.warm.questions == 1)
}

@Test func cooccurrenceLearnsTheStyleFromTrainingOutfitsAlone() throws {
    let world = StyleWorld()
    let train = CooccurrenceScorer(outfits: world.labelled.outfits(in: .train), itemCount: 320)
    let leaked = CooccurrenceScorer(outfits: world.labelled.outfits, itemCount: 320)
    let honest = world.evaluator.evaluate("train", train, isBaseline: true, parallelism: .serial)
    let cheating = world.evaluator.evaluate("all", leaked, isBaseline: true, parallelism: .serial)
    // Wrong answers are never known partners, so a scorer that saw the evaluated outfits answers everything.
    #expect(cheating.report.fillInTheBlank["season"]?.accuracy.value == 1)
    #expect(honest.report.fillInTheBlank["season"]?.accuracy.value ?? 1 < 0.9)
}

@Test func theReportHasItsKeysAndNullsForWhatIsNotDefined() throws {
    let world = StyleWorld()
    let results = world.evaluator.evaluate("style", StyleWorld.Style(), isBaseline: false, parallelism: .serial)
    var report = EvaluationReport(scorers: [results.report], mainQuestions: "season")
    report.leaks = LeakAudit(world.labelled)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let bytes = try encoder.encode(report)
    #expect(try JSONDecoder().decode(EvaluationReport.self, from: bytes) == report)
    let object = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    let blanks = try #require(object["fill_in_the_blank"] as? [String: Any])
    for key in ["accuracy", "interval", "questions", "unanswerable", "recall_at_10"] {
        #expect(blanks[key] != nil && !(blanks[key] is NSNull), "\(key)")
    }
    #expect((blanks["interval"] as? [Double])?.count == 2)
    let compatibility = try #require(object["compatibility"] as? [String: Any])
    #expect(Set(compatibility.keys) == ["auc", "interval", "outfits", "unscorable"])
    #expect(object["lists"] is NSNull)

    let empty = BuildEvaluator(
        catalog: world.catalog, isSeen: world.evaluator.isSeen, questionSets: [QuestionSet(name: "file", questions: [])]
    )
    let nothing = empty.evaluate("style", StyleWorld.Style(), isBaseline: false, parallelism: .serial)
    let blank = EvaluationReport(scorers: [nothing.report])
    let text = String(decoding: try encoder.encode(blank), as: UTF8.self)
    #expect(text.contains(#""accuracy":null"#) && text.contains(#""compatibility":null"#))
    #expect(try JSONDecoder().decode(EvaluationReport.self, from: Data(text.utf8)) == blank)
}

@Test func figuresThatAreNoNumbersBecomeNull() {
    #expect(Figure(.nan).value == nil)
    #expect(Figure(.infinity).value == nil)
    #expect(Figure(0.5).value == 0.5)
    #expect(IntervalFigure(ConfidenceInterval(lower: .nan, upper: 1)).value == nil)
}
