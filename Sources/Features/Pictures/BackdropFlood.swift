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
        var garment = dry(passable)
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

    /// The pixels that are not reached from the borders over passable ones.
    private func dry(_ passable: [Bool]) -> [Bool] {
        let (width, height) = (image.width, image.height)
        let regions = PixelRegions(of: passable, width: width, corners: false)
        var isReached = [Bool](repeating: false, count: regions.count)
        for run in regions.runs {
            let (y, x) = Int(run.start).quotientAndRemainder(dividingBy: width)
            if y == 0 || y == height - 1 || x == 0 || x + run.count == width { isReached[Int(run.region)] = true }
        }
        var dry = [Bool](repeating: true, count: image.pixelCount)
        dry.withUnsafeMutableBufferPointer { dry in
            for run in regions.runs where isReached[Int(run.region)] { dry.set(run, to: false) }
        }
        return dry
    }

    /// A second try for a garment that hardly differs from the backdrop (white before white): only what is nearly
    /// equal may be flooded, slight edges stop the flood, and so do gaps of two pixels in an outline. Nil where that
    /// takes in most of the picture, since the backdrop is then not as even as the try needs.
    private func faintGarment(_ steps: [Float]) -> [Bool]? {
        let passable = self.passable(steps, alike: alike * 0.75, step: 0.55, allowsShadow: false)
        let garment = Self.shrunk(dry(Self.shrunk(passable, image)), image)
        let count = garment.count { $0 }
        return count * 10 < garment.count * 6 ? garment : nil
    }

    /// Squared change of lightness from pixel to pixel.
    private func steps() -> [Float] {
        let count = image.pixelCount
        return [Float](unsafeUninitializedCapacity: count) { steps, filled in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { down in
                atelier_gradients(image.lightness, image.width, image.height, steps.baseAddress, down.baseAddress)
                for i in 0..<count { steps[i] = steps[i] * steps[i] + down[i] * down[i] }
            }
            filled = count
        }
    }

    /// Where the flood may go: what looks like the backdrop, and what looks like a soft shadow on it.
    private func passable(_ steps: [Float], alike: Float, step: Float, allowsShadow: Bool) -> [Bool] {
        [Bool](unsafeUninitializedCapacity: steps.count) { passable, filled in
            atelier_passable(
                steps, background.distance, background.lightening, steps.count, alike, step * step, allowsShadow,
                shadowDepth, glowHeight, shadowColour * shadowColour, passable.baseAddress)
            filled = steps.count
        }
    }

    /// The mean distance of a garment's pixels from the backdrop, each cut at 40.
    private func typicalDistance(_ garment: [Bool]) -> Float {
        let count = garment.count { $0 }
        let sum = atelier_masked_sum(background.distance, garment, garment.count, 40)
        return count > 0 ? sum / Float(count) : 0
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
        let candidates = [Bool](unsafeUninitializedCapacity: garment.count) { candidates, filled in
            for i in garment.indices { candidates[i] = garment[i] && passable[i] }
            filled = garment.count
        }
        let regions = PixelRegions(of: candidates, width: image.width)
        guard regions.count > 0 else { return }
        let sizes = regions.sizes
        var sums = [Float](repeating: 0, count: regions.count)
        background.distance.withUnsafeBufferPointer { distance in
            for run in regions.runs {
                sums[Int(run.region)] = distance[run.pixels].reduce(sums[Int(run.region)], +)
            }
        }
        let count = garment.count
        garment.withUnsafeMutableBufferPointer { garment in
            for run in regions.runs {
                let size = sizes[Int(run.region)]
                let mean = sums[Int(run.region)] / Float(size)
                // What is small must match exactly, so that the white dots of a dark dress stay.
                if mean < (size * 300 >= count ? limit : 1.3), size >= 6 { garment.set(run, to: false) }
            }
        }
    }

    /// Keeps the largest piece and every other of at least a twentieth of it (the second earring, the other shoe).
    private func dropSpecks(from garment: inout [Bool]) {
        let regions = PixelRegions(of: garment, width: image.width)
        let sizes = regions.sizes
        guard sizes.count > 1, let largest = sizes.max() else { return }
        garment.withUnsafeMutableBufferPointer { garment in
            for run in regions.runs where sizes[Int(run.region)] * 20 < largest { garment.set(run, to: false) }
        }
    }
}
