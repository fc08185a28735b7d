package import Compatibility

/// One generated item, with the planted truth about it.
package struct SampleItem: Sendable {
    package let id: ItemID
    /// Items of one model differ in colour only.
    package let model: String
    package let garment: Garment
    /// Position in `SampleStyle.all`: the truth that a model of compatibility should find.
    package let style: Int
    /// Position in `SampleColour.all`: the confound.
    package let colour: Int
    package let season: String
    package let material: String
    package let title: String
    package let price: Double
    package let isAvailable: Bool
    /// How often outfits pick it, relative to its neighbours.
    package let popularity: Double
    let pattern: FabricPattern.Kind
    let cut: Cut

    /// The proportions that a garment is drawn with.
    struct Cut: Sendable {
        var width: Float
        var length: Float
        var flare: Float
    }
}

/// One generated outfit.
package struct SampleOutfit: Sendable {
    package let id: String
    /// Positions in `SampleUniverse.items`, distinct.
    package let items: [Int]
    package let style: Int
    package let split: Split
}
