internal import Compatibility

/// What is on the cloth.
package enum Pattern: String, Sendable, CaseIterable {
    case plain
    case textured
    case horizontalStripes = "horizontal stripes"
    case verticalStripes = "vertical stripes"
    case diagonalStripes = "diagonal stripes"
    case checked
    case dotted
    case printed
    case colourBlock = "colour block"
}

/// Tells patterns apart by how the colour alternates along and across the garment.
///
/// Light and folds change slowly and mostly lightness, so the slow part is taken off first (a blur as wide as a fifth
/// of the garment); what remains is projected on its main colour direction and cut in two at zero, with a dead band.
/// Stripes alternate along one direction, checks along two, dots are many small compact islands, prints are the rest.
package struct PatternClassifier: Sendable {
    package let pattern: Pattern
    /// Standard deviation of what remains, in units of CIELAB: below about 3 nobody sees a pattern.
    package let contrast: Float
    /// Share of the remaining variance in the means of rows, and of columns.
    package let rowShare: Float
    package let columnShare: Float
    /// Changes of side for each row or column of the garment's box that is long enough to judge.
    package let alternationsAcross: Float
    package let alternationsDown: Float

    init(_ image: LabImage, mask: ForegroundMask, pixels: WeighedPixels, colours: PaletteExtractor) {
        let detail = ClothDetail(image, mask: mask, pixels: pixels)
        contrast = detail.contrast
        rowShare = detail.rowShare
        columnShare = detail.columnShare
        alternationsAcross = detail.alternations(along: .rows)
        alternationsDown = detail.alternations(along: .columns)
        pattern = Self.pattern(
            detail, colours: colours, across: alternationsAcross, down: alternationsDown)
    }

    private static func pattern(
        _ detail: ClothDetail, colours: PaletteExtractor, across: Float, down: Float
    ) -> Pattern {
        let contrast = detail.contrast
        // A chain or a strap shows no cloth to judge.
        guard detail.pixelCount >= 250 else { return .plain }
        guard contrast > 2.6 else { return isColourBlock(colours) ? .colourBlock : .plain }
        // Bin 0: gradients across (vertical lines); bin 4: gradients down (horizontal lines). Without any direction,
        // `vertical` and `horizontal` are a quarter each.
        let bins = detail.orientations
        let vertical = bins[0] + bins[7] / 2 + bins[1] / 2
        let horizontal = bins[4] + bins[3] / 2 + bins[5] / 2
        if contrast > 5, down >= 8, down > 2 * across, horizontal > 0.38, horizontal > 1.6 * vertical,
            detail.rowShare > 0.25
        {
            return .horizontalStripes
        }
        // Folds hang down and pass for stripes, unless there are more of them than cloth folds into.
        if contrast > 4, across >= 13, across > 2 * down, vertical > 0.42, vertical > 1.6 * horizontal,
            detail.columnShare > 0.2
        {
            return .verticalStripes
        }
        let rising = bins[5] + bins[6] + bins[7]
        let falling = bins[1] + bins[2] + bins[3]
        if contrast > 4.5, max(rising, falling) > 0.6, across >= 4, down >= 4 { return .diagonalStripes }
        let lines = detail.rowShare + detail.columnShare
        if contrast > 4, across >= 6, down >= 6, max(across, down) < 2.6 * min(across, down),
            horizontal + vertical > 0.46,
            lines > 0.4,
            min(detail.rowShare, detail.columnShare) > 0.12
        {
            return .checked
        }
        if contrast > 4, lines < 0.4, detail.hasDots { return .dotted }
        if isColourBlock(colours), across < 4, down < 4 { return .colourBlock }
        if contrast > 5.5, min(across, down) >= 5, across + down >= 15 { return .printed }
        if contrast > 12, colours.palette.count >= 3, min(across, down) >= 4 { return .printed }
        return contrast > 3.2 && across + down >= 12 ? .textured : .plain
    }

    /// Two or more heavy colours that are far apart.
    private static func isColourBlock(_ colours: PaletteExtractor) -> Bool {
        let heavy = colours.palette.filter { $0.weight > 0.15 }
        for (k, p) in heavy.enumerated() {
            for q in heavy.dropFirst(k + 1) where ColourDistance.ciede2000(p.colour, q.colour) > 25 { return true }
        }
        return false
    }
}
