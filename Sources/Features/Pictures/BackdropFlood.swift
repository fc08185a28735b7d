internal import CKernels

/// Parts the garment from the backdrop by flooding the backdrop from the borders.
struct BackdropFlood {
    let image: LabImage
    let background: StudioBackground

    /// A pixel this near to the model is backdrop wherever the flood reaches it.
    private var alike: Float { min(5, max(1.6, 1 + 2.5 * background.noise)) }
    /// In a soft shadow, lightness changes by at most this from pixel to pixel.
    private let softStep: Float = 1.1
    /// A shadow is at most this much darker than the backdrop …
    private let shadowDepth: Float = 30
    /// … or, where the light is uneven, this much lighter.
    private let glowHeight: Float = 6
    /// A shadow has nearly the backdrop's colour.
    private let shadowColour: Float = 3.2

    /// Which pixels are garment; nil where nothing, or nearly everything, would be.
    func garment() -> [Bool]? {
        let count = image.pixelCount
        guard image.width >= 8, image.height >= 8 else { return nil }
        let steps = self.steps()
        let passable = self.passable(steps, alike: alike, step: softStep, allowsShadow: true)
        var garment = flooded(passable).map { !$0 }
        let contrast = typicalDistance(garment)
        if contrast < 8 {
            garment = faintGarment(steps) ?? garment
        } else {
            openHoles(of: &garment, passable: passable, below: min(6, contrast / 5))
        }
        dropSpecks(from: &garment)
        RimPeeling(image: image, background: background).peel(&garment)
        dropSpecks(from: &garment)
        let size = garment.count { $0 }
        guard size * 500 >= count, size * 20 <= count * 19 else { return nil }
        return garment
    }

    /// The pixels that are reached from the borders over passable ones.
    private func flooded(_ isPassable: [Bool]) -> [Bool] {
        let (width, height) = (image.width, image.height)
        let count = width * height
        // 0: untouched, 1: passable and waiting to be reached, 2: reached.
        var states = isPassable.map { $0 ? UInt8(1) : 0 }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { stack in
            states.withUnsafeMutableBufferPointer { states in
                var waiting = 0
                for pixel in 0..<count where states[pixel] == 1 {
                    let x = pixel % width
                    guard x == 0 || x == width - 1 || pixel < width || pixel >= count - width else { continue }
                    states[pixel] = 2
                    stack[waiting] = Int32(truncatingIfNeeded: pixel)
                    waiting += 1
                }
                while waiting > 0 {
                    waiting -= 1
                    let pixel = Int(stack[waiting])
                    let x = pixel % width
                    if x > 0, states[pixel - 1] == 1 {
                        states[pixel - 1] = 2
                        stack[waiting] = Int32(truncatingIfNeeded: pixel - 1)
                        waiting += 1
                    }
                    if x + 1 < width, states[pixel + 1] == 1 {
                        states[pixel + 1] = 2
                        stack[waiting] = Int32(truncatingIfNeeded: pixel + 1)
                        waiting += 1
                    }
                    if pixel >= width, states[pixel - width] == 1 {
                        states[pixel - width] = 2
                        stack[waiting] = Int32(truncatingIfNeeded: pixel - width)
                        waiting += 1
                    }
                    if pixel + width < count, states[pixel + width] == 1 {
                        states[pixel + width] = 2
                        stack[waiting] = Int32(truncatingIfNeeded: pixel + width)
                        waiting += 1
                    }
                }
            }
        }
        return states.map { $0 == 2 }
    }

    /// A second try for a garment that hardly differs from the backdrop (white before white): only what is nearly
    /// equal may be flooded, slight edges stop the flood, and so do gaps of two pixels in an outline. Nil where that
    /// takes in most of the picture, since the backdrop is then not as even as the try needs.
    private func faintGarment(_ steps: [Float]) -> [Bool]? {
        let passable = self.passable(steps, alike: alike * 0.75, step: 0.55, allowsShadow: false)
        let garment = Self.grown(flooded(Self.shrunk(passable, image)), image).map { !$0 }
        let count = garment.count { $0 }
        return count * 10 < garment.count * 6 ? garment : nil
    }

    /// Squared change of lightness from pixel to pixel.
    private func steps() -> [Float] {
        let count = image.pixelCount
        var across = [Float](repeating: 0, count: count)
        var down = across
        atelier_gradients(image.lightness, image.width, image.height, &across, &down)
        for i in 0..<count { across[i] = across[i] * across[i] + down[i] * down[i] }
        return across
    }

    /// Where the flood may go: what looks like the backdrop, and what looks like a soft shadow on it.
    private func passable(_ steps: [Float], alike: Float, step: Float, allowsShadow: Bool) -> [Bool] {
        var passable = [Bool](repeating: false, count: steps.count)
        for i in 0..<steps.count where steps[i] < step * step {
            let distance = background.distance[i]
            if distance < alike {
                passable[i] = true
            } else if allowsShadow {
                let lightening = background.lightening[i]
                let colour = distance * distance - lightening * lightening
                passable[i] =
                    lightening > -shadowDepth && lightening < glowHeight && colour < shadowColour * shadowColour
            }
        }
        return passable
    }

    /// The mean distance of a garment's pixels from the backdrop, each cut at 40.
    private func typicalDistance(_ garment: [Bool]) -> Float {
        var (sum, count): (Float, Float) = (0, 0)
        for (pixel, isGarment) in garment.enumerated() where isGarment {
            sum += min(background.distance[pixel], 40)
            count += 1
        }
        return count > 0 ? sum / count : 0
    }

    /// Set pixels all of whose eight neighbours are set.
    private static func shrunk(_ pixels: [Bool], _ image: LabImage) -> [Bool] {
        grown(pixels.map { !$0 }, image).map { !$0 }
    }

    /// Set pixels and their eight neighbours.
    private static func grown(_ pixels: [Bool], _ image: LabImage) -> [Bool] {
        let (width, height) = (image.width, image.height)
        var wide = pixels
        for y in 0..<height {
            for i in y * width..<(y + 1) * width where pixels[i] {
                if i > y * width { wide[i - 1] = true }
                if i + 1 < (y + 1) * width { wide[i + 1] = true }
            }
        }
        var grown = wide
        for i in wide.indices where wide[i] {
            if i >= width { grown[i - width] = true }
            if i + width < grown.count { grown[i + width] = true }
        }
        return grown
    }

    /// Gives back to the backdrop what shows through a garment that is clearly unlike it.
    private func openHoles(of garment: inout [Bool], passable: [Bool], below limit: Float) {
        let labels = RegionLabels(of: zip(garment, passable).map { $0 && $1 }, width: image.width)
        guard labels.count > 0 else { return }
        var sums = [Float](repeating: 0, count: labels.count)
        for (pixel, label) in labels.labels.enumerated() where label >= 0 {
            sums[Int(label)] += background.distance[pixel]
        }
        for (pixel, label) in labels.labels.enumerated() where label >= 0 {
            let size = labels.sizes[Int(label)]
            let mean = sums[Int(label)] / Float(size)
            // What is small must match exactly, so that the white dots of a dark dress stay.
            if mean < (size * 300 >= garment.count ? limit : 1.3), size >= 6 { garment[pixel] = false }
        }
    }

    /// Keeps the largest piece and every other of at least a twentieth of it (the second earring, the other shoe).
    private func dropSpecks(from garment: inout [Bool]) {
        let labels = RegionLabels(of: garment, width: image.width)
        guard labels.count > 1, let largest = labels.sizes.max() else { return }
        for (pixel, label) in labels.labels.enumerated() where label >= 0 && labels.sizes[Int(label)] * 20 < largest {
            garment[pixel] = false
        }
    }
}
