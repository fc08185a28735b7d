import Compatibility
import Testing

@Test func driftTellsLossesFromGainsAndMeasuresScoresInTheEarlierBins() throws {
    let before = NullRates(
        itemCount: 200, rates: ["gone": 0, "rare": 0.97, "palette": 0.004, "shape": 0.5, "text": 0.1])
    let now = NullRates(itemCount: 200, rates: ["fresh": 0.9, "palette": 0.454, "shape": 0.1, "text": 0.12])
    let scores = (0..<1000).map { Float($0) / 1000 }
    let distribution = ScoreDistribution(decidingBinsFrom: scores)
    let drift = BuildDrift(
        nullRates: now, since: before, scores: scores.map { $0 + 0.5 }, distribution: distribution)
    #expect(drift.nullRates.map(\.block) == ["fresh", "gone", "palette", "rare", "shape", "text"])
    // A new block, one that is filled better and one that lost two points are no losses.
    #expect(drift.losses().map(\.block) == ["gone", "palette", "rare"])
    #expect(drift.scores?.level == .major)
    let still = BuildDrift(nullRates: before, since: before, scores: scores, distribution: distribution)
    #expect(still.nullRates.isEmpty && still.scores?.level == DriftLevel.none)
    let unknown = BuildDrift(nullRates: now, since: nil, scores: [], distribution: distribution)
    #expect(unknown.nullRates.isEmpty && unknown.scores == nil)
}
