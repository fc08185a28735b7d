internal import CKernels

/// L, a, b and the weight of each pixel side by side, so that what is done to all three planes is done once.
struct WeighedPixels {
    let width: Int
    let height: Int
    /// Four floats a pixel.
    let values: [Float]
    /// The same, L, a and b multiplied by the weight.
    private let weighted: [Float]

    var pixelCount: Int { width * height }

    init(_ image: LabImage, weights: [Float]) {
        (width, height) = (image.width, image.height)
        let count = image.pixelCount
        var weighted: [Float] = []
        values = [Float](unsafeUninitializedCapacity: 4 * count) { values, filled in
            weighted = [Float](unsafeUninitializedCapacity: 4 * count) { weighted, filled in
                atelier_interleave(
                    image.lightness, image.a, image.b, weights, count, values.baseAddress, weighted.baseAddress)
                filled = 4 * count
            }
            filled = 4 * count
        }
        self.weighted = weighted
    }

    /// Weighted means over squares of side 2 * radius + 1, four floats a pixel, of which the fourth says nothing.
    func blurred(radius: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: 4 * pixelCount) { blurred, filled in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * width * (height + 1)) { scratch in
                atelier_blurred_colours(weighted, width, height, radius, scratch.baseAddress, blurred.baseAddress)
            }
            filled = 4 * pixelCount
        }
    }

    /// The lightness in four floats a pixel.
    static func lightness(of pixels: [Float]) -> [Float] {
        let count = pixels.count / 4
        return [Float](unsafeUninitializedCapacity: count) { plane, filled in
            atelier_first_plane(pixels, count, plane.baseAddress)
            filled = count
        }
    }
}
