import Media

/// A garment drawn before a studio backdrop, so that a test knows what is in the picture.
struct DrawnGarment {
    typealias RGB = (UInt8, UInt8, UInt8)

    enum Cloth {
        case plain(RGB)
        /// Bands of `period` pixels, half of each colour.
        case horizontalStripes(RGB, RGB, period: Int)
        case verticalStripes(RGB, RGB, period: Int)
        case diagonalStripes(RGB, RGB, period: Int)
        case checked(RGB, RGB, period: Int)
        case dotted(RGB, RGB, period: Int)
        case halves(RGB, RGB)
    }

    enum Outline {
        /// A dress that widens from a fifth to seven tenths of the picture's width.
        case flared
        case tapered
        case box
        case shirt
    }

    var cloth: Cloth
    var outline = Outline.box
    /// The backdrop's colour, its darkening from top to bottom in units of sRGB, and whether the garment throws a shadow.
    var backdrop: RGB = (235, 232, 226)
    var gradient = 0
    var hasShadow = false
    var width = 96
    var height = 128

    func picture() -> PixelBuffer {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let colour = isGarment(x, y) ? clothColour(x, y) : backdropColour(x, y)
                // Noise of one unit, as sensors and JPEG leave it.
                let noise = (x &* 31 &+ y &* 17 &+ x &* y) % 3 - 1
                for value in [colour.0, colour.1, colour.2] { bytes.append(UInt8(clamping: Int(value) + noise)) }
            }
        }
        return PixelBuffer(width: width, height: height, bytes: bytes)
    }

    func isGarment(_ x: Int, _ y: Int) -> Bool {
        let (u, v) = (Double(x) / Double(width) - 0.5, Double(y) / Double(height))
        guard v > 0.15, v < 0.85 else { return false }
        let along = (v - 0.15) / 0.7
        switch outline {
        case .box: return abs(u) < 0.3
        case .flared: return abs(u) < 0.1 + 0.25 * along
        case .tapered: return abs(u) < 0.35 - 0.25 * along
        case .shirt: return abs(u) < (along < 0.35 ? 0.42 : 0.24)
        }
    }

    private func backdropColour(_ x: Int, _ y: Int) -> RGB {
        var shade = gradient * y / height
        if hasShadow, isGarment(x - 3, y - 3) { shade += 25 }
        func dim(_ value: UInt8) -> UInt8 { UInt8(clamping: Int(value) - shade) }
        return (dim(backdrop.0), dim(backdrop.1), dim(backdrop.2))
    }

    private func clothColour(_ x: Int, _ y: Int) -> RGB {
        switch cloth {
        case .plain(let colour): return colour
        case .horizontalStripes(let p, let q, let period): return y % period < period / 2 ? p : q
        case .verticalStripes(let p, let q, let period): return x % period < period / 2 ? p : q
        case .diagonalStripes(let p, let q, let period): return (x + y) % period < period / 2 ? p : q
        case .checked(let p, let q, let period):
            let bands = (x % period < period / 2 ? 1 : 0) + (y % period < period / 2 ? 1 : 0)
            func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) * (2 - bands) + Int(b) * bands) / 2) }
            return (mix(p.0, q.0), mix(p.1, q.1), mix(p.2, q.2))
        case .dotted(let p, let q, let period):
            let row = y / period
            let (dx, dy) = ((x + row % 2 * period / 2) % period - period / 2, y % period - period / 2)
            return (dx * dx + dy * dy) * 14 < period * period ? q : p
        case .halves(let p, let q): return y < height / 2 ? p : q
        }
    }
}

extension Array where Element == Float {
    /// Cosine of the angle between two rows.
    func cosine(_ other: [Float]) -> Float {
        let dot = zip(self, other).reduce(0) { $0 + $1.0 * $1.1 }
        let norms = reduce(0) { $0 + $1 * $1 } * other.reduce(0) { $0 + $1 * $1 }
        return norms > 0 ? dot / norms.squareRoot() : 0
    }
}
