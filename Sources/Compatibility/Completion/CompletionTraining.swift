internal import CKernels
private import Foundation
package import LinearAlgebra

/// The loss of one choice: the cross-entropy of the chosen candidate among all, and beside it that of each score by itself.
///
///     -log softmax(s)_0 + c · (log(1 + exp(-s_0)) + mean over the others of log(1 + exp(s_j)))
package enum CompletionLoss {
    /// - Parameter scores: the chosen candidate's first; at least two.
    /// - Returns: the loss, and its derivatives by the scores.
    package static func of(_ scores: some Collection<Float>, calibration: Double) -> (
        loss: Double, derivatives: [Double]
    ) {
        let values = scores.map(Double.init)
        let highest = values.max() ?? 0
        var shares = values.map { exp($0 - highest) }
        let sum = shares.reduce(0, +)
        for place in shares.indices { shares[place] /= sum }
        var loss = log(sum) + highest - values[0]
        shares[0] -= 1
        guard calibration > 0 else { return (loss, shares) }
        for (place, value) in values.enumerated() {
            let (sign, weight) =
                place == 0 ? (-1.0, calibration) : (1.0, calibration / Double(values.count - 1))
            loss += weight * (max(0, sign * value) + log1p(exp(-abs(value))))
            shares[place] += weight * sign / (1 + exp(-sign * value))
        }
        return (loss, shares)
    }
}

/// Trains one network of a completion model by Adam on batches of choices.
///
/// The result does not depend on the number of threads: chunks of choices are of a fixed size, and their gradients are
/// added up in order.
package struct CompletionTraining {
    package let table: ChoiceTable
    private let scales: CompletionScales
    package let configuration: CompletionFit.Configuration
    package let seed: UInt64
    package let parallelism: Parallelism

    private static let chunk = 32

    init(
        table: ChoiceTable, scales: CompletionScales, configuration: CompletionFit.Configuration, seed: UInt64,
        parallelism: Parallelism = .serial
    ) {
        self.table = table
        self.scales = scales
        self.configuration = configuration
        self.seed = seed
        self.parallelism = parallelism
    }

    /// Rows are standardised by the table's own.
    package init(table: ChoiceTable, configuration: CompletionFit.Configuration, seed: UInt64) {
        self.init(table: table, scales: table.scales, configuration: configuration, seed: seed)
    }

    /// Batches of an epoch.
    package var batchCount: Int { configuration.batchCount(table.count) }

    /// How far training has come, for a checkpoint.
    package struct State: Sendable, Equatable {
        /// What is not a vector.
        package struct Position: Sendable, Equatable, Codable {
            package fileprivate(set) var epoch = 0
            /// The next one of its epoch.
            package fileprivate(set) var batch = 0
            fileprivate var lossSum = 0.0
            /// The mean loss of a choice in each epoch that has ended.
            package fileprivate(set) var losses: [Double] = []
        }

        package fileprivate(set) var parameters: [Float]
        /// Of the gradient and of its square, the running means.
        fileprivate(set) var first: [Float]
        fileprivate(set) var second: [Float]
        package fileprivate(set) var position = Position()

        init(parameters: [Float], first: [Float], second: [Float], position: Position = Position()) {
            self.parameters = parameters
            self.first = first
            self.second = second
            self.position = position
        }
    }

    package var shape: CompletionNetwork.Shape {
        configuration.shape(of: table)
    }

    package func start() -> State {
        var random = RandomStream(seed: seed, stream: 0x5_0000_0000)
        let zeros = [Float](repeating: 0, count: shape.parameterCount)
        return State(
            parameters: CompletionNetwork(shape: shape, random: &random).parameters, first: zeros, second: zeros)
    }

    package func isFinished(_ state: State) -> Bool { state.position.epoch >= configuration.epochs }

    /// The order of an epoch's choices.
    package func order(ofEpoch epoch: Int) -> [Int] {
        var random = RandomStream(seed: seed, stream: 0x8_0000_0000 + UInt64(epoch))
        var order = Array(0..<table.count)
        random.shuffle(&order)
        return order
    }

    /// One batch further.
    ///
    /// - Parameter order: of the epoch under way.
    package func advance(_ state: inout State, order: [Int]) {
        let size = configuration.batchSize(table.count)
        let start = state.position.batch * size
        let batch = Array(order[start..<min(order.count, start + size)])
        let step = state.position.epoch * batchCount + state.position.batch
        var network = CompletionNetwork(shape: shape, parameters: state.parameters)
        let (loss, gradients) = lossAndGradients(of: network, choices: batch, dropoutStream: step)
        state.position.lossSum += loss * Double(batch.count)
        let rate = LearningRate(peak: configuration.learningRate, warmup: 0.2, floor: 0.05)
        update(
            &network, gradients, &state.first, &state.second, step: step + 1,
            rate: rate.at(step: step, of: batchCount * configuration.epochs))
        state.parameters = network.parameters
        state.position.batch += 1
        guard state.position.batch == batchCount else { return }
        state.position.losses.append(state.position.lossSum / Double(max(1, order.count)))
        state.position.epoch += 1
        (state.position.batch, state.position.lossSum) = (0, 0)
    }

    /// The mean loss of some choices and its derivatives by the parameters.
    ///
    /// - Parameter dropoutStream: what is dropped follows from it; nil drops nothing.
    package func lossAndGradients(
        of network: CompletionNetwork, choices: [Int], dropoutStream: Int?
    ) -> (loss: Double, gradients: [Float]) {
        let parts = parallelism.mapChunks(of: choices.count, chunkSize: Self.chunk) { chunk, range in
            part(of: network, Array(choices[range]), dropoutStream: dropoutStream.map { $0 << 16 | chunk })
        }
        var gradients = [Float](repeating: 0, count: network.shape.parameterCount)
        for part in parts { for place in gradients.indices { gradients[place] += part.gradients[place] } }
        let share = 1 / Double(max(1, choices.count))
        for place in gradients.indices { gradients[place] *= Float(share) }
        return (parts.reduce(0) { $0 + $1.loss } * share, gradients)
    }

    private func part(
        of network: CompletionNetwork, _ choices: [Int], dropoutStream: Int?
    ) -> (loss: Double, gradients: [Float]) {
        table.withInputs(of: choices, by: scales) { inputs in
            let work = CompletionPass(
                shape: network.shape, capacity: inputs.count, pairCapacity: inputs.pairCount,
                itemCapacity: inputs.itemCount)
            let threshold = UInt16(min(65535, configuration.dropout * 65536))
            let keptScale = dropoutStream == nil ? 1 : 1 / (1 - Float(threshold) / 65536)
            work.forward(inputs, parameters: network.parameters) { activations, count in
                guard let dropoutStream, threshold > 0 else { return }
                var random = RandomStream(seed: seed, stream: 0x6_0000_0000 + UInt64(dropoutStream))
                let words = (0..<(count + 3) / 4).map { _ in random.next() }
                atelier_dropout(words, threshold, keptScale, activations, count)
            }
            var loss = 0.0
            var derivatives: [Float] = []
            for choice in choices {
                let scores = UnsafeBufferPointer(
                    start: work.scores.base + derivatives.count, count: table.rowCount(of: choice))
                let part = CompletionLoss.of(scores, calibration: configuration.calibration)
                loss += part.loss
                derivatives += part.derivatives.map(Float.init)
            }
            work.backward(inputs, parameters: network.parameters, derivatives: derivatives, keptScale: keptScale)
            return (loss, work.gradients.values)
        }
    }

    private func update(
        _ network: inout CompletionNetwork, _ gradients: [Float], _ first: inout [Float], _ second: inout [Float],
        step: Int, rate: Double
    ) {
        var constants = Adam.constants(step: step, rate: rate)
        for part in network.shape.parts {
            // Weights decay, biases do not.
            constants.decay = part.name.hasSuffix("weights") ? Float(configuration.weightDecay) : 0
            let start = part.range.lowerBound
            network.parameters.withUnsafeMutableBufferPointer { parameters in
                first.withUnsafeMutableBufferPointer { first in
                    second.withUnsafeMutableBufferPointer { second in
                        gradients.withUnsafeBufferPointer { gradients in
                            guard let values = parameters.baseAddress, let gradient = gradients.baseAddress,
                                let m = first.baseAddress, let v = second.baseAddress
                            else { return }
                            atelier_adam(
                                &constants, values + start, gradient + start, m + start, v + start, part.range.count)
                        }
                    }
                }
            }
        }
    }
}
