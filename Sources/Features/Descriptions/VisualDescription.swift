internal import Compatibility

/// What a garment looks like, in words; the same fields in every language of titles.
package struct VisualDescription: Sendable, Equatable, Codable {
    /// Names of the palette's colours, heaviest first, without repetition.
    package let colours: [String]
    /// The raw value of a `Pattern`.
    package let pattern: String
    /// Words such as "long", "narrow", "flared", separated by spaces; empty where the picture shows no silhouette.
    package let proportions: String
    /// All of it as one line, with words for lightness and contrast.
    package let text: String

    package init(colours: [String], pattern: String, proportions: String, text: String) {
        self.colours = colours
        self.pattern = pattern
        self.proportions = proportions
        self.text = text
    }

    init(colours extracted: PaletteExtractor, pattern: Pattern, shape: ShapeDescriptor, isStudio: Bool) {
        var names: [String] = []
        for part in extracted.palette where part.weight >= 0.08 || names.isEmpty {
            let name = ColourName.nearest(to: part.colour)
            if !names.contains(name) { names.append(name) }
        }
        colours = names
        self.pattern = pattern.rawValue
        proportions = isStudio ? Self.proportions(of: shape).joined(separator: " ") : ""
        let tone = Self.tone(of: extracted)
        text = ([tone, names.prefix(3).joined(separator: " and "), pattern.rawValue, proportions])
            .filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// "light", "mid-tone" or "dark"; "high contrast", "tonal" or nothing.
    private static func tone(of colours: PaletteExtractor) -> String {
        let lightness = colours.mean.lightness
        var words = [lightness > 72 ? "light" : lightness < 35 ? "dark" : "mid-tone"]
        let heavy = colours.palette.filter { $0.weight >= 0.1 }
        var contrast: Float = 0
        for p in heavy { for q in heavy { contrast = max(contrast, ColourDistance.cie76(p.colour, q.colour)) } }
        if contrast > 45 { words.append("high contrast") } else if contrast < 25 { words.append("tonal") }
        return words.joined(separator: " ")
    }

    /// Length, breadth at the top against the bottom, waist, and whether it parts below.
    private static func proportions(of shape: ShapeDescriptor) -> [String] {
        var words: [String] = []
        switch shape.aspect {
        case ..<0.55: words.append("very wide")
        case ..<0.85: words.append("wide")
        case ..<1.2: words.append("even")
        case ..<1.7: words.append("tall")
        case ..<2.4: words.append("long")
        default: words.append("very long")
        }
        func mean(_ values: ArraySlice<Float>) -> Float { values.reduce(0, +) / Float(values.count) }
        let top = mean(shape.spans[1..<5])
        let middle = mean(shape.spans[6..<10])
        let bottom = mean(shape.spans[11..<15])
        if bottom > 1.35 * top && bottom >= middle {
            words.append("flared")
        } else if top > 1.35 * bottom && top >= middle {
            words.append("tapered")
        } else if middle < 0.85 * min(top, bottom) {
            words.append("waisted")
        } else if middle > 1.18 * max(top, bottom) {
            words.append("rounded")
        } else {
            words.append("straight")
        }
        // A gap between the legs or sleeves: the span is wide, its filling is not.
        let parted = 1 - mean(shape.widths[8..<16]) / max(mean(shape.spans[8..<16]), 0.01)
        if parted > 0.12 { words.append("parted") }
        if shape.fill < 0.3 { words.append("slender") } else if shape.fill > 0.85 { words.append("boxy") }
        return words
    }
}
