/// What the generator of sample data is asked for. The same parameters give the same bytes.
package struct SampleParameters: Sendable, Equatable {
    package var seed: UInt64 = 7
    package var itemCount = 480
    package var outfitCount = 1600
    /// The number of the first item and of the first outfit: universes of one seed that start apart share their styles
    /// and no item.
    package var firstItem = 0
    package var firstOutfit = 0
    /// Chance that an outfit's next item is taken in the colour of its first: 0 leaves colour without meaning.
    package var colourConfound = 0.5
    /// How unevenly items are used: 0 is even; at 1 a few items are in hundreds of outfits.
    package var popularityConfound = 0.5
    /// Chance that an item of an outfit does not follow the outfit's style.
    package var styleNoise = 0.1
    /// Width of a picture in pixels; its height is a third more.
    package var pictureWidth = 150
    /// Whether damaged pictures, broken rows and hostile names are mixed in.
    package var includesBadMembers = true

    package init() {}
}
