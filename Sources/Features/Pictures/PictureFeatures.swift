package import Compatibility

/// What the built-in descriptors say of one picture.
package struct PictureFeatures: Sendable, Equatable {
    /// The blocks behind each other, as `layout` has them. Finite, no block all zero.
    package let row: [Float]
    package let description: VisualDescription
    /// False where the picture shows no even backdrop and was measured whole.
    package let isStudio: Bool
    /// The share of the picture that is garment.
    package let foregroundFraction: Float

    /// Blocks and their places in `row`.
    package static let layout = FeatureRowLayout([
        (PaletteRow.blockName, PaletteRow.dimension), ("colour-histogram", ColourHistogram.dimension),
        ("shape", ShapeDescriptor.dimension), ("texture", TextureDescriptor.dimension),
    ])

    /// The values of one block.
    package func block(_ name: String) -> ArraySlice<Float>? {
        Self.layout.range(of: name).map { row[$0] }
    }

    /// The garment's colours, heaviest first.
    package var palette: [WeightedColour] {
        block(PaletteRow.blockName).map { PaletteRow.decode($0) } ?? []
    }
}
