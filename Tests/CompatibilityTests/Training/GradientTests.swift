import Compatibility
import LinearAlgebra
import Testing

/// The derivatives of a pass against central differences along random directions, for each kind of parameter.
@Suite struct GradientTests {
    struct Variant: Sendable, CustomTestStringConvertible {
        var loss = TrainingLoss.softmax
        var projection = ProjectionKind.full
        var normalised = false
        var itemBias = true
        var hasDropout = false
        var calibration = 0.0
        var testDescription: String {
            "\(loss), \(projection), normalised \(normalised), bias \(itemBias), dropout \(hasDropout), calibration \(calibration)"
        }
    }

    static let variants = [
        Variant(), Variant(calibration: 1.5), Variant(loss: .logistic), Variant(loss: .triplet),
        Variant(projection: .diagonal),
        Variant(normalised: true), Variant(normalised: true, itemBias: false), Variant(hasDropout: true),
        Variant(loss: .logistic, projection: .diagonal, normalised: true, hasDropout: true),
    ]

    @Test(arguments: variants) func gradientsOfEveryLayerMatchFiniteDifferences(_ variant: Variant) throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.loss = variant.loss
        configuration.margin = 1
        configuration.projection = variant.projection
        configuration.normalised = variant.normalised
        configuration.itemBias = variant.itemBias
        configuration.dropout = 0.3
        configuration.blockDropout = 0.2
        configuration.calibration = variant.calibration
        configuration.negatives.inBatch = 2
        let trainer = try Trainer(configuration: configuration, data: planted.data())
        // Away from the start, where differences from the identity and stand-ins are zero.
        var random = RandomStream(seed: 11)
        let isDiagonal = variant.projection == .diagonal
        let size = configuration.dimension
        func isFixed(_ part: String, _ place: Int) -> Bool {
            isDiagonal && part == "projections" && place % (size * size) % (size + 1) != 0
        }
        var start = trainer.parameterValues
        for (name, range) in trainer.parameterParts {
            for index in range where !isFixed(name, index - range.lowerBound) { start[index] += 0.1 * random.normal() }
        }
        trainer.parameterValues = start
        let gradients = trainer.lossAndGradients(exampleCount: 48, dropsOut: variant.hasDropout).gradients
        let norm = gradients.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(norm > 0.01)

        for (name, range) in trainer.parameterParts {
            #expect(
                range.contains { gradients[$0] != 0 } || (name == "item embeddings" && variant.hasDropout), "\(name)")
            for _ in 0..<3 {
                var direction = range.map { isFixed(name, $0 - range.lowerBound) ? 0 : random.normal() }
                let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
                for index in direction.indices { direction[index] /= length }
                // Small, so that few ReLU units change sides.
                let step: Float = name == "scale" || name == "projections" ? 4e-3 : 1.5e-3
                func loss(at distance: Float) -> Double {
                    var moved = start
                    for (place, index) in range.enumerated() { moved[index] += distance * direction[place] }
                    trainer.parameterValues = moved
                    return trainer.lossAndGradients(exampleCount: 48, dropsOut: variant.hasDropout).loss
                }
                let difference = (loss(at: step) - loss(at: -step)) / (2 * Double(step))
                let expected = zip(range, direction).reduce(0) { $0 + Double(gradients[$1.0]) * Double($1.1) }
                #expect(
                    abs(difference - expected) < 0.02 * max(abs(expected), 0.1 * norm),
                    "\(name): \(difference) by differences, \(expected) by the pass")
            }
        }
    }

    @Test func diagonalProjectionsStayDiagonal() throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.projection = .diagonal
        configuration.epochs = 1
        let trainer = try Trainer(configuration: configuration, data: planted.data())
        _ = try trainer.run()
        let range = try #require(trainer.parameterParts.first { $0.name == "projections" }?.range)
        let size = configuration.dimension
        let values = trainer.parameterValues[range]
        let offDiagonal = values.enumerated().filter { $0.offset % (size * size) % (size + 1) != 0 }
        #expect(offDiagonal.allSatisfy { $0.element == 0 })
        #expect(values.contains { $0 != 0 })
    }
}
