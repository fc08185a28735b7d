import Compatibility
import LinearAlgebra
import Testing

private func randomQuestions(count: Int, itemCount: Int, seed: UInt64) -> [FillInTheBlankQuestion] {
    var stream = RandomStream(seed: seed)
    return (0..<count).map { _ in
        var rows = Array(0..<itemCount)
        stream.shuffle(&rows)
        let shown = 1 + stream.index(below: 5)
        return FillInTheBlankQuestion(
            question: Array(rows[..<shown]), answers: rows[shown..<shown + 4].map { $0 },
            correct: stream.index(below: 4))
    }
}

@Test func outfitScoreIsTheMeanOverItsPairs() {
    let scorer = TableScorer.random(itemCount: 9, levels: 1000, seed: 3)
    let score = MeanPairScore(scorer)
    let expected = (scorer.table[2, 4] + scorer.table[2, 7] + scorer.table[4, 7]) / 3
    #expect(abs(score.outfitScore([2, 4, 7]) - expected) < 1e-3)
    #expect(abs(score.outfitScore([7, 2, 4]) - expected) < 1e-3)
    #expect(score.outfitScore([2]) == 0)
    let completions = score.completionScores(rests: [[1, 2], [], [5]], candidates: [0, 8])
    #expect(abs(completions[0, 1] - (scorer.table[1, 8] + scorer.table[2, 8]) / 2) < 1e-3)
    #expect(completions.row(1).allSatisfy { $0 == 0 })
    #expect(completions[2, 0] == scorer.table[5, 0])
}

@Test func accuracyMatchesChoosingByHand() {
    let scorer = TableScorer.random(itemCount: 40, levels: 1_000_000, seed: 5)
    let questions = randomQuestions(count: 300, itemCount: 40, seed: 6)
    let right = questions.count { question in
        let sums = question.answers.map { answer in
            question.question.reduce(Float(0)) { $0 + scorer.table[$1, answer ?? 0] }
        }
        return sums.indices.max { sums[$0] < sums[$1] } == question.correct
    }
    let result = FillInTheBlankEvaluator().evaluate(questions, by: MeanPairScore(scorer), parallelism: .serial)
    #expect(result.rightCount == right)
    #expect(result.accuracy == Double(right) / 300)
    let wide = FillInTheBlankEvaluator().evaluate(
        questions, by: MeanPairScore(scorer), parallelism: Parallelism(width: 4))
    #expect(wide == result)
}

@Test(arguments: [1, Float.nan])
func aScorerThatSaysTheSameOfAllEarnsChance(value: Float) throws {
    let questions = randomQuestions(count: 4000, itemCount: 40, seed: 7)
    let scorer = MeanPairScore(ConstantScorer(value: value))
    let result = FillInTheBlankEvaluator().evaluate(questions, by: scorer, parallelism: .serial)
    // Four standard deviations around a quarter.
    #expect(abs(try #require(result.accuracy) - 0.25) < 0.028)
}

@Test func unanswerableQuestionsCountAsWrongAndApart() {
    let scorer = MeanPairScore(TableScorer(table: Matrix(rowCount: 6, columnCount: 6)))
    let questions = [
        FillInTheBlankQuestion(question: [], answers: [1, 2], correct: 0),
        FillInTheBlankQuestion(question: [0], answers: [nil, 2], correct: 0),
        FillInTheBlankQuestion(question: [0], answers: [1, nil, nil], correct: 0),
        FillInTheBlankQuestion(question: [0], answers: [1, nil, 3], correct: 0),
    ]
    let result = FillInTheBlankEvaluator().evaluate(questions, by: scorer, parallelism: .serial)
    #expect(result.outcomes.prefix(3).allSatisfy { $0 == 2 })
    #expect(result.unanswerableCount == 3)
    #expect(result.outcomes[3] != 2)
    #expect(result.questionCount == 4)
    #expect(FillInTheBlankResult(outcomes: [1, 0, 2, 1]).accuracy == 0.5)
    #expect(FillInTheBlankResult(outcomes: []).accuracy == nil)
}

@Test func unknownCandidatesAreNeverChosen() {
    // All known scores are negative: an unknown candidate that counted as zero would win.
    let table = Matrix(rowCount: 4, columnCount: 4, values: [Float](repeating: -5, count: 16))
    var scorer = TableScorer(table: table)
    scorer.table[0, 2] = -1
    let questions = [FillInTheBlankQuestion(question: [0], answers: [nil, 1, 2], correct: 2)]
    let result = FillInTheBlankEvaluator().evaluate(questions, by: MeanPairScore(scorer), parallelism: .serial)
    #expect(result.outcomes == [1])
}

@Test(arguments: [3, 50, 1_000_000])
func recallMatchesAFullSort(levels: Int) throws {
    let catalog = OutfitFixtures.catalog(itemCount: 90, categoryCount: 3)
    let scorer = TableScorer.random(itemCount: 90, levels: levels, seed: UInt64(levels))
    let questions = randomQuestions(count: 150, itemCount: 90, seed: 8)
    let result = RecallEvaluator().evaluate(
        questions, in: catalog, by: MeanPairScore(scorer), parallelism: Parallelism(width: 2))
    for (place, question) in questions.enumerated() {
        let answer = try #require(question.rightRow)
        let pool = (0..<90).filter { $0 % 3 == answer % 3 && !question.question.contains($0) }
        func score(_ row: Int) -> Float {
            question.question.reduce(Float(0)) { $0 + scorer.table[$1, row] } / Float(question.question.count)
        }
        let sorted = pool.map(score).sorted(by: >)
        let first = try #require(sorted.firstIndex(of: score(answer)))
        let last = try #require(sorted.lastIndex(of: score(answer)))
        #expect(Int(result.better[place]) == first)
        #expect(Int(result.tied[place]) == last - first)
        #expect(Int(result.poolSizes[place]) == pool.count)
        let expected = min(1, max(0, Double(10 - first) / Double(last - first + 1)))
        #expect(abs(result.hits(at: 10)[place] - expected) < 1e-12)
    }
    let mean = result.hits(at: 10).reduce(0, +) / 150
    #expect(abs(try #require(result.recall(at: 10)) - mean) < 1e-12)
    let serial = RecallEvaluator().evaluate(questions, in: catalog, by: MeanPairScore(scorer), parallelism: .serial)
    #expect(result == serial)
}

@Test func recallOfAPoolLargerThanABlockCountsEveryBlock() {
    let catalog = OutfitFixtures.catalog(itemCount: 9000, categoryCount: 1)
    // Popularity falls with the row: item r has exactly r items above it, but for the one that the question shows.
    let scorer = PopularityScorer(outfitCounts: (0..<9000).map { 9000 - $0 })
    let questions = [8999, 4096, 4097, 3].map {
        FillInTheBlankQuestion(question: [0], answers: [$0, 1], correct: 0)
    }
    let result = RecallEvaluator().evaluate(questions, in: catalog, by: MeanPairScore(scorer), parallelism: .serial)
    let standing = zip(result.better, result.tied).map { Int($0) + Int($1) }
    // The logarithms of neighbours may round to one float, hence the ties.
    for (count, row) in zip(standing, [8999, 4096, 4097, 3]) { #expect(abs(count - (row - 1)) <= 8) }
    #expect(result.poolSizes.allSatisfy { $0 == 8999 })
}

@Test func recallOfAConstantScorerIsThatOfChance() throws {
    let catalog = OutfitFixtures.catalog(itemCount: 200, categoryCount: 2)
    let questions =
        randomQuestions(count: 50, itemCount: 200, seed: 4) + [
            FillInTheBlankQuestion(question: [], answers: [1, 2], correct: 0)
        ]
    let result = RecallEvaluator().evaluate(
        questions, in: catalog, by: MeanPairScore(ConstantScorer()), parallelism: .serial)
    #expect(result.unanswerableCount == 1)
    for place in 0..<50 { #expect(abs(result.hits(at: 10)[place] - 10 / Double(result.poolSizes[place])) < 1e-12) }
    #expect(result.hits(at: 10)[50] == 0)
}

@Test func compatibilityPutsWhatItCannotScoreLast() {
    var scorer = TableScorer(table: Matrix(rowCount: 4, columnCount: 4))
    scorer.table.values = scorer.table.values.map { _ in -3 }
    let questions = [
        CompatibilityQuestion(items: [0, 1], isOutfit: true), CompatibilityQuestion(items: [2], isOutfit: false),
        CompatibilityQuestion(items: [], isOutfit: true),
    ]
    let result = CompatibilityEvaluator().evaluate(questions, by: MeanPairScore(scorer), parallelism: .serial)
    #expect(result.scores == [-3, -.infinity, -.infinity])
    #expect(result.unscorableCount == 2)
    #expect(result.auc == 0.75)
}

@Test func groupedAUCIsTheWeightedMeanOfItsGroups() throws {
    let groups: [Int32] = [7, 2, 7, 2, 7, 5, 5]
    let scores: [Float] = [3, 1, 2, 0, 1, 9, 8]
    let labels = [true, false, false, true, false, true, true]
    let grouped = GroupedAUC(groups: groups, scores: scores, labels: labels)
    // Anchor 7 is in order (AUC 1, three candidates), anchor 2 is not (0, two), anchor 5 has one label.
    #expect(grouped.groupValues == [0, 1])
    #expect(grouped.groupWeights == [2, 3])
    #expect(grouped.droppedGroupCount == 1)
    #expect(grouped.value == 0.6)
    #expect(GroupedAUC(groups: [1], scores: [1], labels: [true]).value == nil)
}

@Test func groupedAUCIsBlindToWhatAnchorsDifferIn() throws {
    // Each anchor's scores are shifted by its own amount: the plain AUC drowns, the grouped one is perfect.
    var questions: [FillInTheBlankQuestion] = []
    var scorer = TableScorer(table: Matrix(rowCount: 40, columnCount: 40))
    for anchor in 0..<20 {
        for row in 20..<40 { scorer.table[anchor, row] = Float(anchor * 100) + (row == 20 + anchor ? 1 : 0) }
        questions.append(
            FillInTheBlankQuestion(
                question: [anchor], answers: [20 + anchor, 20 + (anchor + 1) % 20, 20 + (anchor + 2) % 20], correct: 0))
    }
    let grouped = GroupedAUC(questions: questions, by: scorer, parallelism: Parallelism(width: 2))
    #expect(grouped.value == 1)
    #expect(grouped.groupCount == 20)
}
