import Compatibility
import LinearAlgebra
import Testing

private func slowAUC(_ scores: [Float], _ labels: [Bool]) -> Double? {
    var wins = 0.0
    var pairs = 0.0
    for i in scores.indices where labels[i] {
        for j in scores.indices where !labels[j] {
            pairs += 1
            wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
        }
    }
    return pairs > 0 ? wins / pairs : nil
}

@Test(arguments: [1, 2, 5, 40, 1_000_000])
func aucMatchesCountingPairs(levels: Int) {
    var stream = RandomStream(seed: UInt64(levels))
    for count in [2, 3, 17, 200] {
        let scores = (0..<count).map { _ in Float(stream.index(below: levels)) }
        let labels = (0..<count).map { _ in stream.index(below: 3) == 0 }
        let expected = slowAUC(scores, labels)
        let auc = RankStatistics.auc(scores: scores, labels: labels)
        #expect((auc == nil) == (expected == nil))
        if let auc, let expected { #expect(abs(auc - expected) < 1e-12) }
    }
}

@Test func aucNeedsBothLabelsAndPutsNaNLast() {
    #expect(RankStatistics.auc(scores: [1, 2], labels: [true, true]) == nil)
    #expect(RankStatistics.auc(scores: [], labels: []) == nil)
    #expect(RankStatistics.auc(scores: [.nan, 0], labels: [true, false]) == 0)
    #expect(RankStatistics.auc(scores: [2, 1, 1, 0], labels: [true, true, false, false]) == 0.875)
}

@Test func giniOfKnownDistributions() throws {
    #expect(RankStatistics.gini([3, 3, 3, 3]) == 0)
    #expect(RankStatistics.gini([0, 0, 0, 8]) == 0.75)
    #expect(RankStatistics.gini([]) == nil)
    #expect(RankStatistics.gini([0, 0]) == nil)
    // Half the mean absolute difference over the mean.
    let counts = [5, 1, 9, 0, 2, 2, 14]
    var difference = 0
    for a in counts { for b in counts { difference += abs(a - b) } }
    let expected = Double(difference) / Double(2 * counts.count * counts.reduce(0, +))
    #expect(abs(try #require(RankStatistics.gini(counts)) - expected) < 1e-12)
}

@Test func correlationWithinGroupsIgnoresWhatGroupsDifferIn() throws {
    #expect(abs(try #require(RankStatistics.correlation([1, 2, 3], [2, 4, 6])) - 1) < 1e-12)
    #expect(RankStatistics.correlation([1, 1, 1], [1, 2, 3]) == nil)
    // Rises with the group, falls within it.
    let groups = [0, 0, 0, 1, 1, 1]
    let a = [1.0, 2, 3, 11, 12, 13]
    let b = [3.0, 2, 1, 13, 12, 11]
    #expect(try #require(RankStatistics.correlation(a, b)) > 0.9)
    #expect(abs(try #require(RankStatistics.groupedCorrelation(groups: groups, a, b)) + 1) < 1e-12)
}

@Test func bootstrapCoversThePlantedRate() throws {
    var stream = RandomStream(seed: 31)
    var covered = 0
    for trial in 0..<300 {
        let values = (0..<150).map { _ in stream.uniform() < 0.6 ? 1.0 : 0.0 }
        let bootstrap = Bootstrap(replicateCount: 400, seed: UInt64(trial))
        let interval = try #require(bootstrap.intervalOfMean(values, parallelism: .serial))
        if interval.lower <= 0.6, interval.upper >= 0.6 { covered += 1 }
    }
    // 95 % of 300 within four standard deviations, and not far too wide either.
    #expect(covered >= 268 && covered <= 299)
}

@Test func intervalsLeaveOutTheSameShareOnBothSides() throws {
    let replicates = (0...1000).map { Double($0 * 8 % 1001) }
    for (confidence, lower, upper) in [(0.95, 25.0, 975.0), (0.9, 50, 950)] {
        let interval = try #require(Bootstrap(confidence: confidence).interval(of: replicates))
        #expect(abs(interval.lower - lower) < 1e-6 && abs(interval.upper - upper) < 1e-6, "\(interval)")
    }
}

@Test func everyReplicateIsASampleOfItsOwn() {
    let means = Bootstrap(replicateCount: 200).replicates(of: 50, parallelism: .serial) { counts in
        counts.indices.reduce(0) { $0 + Double(counts[$1]) * Double($1 * $1) }
    }
    #expect(Set(means).count > 190)
}

@Test func intervalsDoNotDependOnTheThreads() {
    var stream = RandomStream(seed: 4)
    let values = (0..<500).map { _ in Double(stream.uniform()) }
    let scores = values.map { Float($0) }
    let labels = values.map { _ in stream.uniform() < 0.5 }
    let bootstrap = Bootstrap(replicateCount: 333, seed: 9)
    let wide = Parallelism(width: 4)
    #expect(
        bootstrap.intervalOfMean(values, parallelism: .serial) == bootstrap.intervalOfMean(values, parallelism: wide))
    #expect(
        bootstrap.intervalOfAUC(scores: scores, labels: labels, parallelism: .serial)
            == bootstrap.intervalOfAUC(scores: scores, labels: labels, parallelism: wide))
    #expect(Bootstrap().intervalOfMean([], parallelism: .serial) == nil)
    #expect(Bootstrap().intervalOfAUC(scores: [1], labels: [true], parallelism: .serial) == nil)
}

@Test func resampledAUCMatchesTheAUCOfTheResample() {
    var stream = RandomStream(seed: 6)
    let scores = (0..<60).map { _ in Float(stream.index(below: 10)) }
    let labels = (0..<60).map { _ in stream.index(below: 2) == 0 }
    let bootstrap = Bootstrap(replicateCount: 50, seed: 3)
    let slow = bootstrap.replicates(of: 60, parallelism: .serial) { counts in
        let drawn = counts.indices.flatMap { [Int](repeating: $0, count: Int(counts[$0])) }
        #expect(drawn.count == 60)
        return slowAUC(drawn.map { scores[$0] }, drawn.map { labels[$0] })
    }
    #expect(
        bootstrap.intervalOfAUC(scores: scores, labels: labels, parallelism: .serial) == bootstrap.interval(of: slow))
}

@Test func aWeightedMeanWithEqualWeightsIsTheMean() throws {
    let values = (0..<40).map { Double($0 * $0 % 17) }
    let bootstrap = Bootstrap(replicateCount: 200)
    let plain = try #require(bootstrap.intervalOfMean(values, parallelism: .serial))
    let weights = [Double](repeating: 3, count: 40)
    let weighted = try #require(bootstrap.intervalOfWeightedMean(values, weights: weights, parallelism: .serial))
    #expect(abs(plain.lower - weighted.lower) < 1e-9 && abs(plain.upper - weighted.upper) < 1e-9)
}

private func comparison(gain: Double, of count: Int, margin: Double, noise: Double = 0.3) -> PairedComparison? {
    var stream = RandomStream(seed: 12)
    var candidate: [Double] = []
    var baseline: [Double] = []
    for _ in 0..<count {
        let old = stream.uniform() < 0.5 ? 1.0 : 0.0
        let flips = Double(stream.uniform()) < noise
        baseline.append(old)
        candidate.append(flips ? (Double(stream.uniform()) < 0.5 + gain / noise / 2 ? 1 : 0) : old)
    }
    return PairedComparison.ofMeans(
        candidate: candidate, baseline: baseline, margin: margin, bootstrap: Bootstrap(replicateCount: 1000),
        parallelism: .serial)
}

@Test func verdictsFollowTheIntervalsBounds() throws {
    let better = try #require(comparison(gain: 0.2, of: 4000, margin: 0.01))
    #expect(better.verdict == .better)
    #expect(better.p < 0.01)
    let worse = try #require(comparison(gain: -0.2, of: 4000, margin: 0.01))
    #expect(worse.verdict == .worse)
    let same = try #require(comparison(gain: 0, of: 4000, margin: 0.05))
    #expect(same.verdict == .notWorse)
    // Twenty questions prove nothing, whatever their mean says.
    let few = try #require(comparison(gain: 0, of: 20, margin: 0.01))
    #expect(few.verdict == .inconclusive)
    #expect(comparison(gain: 0, of: 0, margin: 0.01) == nil)
}

/// Of 400 questions some that the new build alone answers wrong, and some that it alone answers right.
@Test func aLossIsJudgedByItsIntervalAndNotByItsMean() throws {
    func comparison(losses: Int, gains: Int) throws -> PairedComparison {
        let baseline = (0..<400).map { losses..<losses + gains ~= $0 ? 0.0 : 1 }
        let candidate = (0..<400).map { $0 < losses ? 0.0 : 1 }
        return try #require(
            PairedComparison.ofMeans(candidate: candidate, baseline: baseline, margin: 0.04, parallelism: .serial))
    }
    // Both means are losses within the margin.
    let sure = try comparison(losses: 12, gains: 0)
    #expect(sure.difference == -0.03 && sure.interval.lower < -0.04 && sure.interval.upper < 0)
    #expect(sure.verdict == .worse)
    let unsure = try comparison(losses: 30, gains: 24)
    #expect(unsure.difference == -0.015 && unsure.interval.lower < -0.04 && unsure.interval.upper > 0)
    #expect(unsure.verdict == .inconclusive)
}

@Test func anUnchangedBuildIsNotWorseEvenWithoutMargin() throws {
    let same = try #require(comparison(gain: 0, of: 100, margin: 0, noise: 0))
    #expect(same.difference == 0)
    #expect(same.p == 1)
    #expect(same.verdict == .notWorse)
}

/// Up to five could as well have gone one way by chance; resamples, which are all alike, do not show that.
@Test(arguments: 1...7)
func aFewQuestionsThatWentOneWayProveNothing(count: Int) throws {
    let (right, wrong) = ([Double](repeating: 1, count: count), [Double](repeating: 0, count: count))
    let loss = try #require(
        PairedComparison.ofMeans(candidate: wrong, baseline: right, margin: 0.02, parallelism: .serial))
    #expect(loss.interval == ConfidenceInterval(lower: -1, upper: -1))
    #expect(loss.verdict == (count < 6 ? .inconclusive : .worse))
    #expect(loss.p == [1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625][count - 1])
    // Questions that both answer alike add nothing.
    let alike = [Double](repeating: 1, count: 30)
    let among = try #require(
        PairedComparison.ofMeans(
            candidate: wrong + alike, baseline: right + alike, margin: 0.02, parallelism: .serial))
    #expect(among.verdict == (count < 6 ? .inconclusive : .worse))
    let gain = try #require(
        PairedComparison.ofMeans(candidate: right, baseline: wrong, margin: 0.02, parallelism: .serial))
    #expect(gain.verdict == (count < 6 ? .notWorse : .better))

    let labels = [Bool](repeating: true, count: count) + [Bool](repeating: false, count: 20)
    let order = labels.map { Float($0 ? 1 : 0) }
    let fall = try #require(
        PairedComparison.ofAUC(
            candidate: order.map { -$0 }, baseline: order, labels: labels, margin: 0.02, parallelism: .serial))
    #expect(fall.difference == -1)
    #expect(fall.verdict == (count < 6 ? .inconclusive : .worse))
}

@Test func pAlarmsAsOftenAsItSaysWhenNothingDiffers() throws {
    var alarms = 0
    for trial in 0..<400 as Range<UInt64> {
        var stream = RandomStream(seed: 1000 + trial)
        let a = (0..<120).map { _ in stream.uniform() < 0.5 ? 1.0 : 0.0 }
        let b = (0..<120).map { _ in stream.uniform() < 0.5 ? 1.0 : 0.0 }
        let comparison = PairedComparison.ofMeans(
            candidate: a, baseline: b, margin: 0, bootstrap: Bootstrap(replicateCount: 200, seed: trial),
            parallelism: .serial)
        if try #require(comparison).p < 0.05 { alarms += 1 }
    }
    // 5 % of 400 within four standard deviations.
    #expect(alarms >= 3 && alarms <= 38)
}

@Test func aucsOfTheSameOutfitsAreComparedInPairs() throws {
    var stream = RandomStream(seed: 5)
    let labels = (0..<800).map { $0 % 2 == 0 }
    let weak = labels.map { Float($0 ? 0.4 : 0) + stream.normal() }
    let strong = zip(weak, labels).map { $0 + ($1 ? 0.8 : 0) }
    let bootstrap = Bootstrap(replicateCount: 500)
    let gain = try #require(
        PairedComparison.ofAUC(
            candidate: strong, baseline: weak, labels: labels, margin: 0.01, bootstrap: bootstrap,
            parallelism: Parallelism(width: 2)))
    #expect(gain.verdict == .better)
    let observed = try #require(slowAUC(strong, labels)) - #require(slowAUC(weak, labels))
    #expect(abs(gain.difference - observed) < 1e-12)
    let loss = PairedComparison.ofAUC(
        candidate: weak, baseline: strong, labels: labels, margin: 0.01, bootstrap: bootstrap, parallelism: .serial)
    #expect(loss?.verdict == .worse)
}

@Test func holmMatchesAWorkedExample() {
    let adjusted = HolmCorrection.adjusted([0.01, 0.04, 0.03, 0.005])
    for (value, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(value - expected) < 1e-12) }
    #expect(HolmCorrection.adjusted([0.6, 0.7]) == [1, 1])
    #expect(HolmCorrection.adjusted([]).isEmpty)
}

@Test func oneWorseFigureVetoesABuild() throws {
    let better = try #require(comparison(gain: 0.2, of: 4000, margin: 0.01))
    let worse = try #require(comparison(gain: -0.2, of: 4000, margin: 0.01))
    let same = try #require(comparison(gain: 0, of: 4000, margin: 0.05))
    let few = try #require(comparison(gain: 0, of: 20, margin: 0.01))
    #expect(BuildComparison([("a", better), ("b", worse), ("c", few)]).verdict == .worse)
    #expect(BuildComparison([("a", better), ("c", few)]).verdict == .inconclusive)
    #expect(BuildComparison([("a", better), ("b", same)]).verdict == .better)
    #expect(BuildComparison([("b", same)]).verdict == .notWorse)
    #expect(BuildComparison([]).verdict == .inconclusive)
}
