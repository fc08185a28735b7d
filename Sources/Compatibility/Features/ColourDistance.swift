private import Foundation

/// A colour in CIELAB (D65): lightness 0…100, a from green to red, b from blue to yellow.
package struct LabColour: Sendable, Equatable {
    package var lightness: Float
    package var a: Float
    package var b: Float

    package init(lightness: Float, a: Float, b: Float) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    package var chroma: Float { (a * a + b * b).squareRoot() }

    /// Hue in degrees, 0..<360; meaningless at low chroma.
    package var hue: Float {
        let angle = atan2(b, a) * 180 / Float.pi
        return angle < 0 ? angle + 360 : angle
    }
}

/// A colour and its share of what it was measured on.
package struct WeightedColour: Sendable, Equatable {
    package var colour: LabColour
    /// 0…1; the shares of a palette add up to 1.
    package var weight: Float

    package init(colour: LabColour, weight: Float) {
        self.colour = colour
        self.weight = weight
    }
}

/// How different two colours, or two palettes, look.
package enum ColourDistance {
    /// The plain distance in CIELAB (CIE 1976): about 2.3 is just visible.
    package static func cie76(_ p: LabColour, _ q: LabColour) -> Float {
        let (dl, da, db) = (p.lightness - q.lightness, p.a - q.a, p.b - q.b)
        return (dl * dl + da * da + db * db).squareRoot()
    }

    /// CIEDE2000 (Sharma, Wu and Dalal, 2005), which evens out what CIE 1976 overrates in saturated colours.
    package static func ciede2000(_ p: LabColour, _ q: LabColour) -> Float {
        let degrees = 180 / Double.pi
        let (l1, a1, b1) = (Double(p.lightness), Double(p.a), Double(p.b))
        let (l2, a2, b2) = (Double(q.lightness), Double(q.a), Double(q.b))
        let meanChroma = ((a1 * a1 + b1 * b1).squareRoot() + (a2 * a2 + b2 * b2).squareRoot()) / 2
        let seventh = pow(meanChroma, 7)
        let g = 0.5 * (1 - (seventh / (seventh + 6_103_515_625)).squareRoot())
        let (c1, h1) = polar((1 + g) * a1, b1)
        let (c2, h2) = polar((1 + g) * a2, b2)

        var hueStep = 0.0
        var hueMean = h1 + h2
        if c1 * c2 != 0 {
            hueStep = h2 - h1
            if hueStep > 180 { hueStep -= 360 } else if hueStep < -180 { hueStep += 360 }
            if abs(h1 - h2) <= 180 {
                hueMean /= 2
            } else {
                hueMean = hueMean < 360 ? (hueMean + 360) / 2 : (hueMean - 360) / 2
            }
        }
        let dl = l2 - l1
        let dc = c2 - c1
        let dh = 2 * (c1 * c2).squareRoot() * sin(hueStep / 2 / degrees)
        let lMean = (l1 + l2) / 2
        let cMean = (c1 + c2) / 2
        let t =
            1 - 0.17 * cos((hueMean - 30) / degrees) + 0.24 * cos(2 * hueMean / degrees)
            + 0.32 * cos((3 * hueMean + 6) / degrees) - 0.20 * cos((4 * hueMean - 63) / degrees)
        let offset = (lMean - 50) * (lMean - 50)
        let sl = 1 + 0.015 * offset / (20 + offset).squareRoot()
        let sc = 1 + 0.045 * cMean
        let sh = 1 + 0.015 * cMean * t
        let cSeventh = pow(cMean, 7)
        let rotation =
            -2 * (cSeventh / (cSeventh + 6_103_515_625)).squareRoot()
            * sin(60 * exp(-pow((hueMean - 275) / 25, 2)) / degrees)
        let (el, ec, eh) = (dl / sl, dc / sc, dh / sh)
        return Float(max(0, el * el + ec * ec + eh * eh + rotation * ec * eh).squareRoot())
    }

    /// The weighted distance of two palettes: the mean, over both sides, of each colour's distance to the nearest
    /// colour of the other side. 0 for equal palettes, symmetric; infinite where a palette is empty.
    package static func palette(
        _ p: [WeightedColour], _ q: [WeightedColour], distance: (LabColour, LabColour) -> Float = ciede2000
    ) -> Float {
        func oneSided(_ from: [WeightedColour], _ to: [WeightedColour]) -> Float {
            var sum: Float = 0
            for part in from {
                var nearest = Float.infinity
                for other in to { nearest = min(nearest, distance(part.colour, other.colour)) }
                sum += part.weight * nearest
            }
            return sum
        }
        guard !p.isEmpty, !q.isEmpty else { return .infinity }
        return (oneSided(p, q) + oneSided(q, p)) / 2
    }

    /// Chroma and hue in degrees, 0..<360; 0 where there is no chroma.
    private static func polar(_ a: Double, _ b: Double) -> (chroma: Double, hue: Double) {
        let chroma = (a * a + b * b).squareRoot()
        guard chroma > 0 else { return (0, 0) }
        let hue = atan2(b, a) * 180 / Double.pi
        return (chroma, hue < 0 ? hue + 360 : hue)
    }
}
