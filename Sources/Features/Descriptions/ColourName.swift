package import Compatibility

/// The names of colours that fashion uses, each with a place in CIELAB.
package struct ColourName: Sendable, Equatable {
    package let name: String
    package let colour: LabColour

    private init(_ name: String, _ lightness: Float, _ a: Float, _ b: Float) {
        self.name = name
        colour = LabColour(lightness: lightness, a: a, b: b)
    }

    /// The name nearest by CIEDE2000; the earlier one where two are as near.
    package static func nearest(to colour: LabColour) -> String {
        var best = (distance: Float.infinity, name: "")
        for entry in all {
            let distance = ColourDistance.ciede2000(entry.colour, colour)
            if distance < best.distance { best = (distance, entry.name) }
        }
        return best.name
    }

    /// Greys, then by hue.
    package static let all: [ColourName] = [
        ColourName("black", 11, 0, -1), ColourName("charcoal", 31, 0, -1), ColourName("grey", 54, 0, 0),
        ColourName("light grey", 76, 0, 0), ColourName("white", 95, 0, 0), ColourName("off-white", 91, 0, 6),
        ColourName("cream", 90, 1, 14), ColourName("beige", 81, 3, 15), ColourName("sand", 73, 4, 20),
        ColourName("taupe", 55, 4, 10), ColourName("camel", 61, 14, 33), ColourName("brown", 36, 13, 20),
        ColourName("dark brown", 21, 7, 9), ColourName("rust", 44, 34, 37), ColourName("terracotta", 54, 28, 25),
        ColourName("orange", 66, 44, 62), ColourName("apricot", 80, 15, 27), ColourName("gold", 67, 7, 40),
        ColourName("mustard", 66, 12, 60), ColourName("yellow", 87, 0, 70), ColourName("pale yellow", 93, -4, 32),
        ColourName("olive", 40, -3, 24), ColourName("khaki", 57, -1, 19), ColourName("lime", 83, -34, 62),
        ColourName("green", 48, -42, 26), ColourName("dark green", 26, -15, 8), ColourName("sage", 67, -9, 11),
        ColourName("mint", 87, -17, 6), ColourName("teal", 42, -22, -8), ColourName("turquoise", 70, -32, -8),
        ColourName("light blue", 81, -4, -12), ColourName("sky blue", 69, -8, -28),
        ColourName("denim blue", 46, -3, -20),
        ColourName("blue", 42, 8, -50), ColourName("navy", 19, 3, -18), ColourName("lavender", 76, 10, -19),
        ColourName("purple", 38, 34, -38), ColourName("plum", 28, 25, -9), ColourName("burgundy", 25, 32, 11),
        ColourName("red", 44, 62, 38), ColourName("coral", 66, 43, 28), ColourName("fuchsia", 50, 70, -12),
        ColourName("pink", 72, 30, -1), ColourName("dusty pink", 68, 20, 10), ColourName("light pink", 87, 11, 5),
    ]
}
