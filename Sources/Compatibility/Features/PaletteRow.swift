/// How a palette is laid out in a row of the block `palette`, written by the extractor and read by whoever compares
/// colours.
///
/// | floats | what |
/// |---|---|
/// | 0..<20 | up to five colours, heaviest first: weight (0…1, together 1), L / 100, a / 100, b / 100; zeros where unused |
/// | 20..<23 | mean L, a, b over the garment, each / 100 |
/// | 23..<26 | standard deviation of L, a, b over the garment, each / 100 |
package enum PaletteRow {
    package static let blockName = "palette"
    package static let colourCount = 5
    package static let dimension = 26
    package static let scale: Float = 100

    /// The row of a palette. At most the first `colourCount` colours are kept.
    package static func encode(_ palette: [WeightedColour], mean: LabColour, spread: LabColour) -> [Float] {
        var row: [Float] = []
        row.reserveCapacity(dimension)
        for part in palette.prefix(colourCount) {
            row += [part.weight, part.colour.lightness / scale, part.colour.a / scale, part.colour.b / scale]
        }
        row += [Float](repeating: 0, count: 4 * colourCount - row.count)
        for colour in [mean, spread] { row += [colour.lightness / scale, colour.a / scale, colour.b / scale] }
        return row
    }

    /// The colours of a row, heaviest first; empty for a row of zeros.
    package static func decode(_ row: some Collection<Float>) -> [WeightedColour] {
        let values = Array(row.prefix(4 * colourCount))
        var palette: [WeightedColour] = []
        for start in stride(from: 0, to: values.count - 3, by: 4) where values[start] > 0 {
            palette.append(
                WeightedColour(
                    colour: LabColour(
                        lightness: values[start + 1] * scale, a: values[start + 2] * scale, b: values[start + 3] * scale
                    ),
                    weight: values[start]))
        }
        return palette
    }
}
