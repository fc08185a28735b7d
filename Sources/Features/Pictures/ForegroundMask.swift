internal import CKernels

/// Which pixels of a picture show the garment.
package struct ForegroundMask: Sendable {
    package let width: Int
    package let height: Int
    /// One weight a pixel: 0 or 1 in a studio picture; elsewhere a bell around the centre, never 0.
    package let weights: [Float]
    /// The same without the outermost pixels of the garment, where its colour mixes with the backdrop's; equal to
    /// `weights` where the garment is too thin for that.
    package let interior: [Float]
    /// False where the borders show no even backdrop: the whole picture then counts, its centre most.
    package let isStudio: Bool
    /// The share of the picture that is garment; 1 outside a studio.
    package let fraction: Float
    /// The smallest box around the garment.
    package let box: PixelBox

    /// How a picture becomes a mask.
    ///
    /// 1. The backdrop is modelled from the borders (`StudioBackground`).
    /// 2. It is flooded from the borders: over pixels that look like the model, and over soft shadows (a little darker,
    ///    hardly coloured, without an edge).
    /// 3. What was not reached is garment, except holes that match the backdrop exactly (a bag's handle, a necklace)
    ///    and specks.
    ///
    /// A white garment before a white wall stays whole, since its outline stops the flood though its inside would not.
    package init(_ image: LabImage) {
        width = image.width
        height = image.height
        let background = StudioBackground(image)
        if background.unexplainedFraction < 0.35, background.noise < 4,
            let pixels = BackdropFlood(image: image, background: background).garment()
        {
            var weights = [Float](repeating: 0, count: pixels.count)
            let count = atelier_weights(pixels, pixels.count, &weights)
            var inside = [Bool](repeating: false, count: pixels.count)
            let insideCount = atelier_eroded(pixels, image.width, image.height, &inside)
            self.weights = weights
            if insideCount * 4 >= count { _ = atelier_weights(inside, pixels.count, &weights) }
            interior = weights
            isStudio = true
            fraction = Float(count) / Float(pixels.count)
            box = PixelBox(around: pixels, width: image.width)
        } else {
            weights = Self.bell(width: image.width, height: image.height)
            interior = weights
            isStudio = false
            fraction = 1
            box = PixelBox(left: 0, top: 0, width: image.width, height: image.height)
        }
    }

    private init(
        width: Int, height: Int, weights: [Float], interior: [Float], isStudio: Bool, fraction: Float, box: PixelBox
    ) {
        self.width = width
        self.height = height
        self.weights = weights
        self.interior = interior
        self.isStudio = isStudio
        self.fraction = fraction
        self.box = box
    }

    /// The mask of the box alone; what is measured on it and on the picture cropped likewise is the same and cheaper.
    package func cropped() -> ForegroundMask {
        ForegroundMask(
            width: box.width, height: box.height, weights: box.cut(weights, width: width),
            interior: box.cut(interior, width: width), isStudio: isStudio, fraction: fraction,
            box: PixelBox(left: 0, top: 0, width: box.width, height: box.height))
    }

    /// exp-like bell, 1 in the centre and 0.08 in the corners, without `exp` so that it is the same everywhere.
    private static func bell(width: Int, height: Int) -> [Float] {
        var weights: [Float] = []
        weights.reserveCapacity(width * height)
        for y in 0..<height {
            let v = (2 * Float(y) + 1) / Float(height) - 1
            for x in 0..<width {
                let u = (2 * Float(x) + 1) / Float(width) - 1
                let fall = 1 - 0.36 * (u * u + v * v)
                weights.append(fall * fall)
            }
        }
        return weights
    }
}

/// A box of whole pixels, never empty.
package struct PixelBox: Sendable, Equatable {
    package var left: Int
    package var top: Int
    package var width: Int
    package var height: Int

    package init(left: Int, top: Int, width: Int, height: Int) {
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }

    /// The part of a plane that lies in the box.
    func cut(_ plane: [Float], width planeWidth: Int) -> [Float] {
        var part: [Float] = []
        part.reserveCapacity(width * height)
        for y in top..<top + height {
            part.append(contentsOf: plane[y * planeWidth + left..<y * planeWidth + left + width])
        }
        return part
    }

    /// The smallest box around the set pixels; the whole picture where none is set.
    init(around pixels: [Bool], width: Int) {
        let height = pixels.count / max(1, width)
        var (left, right, top, bottom) = (width, -1, height, -1)
        for y in 0..<height {
            let row = pixels[y * width..<(y + 1) * width]
            guard let first = row.firstIndex(of: true), let last = row.lastIndex(of: true) else { continue }
            left = min(left, first - y * width)
            right = max(right, last - y * width)
            top = min(top, y)
            bottom = y
        }
        guard right >= left else {
            self.init(left: 0, top: 0, width: width, height: height)
            return
        }
        self.init(left: left, top: top, width: right - left + 1, height: bottom - top + 1)
    }
}
