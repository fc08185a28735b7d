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

    func encoded() -> [UInt8] {
        let vectors = [
            "parameters": parameters, "first": first, "second": second, "best": best, "average": average,
        ]
        return Checkpoint(vectors: vectors, position: position, origin: origin).encoded(format: Self.format)
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
        guard let checkpoint = Checkpoint<Position>(decoding: bytes, format: Self.format),
            let parameters = checkpoint.vectors["parameters"],
            let first = checkpoint.vector("first", count: parameters.count),
            let second = checkpoint.vector("second", count: parameters.count),
            let best = checkpoint.vectors["best"], best.isEmpty || best.count == parameters.count,
            let average = checkpoint.vectors["average"], average.isEmpty || average.count == parameters.count
        else { throw .damagedCheckpoint }
        self.init(
            parameters: parameters, first: first, second: second, best: best, average: average,
            origin: checkpoint.origin)
        position = checkpoint.position
    }
}
