internal import Compatibility
package import Media

/// Measures a picture: colours, silhouette, cloth, and the words for them. No model file, no state, no randomness.
///
/// The same bytes give the same features on every processor and any number of threads.
package struct PictureFeatureExtractor: Sendable {
    /// Goes up whenever the same picture would get other features; part of every key that features are cached under.
    ///
    /// 1: the first.
    package static let version = 1

    /// Pictures are measured at this length of their longer side; larger ones are shrunk. Ask the decoder for it.
    package let side: Int

    package init(side: Int = 128) {
        precondition(side >= 16, "pictures so small show nothing")
        self.side = side
    }

    /// - Throws: `FeatureRowError` where a descriptor comes out unusable; no decodable picture is known to do so.
    package func features(of picture: PixelBuffer) throws(FeatureRowError) -> PictureFeatures {
        let whole = LabImage(picture.shrunk(to: side))
        let wholeMask = ForegroundMask(whole)
        let image = LabImage(whole, croppedTo: wholeMask.box)
        let mask = wholeMask.cropped()
        let colours = PaletteExtractor(image, weights: mask.interior)
        let shape = ShapeDescriptor(mask)
        let pixels = WeighedPixels(image, weights: mask.interior)
        let texture = TextureDescriptor(image, mask: mask, pixels: pixels)
        var row = PaletteRow.encode(colours.palette, mean: colours.mean, spread: colours.spread)
        row += ColourHistogram.row(of: image, weights: mask.interior)
        row += shape.row
        row += texture.row
        try PictureFeatures.layout.check(row)
        let pattern = PatternClassifier(image, mask: mask, pixels: pixels, colours: colours)
        return PictureFeatures(
            row: row,
            description: VisualDescription(
                colours: colours, pattern: pattern.pattern, shape: shape, isStudio: mask.isStudio),
            isStudio: mask.isStudio, foregroundFraction: mask.fraction)
    }
}
