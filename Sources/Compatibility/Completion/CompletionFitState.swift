/// How far a completion's fit has come, for a later process to go on from.
struct CompletionFitState: Sendable, Equatable {
    /// What it must agree with: configuration and choices.
    var origin: String
    /// Parameters of the networks that are ready.
    var networks: [[Float]] = []
    /// Of each of them the mean loss of a choice in each epoch.
    var losses: [[Double]] = []
    /// The network under way.
    var current: CompletionTraining.State?
    /// Of all networks so far.
    var batches = 0

    private static let format = "atelier-completion-state"

    private struct Position: Codable {
        var losses: [[Double]]
        var batches: Int
        var current: CompletionTraining.State.Position?
    }

    init(origin: String) { self.origin = origin }

    func encoded() -> [UInt8] {
        var checkpoint = Checkpoint(
            position: Position(losses: losses, batches: batches, current: current?.position), origin: origin)
        for (place, network) in networks.enumerated() { checkpoint.vectors["network.\(place)"] = network }
        if let current {
            checkpoint.vectors["parameters"] = current.parameters
            checkpoint.vectors["first"] = current.first
            checkpoint.vectors["second"] = current.second
        }
        return checkpoint.encoded(format: Self.format)
    }

    /// Nil for the bytes of anything else, and for damaged ones.
    init?(decoding bytes: [UInt8]) {
        guard let checkpoint = Checkpoint<Position>(decoding: bytes, format: Self.format) else { return nil }
        self.init(origin: checkpoint.origin)
        losses = checkpoint.position.losses
        batches = checkpoint.position.batches
        networks = losses.indices.compactMap { checkpoint.vectors["network.\($0)"] }
        guard networks.count == losses.count else { return nil }
        guard let position = checkpoint.position.current else { return }
        guard let parameters = checkpoint.vectors["parameters"],
            let first = checkpoint.vector("first", count: parameters.count),
            let second = checkpoint.vector("second", count: parameters.count)
        else { return nil }
        current = CompletionTraining.State(parameters: parameters, first: first, second: second, position: position)
    }
}
