internal import CKernels

/// L, a, b and the weight of each pixel side by side, so that what is done to all three planes is done once; with room
/// to blur them, all of it one allocation, which an allocator keeps for the next picture.
///
/// All unsafe code of this type is in this file; buffers that it hands out live as long as it does.
final class WeighedPixels {
    let width: Int
    let height: Int
    private let storage: UnsafeMutablePointer<Float>
    private var isSecondNext = false

    var pixelCount: Int { width * height }
    /// Floats of one buffer, four a pixel.
    private var length: Int { 4 * pixelCount }

    init(_ image: LabImage, weights: [Float]) {
        (width, height) = (image.width, image.height)
        let length = 4 * width * height
        // Values, weighted values, two blurred pictures, and a picture and a row to blur with.
        storage = .allocate(capacity: 5 * length + 4 * width)
        atelier_interleave(image.lightness, image.a, image.b, weights, width * height, storage, storage + length)
    }

    deinit { storage.deallocate() }

    /// Four floats a pixel.
    var values: UnsafePointer<Float> { UnsafePointer(storage) }

    /// Weighted means over squares of side 2 * radius + 1, four floats a pixel, of which the fourth says nothing. Valid
    /// until the next but one is asked for.
    func blurred(radius: Int) -> UnsafePointer<Float> {
        let target = storage + (isSecondNext ? 3 : 2) * length
        isSecondNext.toggle()
        atelier_blurred_colours(storage + length, width, height, radius, storage + 4 * length, target)
        return UnsafePointer(target)
    }

    /// The lightness in four floats a pixel.
    func lightness(of pixels: UnsafePointer<Float>) -> [Float] {
        [Float](unsafeUninitializedCapacity: pixelCount) { plane, filled in
            atelier_first_plane(pixels, pixelCount, plane.baseAddress)
            filled = pixelCount
        }
    }
}
