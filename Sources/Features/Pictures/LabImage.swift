internal import CKernels
package import Media

/// A picture in CIELAB (D65), as three planes of floats: L from 0 to 100, a and b about -100 to 100.
///
/// Distances in CIELAB are roughly what a person sees, so one threshold serves dark and light colours.
package struct LabImage: Sendable {
    package let width: Int
    package let height: Int
    package private(set) var lightness: [Float]
    package private(set) var a: [Float]
    package private(set) var b: [Float]

    package var pixelCount: Int { width * height }

    /// The part of a picture that lies in a box.
    package init(_ image: LabImage, croppedTo box: PixelBox) {
        width = box.width
        height = box.height
        lightness = box.cut(image.lightness, width: image.width)
        a = box.cut(image.a, width: image.width)
        b = box.cut(image.b, width: image.width)
    }

    package init(_ picture: PixelBuffer) {
        width = picture.width
        height = picture.height
        let count = picture.width * picture.height
        lightness = [Float](repeating: 0, count: count)
        a = lightness
        b = lightness
        picture.bytes.withUnsafeBufferPointer { bytes in
            lightness.withUnsafeMutableBufferPointer { lightness in
                a.withUnsafeMutableBufferPointer { a in
                    b.withUnsafeMutableBufferPointer { b in
                        atelier_lab_from_srgb(
                            bytes.baseAddress, count, lightness.baseAddress, a.baseAddress, b.baseAddress)
                    }
                }
            }
        }
    }
}

extension PixelBuffer {
    /// The picture shrunk by averaging areas so that its longer side is `side`; itself where it is no larger.
    ///
    /// Decoders scale while they decode; this evens out what they leave, so that textures are measured at one scale.
    package func shrunk(to side: Int) -> PixelBuffer {
        let longer = max(width, height)
        guard side > 0, longer > side else { return self }
        let newWidth = max(1, (width * side + longer / 2) / longer)
        let newHeight = max(1, (height * side + longer / 2) / longer)
        // Shares of source pixels in 1/256; first along the rows, then down the columns.
        let across = AreaShares(from: width, to: newWidth)
        let down = AreaShares(from: height, to: newHeight)
        var sums = [UInt32](repeating: 0, count: newWidth * 3)
        var row = sums
        var shrunk = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        let half = UInt64(across.total * down.total / 2)
        let total = UInt64(across.total * down.total)
        bytes.withUnsafeBufferPointer { bytes in
            for y in 0..<newHeight {
                for k in sums.indices { sums[k] = 0 }
                for source in down.range(of: y) {
                    let share = down.share(of: source, in: y)
                    for x in 0..<newWidth {
                        var (red, green, blue): (UInt32, UInt32, UInt32) = (0, 0, 0)
                        for column in across.range(of: x) {
                            let weight = UInt32(across.share(of: column, in: x))
                            let at = (source * width + column) * 3
                            red += weight * UInt32(bytes[at])
                            green += weight * UInt32(bytes[at + 1])
                            blue += weight * UInt32(bytes[at + 2])
                        }
                        row[3 * x] = red
                        row[3 * x + 1] = green
                        row[3 * x + 2] = blue
                    }
                    // Rows are kept to 8 more bits, which leaves room for any number of them.
                    for k in sums.indices {
                        sums[k] += UInt32((UInt64(row[k]) * UInt64(share) * 256 + half) / total)
                    }
                }
                for k in sums.indices { shrunk[y * newWidth * 3 + k] = UInt8(min(255, (sums[k] + 128) >> 8)) }
            }
        }
        return PixelBuffer(width: newWidth, height: newHeight, bytes: shrunk)
    }
}

/// How the pixels of a longer line are shared among those of a shorter one.
private struct AreaShares {
    let from: Int
    let to: Int
    /// A target pixel covers `from` units of length, a source pixel `to`.
    var total: Int { from }

    init(from: Int, to: Int) {
        self.from = from
        self.to = to
    }

    func range(of target: Int) -> Range<Int> {
        target * from / to..<min(from, ((target + 1) * from + to - 1) / to)
    }

    func share(of source: Int, in target: Int) -> Int {
        min((source + 1) * to, (target + 1) * from) - max(source * to, target * from)
    }
}
