internal import CKernels
private import Foundation
internal import LinearAlgebra

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019), none on biases, stand-ins and the scale.
///
/// Item and variant embeddings are updated lazily: only rows that the batch touched move, and their moments with them.
final class Adam {
    let shape: ModelShape
    let configuration: TrainingConfiguration
    let first: FloatBuffer
    let second: FloatBuffer
    /// Steps taken so far.
    var stepCount = 0
    private let segments: [(range: Range<Int>, decay: Float)]
    private let chunks: [(range: Range<Int>, decay: Float)]

    static let beta1: Float = 0.9
    static let beta2: Float = 0.999
    static let epsilon: Float = 1e-8

    init(shape: ModelShape, configuration: TrainingConfiguration) {
        self.shape = shape
        self.configuration = configuration
        first = FloatBuffer(count: shape.parameterCount)
        second = FloatBuffer(count: shape.parameterCount)
        let decay = Float(configuration.weightDecay)
        segments = [
            (0..<shape.standIns.lowerBound, decay), (shape.standIns, 0), (shape.hiddenBias, 0),
            (shape.outputWeights, decay), (shape.outputBias, 0), (shape.projections, decay),
            (shape.scale..<shape.scale + 1, 0),
        ]
        chunks = segments.flatMap { segment in
            stride(from: segment.range.lowerBound, to: segment.range.upperBound, by: 32768).map {
                ($0..<min(segment.range.upperBound, $0 + 32768), segment.decay)
            }
        }
    }

    /// The norm of the gradient of all parameters but untouched item and variant embeddings.
    func gradientNorm(of pass: BatchPass, parallelism: Parallelism) -> Double {
        let (gradients, chunks, outputs) = (pass.gradients, chunks, shape.outputCount)
        let sums = parallelism.mapChunks(of: chunks.count, chunkSize: 1) { chunk, _ in
            atelier_sum_of_squares(gradients.base + chunks[chunk].range.lowerBound, chunks[chunk].range.count)
        }
        var sum = sums.reduce(0, +)
        let itemStart = shape.items.lowerBound
        for item in pass.touchedItems {
            let place = itemStart + pass.seenPlace(ofTouched: item) * outputs
            sum += atelier_sum_of_squares(gradients.base + place, outputs)
        }
        for variant in pass.touchedVariants {
            sum += atelier_sum_of_squares(
                gradients.base + shape.variants.lowerBound + Int(variant) * outputs, outputs)
        }
        return sum.squareRoot()
    }

    /// - Parameter rate: the learning rate of this step.
    func step(_ parameters: FloatBuffer, pass: BatchPass, rate: Double, gradientScale: Float, parallelism: Parallelism)
    {
        stepCount += 1
        var constants = Self.constants(step: stepCount, rate: rate)
        constants.gradient_scale = gradientScale
        let (gradients, first, second, chunks) = (pass.gradients, first, second, chunks)
        let common = constants
        parallelism.forEachChunk(of: chunks.count, chunkSize: 1) { chunk, _ in
            let (range, decay) = chunks[chunk]
            var step = common
            step.decay = decay
            let start = range.lowerBound
            atelier_adam(
                &step, parameters.base + start, gradients.base + start, first.base + start, second.base + start,
                range.count)
        }
        constants.decay = Float(configuration.itemEmbedding.weightDecay)
        constants.rate *= Float(configuration.itemEmbedding.rateFactor)
        let itemStart = shape.items.lowerBound
        let places =
            pass.touchedItems.map { itemStart + pass.seenPlace(ofTouched: $0) * shape.outputCount }
            + pass.touchedVariants.map { shape.variants.lowerBound + Int($0) * shape.outputCount }
        for start in places {
            atelier_adam(
                &constants, parameters.base + start, gradients.base + start, first.base + start, second.base + start,
                shape.outputCount)
        }
    }

    /// - Parameter step: of the moments' bias correction, from 1.
    static func constants(step: Int, rate: Double) -> atelier_adam_step {
        var constants = atelier_adam_step()
        constants.rate = Float(rate)
        constants.beta1 = beta1
        constants.beta2 = beta2
        constants.correction1 = Float(1 / (1 - pow(Double(beta1), Double(step))))
        constants.correction2 = Float(1 / (1 - pow(Double(beta2), Double(step))))
        constants.epsilon = epsilon
        constants.gradient_scale = 1
        return constants
    }
}
