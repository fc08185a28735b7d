internal import CKernels
package import Media

/// What becomes of a studio backdrop before a picture is encoded.
///
/// Backdrops are not white and differ from season to season, so that an encoder can read the season from them.
package enum BackdropTreatment: String, Sendable, Codable, CaseIterable {
    /// Nothing.
    case kept
    /// Every pixel is divided by the backdrop's colour, which becomes white; evens out the light, garment included.
    case divided
    /// Pixels near the backdrop's colour become white; the others stay as they are.
    case whitened
}

/// The colour around a picture, from a frame of a fortieth of its shorter side.
package struct BorderColour: Sendable, Equatable {
    /// The median by channel: what touches the border in less than half of its length does not count.
    package let median: [UInt8]
    /// Whether the frame is even and light enough to be a studio's backdrop; otherwise no backdrop is treated.
    package let isBackdrop: Bool

    /// A channel within this many levels of the median is the backdrop's.
    private static let tolerance = 24
    /// The darkest backdrop, by channel: dividing by less would make noise of the rest.
    private static let darkest = 64

    package init(of picture: PixelBuffer) {
        let (width, height) = (picture.width, picture.height)
        let depth = max(1, min(width, height) / 40)
        var counts = [UInt32](repeating: 0, count: 3 * 256)
        let pixelCount = Int(
            atelier_frame_levels(picture.bytes, Int32(width), Int32(height), Int32(depth), &counts))
        var median: [UInt8] = []
        var isEven = true
        for channel in 0..<3 {
            let histogram = counts[channel * 256..<channel * 256 + 256]
            var seen = 0
            let middle = histogram.indices.first { index in
                seen += Int(histogram[index])
                return 2 * seen >= pixelCount
            }
            let level = (middle ?? histogram.startIndex) - histogram.startIndex
            median.append(UInt8(level))
            let near = max(0, level - Self.tolerance)...min(255, level + Self.tolerance)
            let nearCount = near.reduce(0) { $0 + Int(histogram[histogram.startIndex + $1]) }
            isEven = isEven && level >= Self.darkest && 2 * nearCount >= pixelCount
        }
        self.median = median
        isBackdrop = isEven
    }
}
