private import Foundation
internal import LinearAlgebra

/// The parameters before the first step.
///
/// He initialisation (He et al., 2015): variance 2 / fan-in before a ReLU. Every block has a mean squared length
/// of 1 as the tower sees it, so that the fan-in is the number of blocks, whatever their columns.
enum ModelInitialisation {
    static func parameters(
        shape: ModelShape, seed: UInt64
    ) -> FloatBuffer {
        let parameters = FloatBuffer(count: shape.parameterCount)
        func fill(_ range: Range<Int>, deviation: Float, stream: UInt64) {
            var random = RandomStream(seed: seed, stream: stream)
            for index in range { parameters.base[index] = deviation * random.normal() }
        }
        let deviation = (2 / Float(max(1, shape.blocks.count))).squareRoot()
        for block in shape.blocks.indices {
            fill(shape.weights(ofBlock: block), deviation: deviation, stream: 1000 + UInt64(block))
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
        fill(shape.variants, deviation: 0.01, stream: 3)
        // Cosines start within ±4, raw products with a variance near 1.
        parameters.base[shape.scale] = shape.normalised ? log(4) : -0.5 * log(Float(shape.dimension))
        return parameters
    }
}
