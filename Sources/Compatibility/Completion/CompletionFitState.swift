private import Foundation
internal import LinearAlgebra

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
    private static let version = "1"

    /// What is not a vector.
    private struct Position: Codable {
        var losses: [[Double]]
        var batches: Int
        var current: CompletionTraining.State.Position?
    }

    init(origin: String) { self.origin = origin }

    /// A `.safetensors` file with one vector for each network, and three for the one under way; the rest and a digest in its
    /// metadata.
    func encoded() -> [UInt8] {
        var file = SafeTensors()
        for (place, network) in networks.enumerated() { file.tensors["network.\(place)"] = Tensor(network) }
        if let current {
            file.tensors["parameters"] = Tensor(current.parameters)
            file.tensors["first"] = Tensor(current.first)
            file.tensors["second"] = Tensor(current.second)
        }
        file.metadata["format"] = Self.format
        file.metadata["version"] = Self.version
        file.metadata["position"] = CanonicalJSON.text(
            of: Position(losses: losses, batches: batches, current: current?.position))
        file.metadata["origin"] = origin
        file.metadata["digest"] = TensorDigest.text(of: file)
        return file.encoded()
    }

    /// Nil for the bytes of anything else, and for damaged ones.
    init?(decoding bytes: [UInt8]) {
        guard let file = try? SafeTensors(decoding: bytes), file.metadata["format"] == Self.format,
            file.metadata["version"] == Self.version, file.metadata["digest"] == TensorDigest.text(of: file),
            let text = file.metadata["position"],
            let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8)),
            let origin = file.metadata["origin"]
        else { return nil }
        self.init(origin: origin)
        losses = position.losses
        batches = position.batches
        for place in losses.indices {
            guard let network = try? file.values("network.\(place)", as: Float.self) else { return nil }
            networks.append(network)
        }
        guard let place = position.current else { return }
        guard let parameters = try? file.values("parameters", as: Float.self),
            let first = try? file.values("first", as: Float.self, count: parameters.count),
            let second = try? file.values("second", as: Float.self, count: parameters.count)
        else { return nil }
        current = CompletionTraining.State(parameters: parameters, first: first, second: second, position: place)
    }
}
