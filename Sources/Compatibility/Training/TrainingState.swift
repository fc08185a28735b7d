private import Foundation
internal import LinearAlgebra

/// Everything that a later process needs to go on as if nothing had happened.
///
/// Random numbers need no state of their own: those of a batch follow from the seed, the epoch and the batch's number.
struct TrainingState: Sendable, Equatable {
    /// What is not a tensor.
    struct Position: Sendable, Equatable, Codable {
        /// The epoch under way, from 0.
        var epoch = 0
        /// Batches of it that are done.
        var batch = 0
        var stepCount = 0
        var examples = 0
        var epochExamples = 0
        var lossSum = 0.0
        var normSum = 0.0
        var largestNorm = 0.0
        var limitedBatches = 0
        var tally = NegativeTally()
        var bestRecall: Double?
        var bestOrder: Double?
        var epochsSinceBest = 0
        var averageCount = 0
        var isFinished = false
        var curve: [EpochRecord] = []
    }

    var position = Position()
    var parameters: [Float]
    var first: [Float]
    var second: [Float]
    /// Empty until an epoch was the best.
    var best: [Float]
    /// Empty without weight averaging.
    var average: [Float]
    /// What the checkpoint belongs to: configuration and data.
    var origin: String

    private static let format = "atelier-training-state"
    private static let version = "1"

    /// A `.safetensors` file with one vector for each field; `position` and `origin` in its metadata, with a digest.
    func encoded() -> [UInt8] {
        var file = SafeTensors()
        file.tensors["parameters"] = Tensor(parameters)
        file.tensors["first"] = Tensor(first)
        file.tensors["second"] = Tensor(second)
        file.tensors["best"] = Tensor(best)
        file.tensors["average"] = Tensor(average)
        file.metadata["format"] = Self.format
        file.metadata["version"] = Self.version
        file.metadata["position"] = CanonicalJSON.text(of: position)
        file.metadata["origin"] = origin
        file.metadata["digest"] = TensorDigest.text(of: file)
        return file.encoded()
    }

    init(parameters: [Float], first: [Float], second: [Float], best: [Float], average: [Float], origin: String) {
        self.parameters = parameters
        self.first = first
        self.second = second
        self.best = best
        self.average = average
        self.origin = origin
    }

    init(decoding bytes: [UInt8]) throws(TrainingError) {
        guard let file = try? SafeTensors(decoding: bytes), file.metadata["format"] == Self.format,
            file.metadata["version"] == Self.version, file.metadata["digest"] == TensorDigest.text(of: file),
            let text = file.metadata["position"],
            let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8)),
            let parameters = try? file.values("parameters", as: Float.self),
            let first = try? file.values("first", as: Float.self, count: parameters.count),
            let second = try? file.values("second", as: Float.self, count: parameters.count),
            let best = try? file.values("best", as: Float.self),
            let average = try? file.values("average", as: Float.self), let origin = file.metadata["origin"],
            best.isEmpty || best.count == parameters.count, average.isEmpty || average.count == parameters.count
        else { throw .damagedCheckpoint }
        self.init(
            parameters: parameters, first: first, second: second, best: best, average: average, origin: origin)
        self.position = position
    }
}
