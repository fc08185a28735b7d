/// What the networks' score and the mean over pairs are multiplied by before they are added.
package struct CompletionBlend: Sendable, Equatable, Codable {
    package var networks: Double = 1
    package var pairs: Double = 0

    /// The networks alone.
    init() {}

    /// - Parameter logit: choices among candidates by both scores. Neither weight becomes negative; where no choice tells,
    ///   the networks stand alone.
    init(_ logit: ConditionalLogit) {
        let ridge = [Self.ridge, Self.ridge]
        func fitted(_ isFree: [Bool], from start: [Double]) -> [Double] {
            logit.fitted(from: start, ridge: ridge, isFree: isFree)
        }
        var weights = fitted([true, true], from: [1, 0])
        if weights[1] < 0 { weights = fitted([true, false], from: [1, 0]) }
        if weights[0] < 0 { weights = fitted([false, true], from: [0, 1]) }
        guard weights.allSatisfy({ $0.isFinite && $0 >= 0 }), weights[0] + weights[1] > 0 else { return }
        // As the model file holds them.
        (networks, pairs) = (Double(Float(weights[0])), Double(Float(weights[1])))
    }

    init(networks: Double, pairs: Double) {
        self.networks = networks
        self.pairs = pairs
    }

    private static let ridge = 0.001
}
