/// What the networks' score and the mean over pairs are multiplied by before they are added.
package struct CompletionBlend: Sendable, Equatable, Codable {
    package let networks: Double
    package let pairs: Double

    /// - Parameter networks: 1 and nothing of pairs is the networks alone.
    init(networks: Double = 1, pairs: Double = 0) {
        self.networks = networks
        self.pairs = pairs
    }

    /// - Parameter choices: among candidates by both scores. Neither weight becomes negative; where no choice tells, the
    ///   networks stand alone.
    init(_ choices: ConditionalLogit) {
        // As the model file holds them.
        let weights = choices.fitted(from: [1, 0], ridge: 0.001, nonNegative: 0..<2).map { Double(Float($0)) }
        let isSound = weights.allSatisfy(\.isFinite) && weights[0] + weights[1] > 0
        self.init(networks: isSound ? weights[0] : 1, pairs: isSound ? weights[1] : 0)
    }
}
