private import Foundation

/// What a fabric looks like: a pattern of two colours, and the weave of its material.
struct FabricPattern: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case plain, horizontalStripes, verticalStripes, checks, dots, flowers, zigzag

        var word: String {
            switch self {
            case .plain: "plain"
            case .horizontalStripes, .verticalStripes: "striped"
            case .checks: "checked"
            case .dots: "dotted"
            case .flowers: "floral"
            case .zigzag: "zigzag"
            }
        }
    }

    let kind: Kind
    let base: Colour
    let accent: Colour
    let material: String
    /// The pattern's period in pixels.
    let period: Float
    let seed: UInt64

    func colour(_ x: Int, _ y: Int) -> Colour {
        let share = accentShare(Float(x), Float(y))
        return base.mixed(with: accent, share).scaled(1 + weave(x, y))
    }

    private func accentShare(_ x: Float, _ y: Float) -> Float {
        func band(_ value: Float, _ share: Float) -> Float {
            let phase = value / period - (value / period).rounded(.down)
            return phase < share ? 1 : 0
        }
        switch kind {
        case .plain: return 0
        case .horizontalStripes: return band(y, 0.4)
        case .verticalStripes: return band(x, 0.22)
        case .checks: return 0.5 * (band(x, 0.45) + band(y, 0.45))
        case .dots:
            let row = (y / period).rounded(.down)
            let shift = Int(row) % 2 == 0 ? 0 : period / 2
            let dx = (x + shift) - ((x + shift) / period).rounded(.down) * period - period / 2
            let dy = y - row * period - period / 2
            return dx * dx + dy * dy < period * period * 0.07 ? 1 : 0
        case .flowers: return flower(x, y)
        case .zigzag:
            let wave = abs((x / period - (x / period).rounded(.down)) * 2 - 1) * period * 0.6
            return band(y + wave, 0.3)
        }
    }

    /// Blossoms of five petals, one a cell, each at its own place and angle.
    private func flower(_ x: Float, _ y: Float) -> Float {
        let cell = period * 1.7
        let (column, row) = ((x / cell).rounded(.down), (y / cell).rounded(.down))
        let jitter = Self.noise(Int(column), Int(row), seed)
        let dx = x - (column + 0.35 + 0.3 * jitter) * cell
        let dy = y - (row + 0.65 - 0.3 * jitter) * cell
        let radius = (dx * dx + dy * dy).squareRoot()
        let petal = cell * (0.24 + 0.12 * cos(5 * atan2(dy, dx) + 6 * jitter))
        return radius < petal ? (radius < cell * 0.07 ? 0 : 1) : 0
    }

    /// How the material scatters light: grain, ribs, shine.
    private func weave(_ x: Int, _ y: Int) -> Float {
        let grain = Self.noise(x, y, seed) - 0.5
        switch material {
        case "denim": return 0.14 * grain + (((x + y) % 3 == 0) ? 0.05 : 0)
        case "wool", "tweed": return 0.2 * grain
        case "corduroy": return x % 4 < 2 ? 0.08 : -0.08
        case "leather", "silk", "nylon": return 0.03 * grain + 0.1 * sin(Float(x) / 9 + Float(y) / 21)
        case "lace": return (x % 5 == 0 || y % 5 == 0) ? 0.12 : 0.02 * grain
        default: return 0.05 * grain
        }
    }

    /// A fixed pseudo-random number in 0..<1 for a place.
    static func noise(_ x: Int, _ y: Int, _ seed: UInt64) -> Float {
        var z =
            seed &+ UInt64(bitPattern: Int64(x)) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(bitPattern: Int64(y))
            &* 0xC2B2_AE3D_27D4_EB4F
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Float((z ^ (z >> 31)) >> 40) / 16_777_216
    }
}
