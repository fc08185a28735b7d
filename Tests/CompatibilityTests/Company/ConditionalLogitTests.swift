import Compatibility
import Foundation
import LinearAlgebra
import Testing

@Suite struct ConditionalLogitTests {
    private static let truth = [1.5, -0.8, 0.0]

    /// Choices drawn from the model itself, by the Gumbel trick: the greatest of f · θ - log(-log u) is chosen.
    private func drawn(_ count: Int) -> ConditionalLogit {
        var random = RandomStream(seed: 9)
        var logit = ConditionalLogit(featureCount: 3)
        for _ in 0..<count {
            var candidates = (0..<6).map { _ in (0..<3).map { _ in Double(random.normal()) } }
            let utilities = candidates.map { features in
                zip(features, Self.truth).reduce(-log(-log(Double(random.uniform()) + 1e-9))) { $0 + $1.0 * $1.1 }
            }
            let chosen = utilities.indices.max { utilities[$0] < utilities[$1] } ?? 0
            candidates.swapAt(0, chosen)
            logit.append(candidates: candidates)
        }
        return logit
    }

    private let ridge = [1e-4, 1e-4, 1e-4]
    private let allFree = [true, true, true]

    @Test func plantedWeightsAreRecovered() {
        let found = drawn(4000).fitted(from: [0, 0, 0], ridge: ridge, isFree: allFree)
        for (value, expected) in zip(found, Self.truth) { #expect(abs(value - expected) < 0.1) }
    }

    @Test func lossIsThatOfChoicesCountedByHand() {
        var logit = ConditionalLogit(featureCount: 1)
        logit.append(candidates: [[1], [0]])
        logit.append(candidates: [[0], [2], [0]])
        let expected = (log(1 + exp(-0.5)) + log(2 + exp(1.0))) / 2
        #expect(abs(logit.loss([0.5]) - expected) < 1e-12)
    }

    /// At the best weights no small step along any of them lowers the loss with its ridge.
    @Test func derivativesVanishAtTheFittedWeights() {
        let logit = drawn(300)
        let found = logit.fitted(from: [1, 0, 0], ridge: [0.3, 0.3, 0.3], isFree: allFree)
        func objective(_ theta: [Double]) -> Double {
            logit.loss(theta) + 0.15 * zip(theta, [1, 0, 0]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        for place in 0..<3 {
            var (up, down) = (found, found)
            up[place] += 1e-4
            down[place] -= 1e-4
            #expect(abs(objective(up) - objective(down)) / 2e-4 < 1e-6)
            #expect(objective(up) > objective(found) && objective(down) > objective(found))
        }
    }

    @Test func fixedWeightsStayAndTheOthersFollow() {
        let logit = drawn(300)
        let found = logit.fitted(from: [0.25, 0, 0], ridge: ridge, isFree: [false, true, true])
        #expect(found[0] == 0.25)
        #expect(logit.loss(found) < logit.loss([0.25, 0, 0]))
        #expect(logit.loss(found) > logit.loss(logit.fitted(from: [0, 0, 0], ridge: ridge, isFree: allFree)))
    }

    /// The planted weight of -0.8 is held at 0, and the others are the best beside it.
    @Test func weightsThatMayNotBeNegativeStopAtZero() {
        let logit = drawn(2000)
        let found = logit.fitted(from: [1, 0.5, 0], ridge: 1e-4, nonNegative: 0..<3)
        #expect(found[1] == 0 && found.allSatisfy { $0 >= 0 })
        let beside = logit.fitted(from: [1, 0, 0], ridge: ridge, isFree: [true, false, found[2] > 0])
        for (value, expected) in zip(found, beside) { #expect(abs(value - expected) < 1e-3) }
        #expect(logit.fitted(from: [0, 0, 0], ridge: 1e-4, nonNegative: 0..<1)[1] < -0.6)
    }

    /// Two features that are one: without the ridge no weights would be best.
    @Test func featuresThatCannotBeToldApartShareTheWeight() {
        var logit = ConditionalLogit(featureCount: 2)
        var random = RandomStream(seed: 4)
        for _ in 0..<200 {
            logit.append(
                candidates: (0..<3).map { place in
                    let value = Double(random.normal()) + (place == 0 ? 1 : 0)
                    return [value, value]
                })
        }
        let found = logit.fitted(from: [0, 0], ridge: [0.01, 0.01], isFree: [true, true])
        #expect(abs(found[0] - found[1]) < 1e-6 && found[0] > 0.1)
    }
}
