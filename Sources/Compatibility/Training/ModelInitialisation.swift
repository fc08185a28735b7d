private import Foundation
internal import LinearAlgebra

/// The parameters before the first step.
///
/// He initialisation (He et al., 2015): variance 2 / fan-in before a ReLU. A block's fan-in is its mean squared length as
/// the tower sees it, so that a one-hot block with few entries and a dense one with many start with the same say.
enum ModelInitialisation {
    static func parameters(
        shape: ModelShape, features: [FeatureBlock], normalisation: [BlockNormalisation], seed: UInt64
    ) -> FloatBuffer {
        let parameters = FloatBuffer(count: shape.parameterCount)
        func fill(_ range: Range<Int>, deviation: Float, stream: UInt64) {
            var random = RandomStream(seed: seed, stream: stream)
            for index in range { parameters.base[index] = deviation * random.normal() }
        }
        for block in shape.blocks.indices {
            let square = meanSquaredLength(features[block], normalisation: normalisation[block])
            let fanIn = max(1e-3, square * Float(shape.blocks.count))
            fill(shape.weights(ofBlock: block), deviation: (2 / fanIn).squareRoot(), stream: 1000 + UInt64(block))
        }
        fill(shape.outputWeights, deviation: (1 / Float(shape.hidden)).squareRoot(), stream: 1)
        if !shape.itemBias {
            for unit in 0..<shape.hidden {
                parameters.base[shape.outputWeights.lowerBound + unit * shape.outputCount + shape.dimension] = 0
            }
        } else {
            // The bias starts near nothing: it is a prior, not a feature.
            for unit in 0..<shape.hidden {
                parameters.base[shape.outputWeights.lowerBound + unit * shape.outputCount + shape.dimension] *= 0.1
            }
        }
        fill(shape.items, deviation: 0.01, stream: 2)
        // Cosines start within ±4, raw products with a variance near 1.
        parameters.base[shape.scale] = shape.normalised ? log(4) : -0.5 * log(Float(shape.dimension))
        return parameters
    }

    private static func meanSquaredLength(_ block: FeatureBlock, normalisation: BlockNormalisation) -> Float {
        switch block.values {
        case .dense: return Float(normalisation.scale.count { $0 > 0 })
        case .sparse(let matrix):
            // After scaling, the mean square of an entry is 1.
            let present = block.isPresent.count { $0 }
            return matrix.values.isEmpty ? 1 : Float(matrix.values.count) / Float(max(1, present))
        }
    }
}
