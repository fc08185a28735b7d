/// A planted style: what makes items of one outfit belong together, whatever their colour.
///
/// A style shows in pattern, material, cut and words, each with some noise, and never in colour.
package struct SampleStyle: Sendable {
    package let name: String
    /// Patterns in falling order of preference.
    let patterns: [FabricPattern.Kind]
    let materials: [String]
    let words: [String]
    /// -1 (narrow) … 1 (wide).
    let width: Float
    /// -1 (short) … 1 (long).
    let length: Float
    /// 0 … 1: how much hems widen.
    let flare: Float

    package static let all: [SampleStyle] = [
        SampleStyle(
            name: "minimal", patterns: [.plain, .plain, .verticalStripes], materials: ["wool", "cotton"],
            words: ["clean", "essential", "straight"], width: -0.4, length: 0.3, flare: 0.1),
        SampleStyle(
            name: "sport", patterns: [.horizontalStripes, .plain, .horizontalStripes], materials: ["jersey", "nylon"],
            words: ["active", "relaxed", "training"], width: 0.8, length: -0.4, flare: 0.2),
        SampleStyle(
            name: "romantic", patterns: [.flowers, .dots, .flowers], materials: ["silk", "lace"],
            words: ["soft", "ruffled", "delicate"], width: -0.1, length: 0.1, flare: 0.9),
        SampleStyle(
            name: "rock", patterns: [.plain, .zigzag, .zigzag], materials: ["leather", "denim"],
            words: ["biker", "distressed", "studded"], width: -0.9, length: -0.7, flare: 0.0),
        SampleStyle(
            name: "heritage", patterns: [.checks, .checks, .verticalStripes], materials: ["tweed", "wool"],
            words: ["classic", "tailored", "country"], width: 0.2, length: 0.8, flare: 0.3),
        SampleStyle(
            name: "retro", patterns: [.dots, .horizontalStripes, .dots], materials: ["corduroy", "cotton"],
            words: ["vintage", "playful", "seventies"], width: 0.3, length: -0.1, flare: 0.7),
    ]
}
