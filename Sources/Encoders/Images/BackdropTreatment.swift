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
        var counts = [Int](repeating: 0, count: 3 * 256)
        var pixelCount = 0
        picture.bytes.withUnsafeBufferPointer { bytes in
            for y in 0..<height {
                let isInside = y >= depth && y < height - depth
                // Inside, only the columns at both ends; a picture narrower than two frames has no inside.
                let columns = isInside ? min(depth, (width + 1) / 2) : width
                for index in 0..<(isInside ? min(2 * columns, width) : width) {
                    let x = isInside && index >= columns ? width - 1 - (index - columns) : index
                    let pixel = (y * width + x) * 3
                    for channel in 0..<3 { counts[channel * 256 + Int(bytes[pixel + channel])] += 1 }
                    pixelCount += 1
                }
            }
        }
        var median: [UInt8] = []
        var isEven = true
        for channel in 0..<3 {
            let histogram = counts[channel * 256..<channel * 256 + 256]
            var seen = 0
            let middle = histogram.indices.first { index in
                seen += histogram[index]
                return 2 * seen >= pixelCount
            }
            let level = (middle ?? histogram.startIndex) - histogram.startIndex
            median.append(UInt8(level))
            let near = max(0, level - Self.tolerance)...min(255, level + Self.tolerance)
            let nearCount = near.reduce(0) { $0 + histogram[histogram.startIndex + $1] }
            isEven = isEven && level >= Self.darkest && 2 * nearCount >= pixelCount
        }
        self.median = median
        isBackdrop = isEven
    }
}
