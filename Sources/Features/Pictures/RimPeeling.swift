internal import CKernels

/// Takes the garment's shadow and its blurred outline off the rim of a first, generous mask.
///
/// Near the rim a pixel mixes backdrop B and garment F: P = B + alpha (F - B). F is the garment's colour close by, a mean
/// over the mask that trusts pixels the more the further they are from the backdrop; where F and B are clearly apart,
/// alpha follows from the lightness and colour of the pixel, and what is less than half garment is peeled off from
/// outside, a few pixels deep. A cast shadow has the backdrop's colour and so a low alpha before all but grey garments.
struct RimPeeling {
    let image: LabImage
    let background: StudioBackground

    private let depth = 5
    private let radius = 6
    private let leastShare: Float = 0.5
    /// Below this distance between garment and backdrop the mixture cannot be told.
    private let leastDistance: Float = 9

    func peel(_ garment: inout [Bool]) {
        let count = image.pixelCount
        var trust = [Float](repeating: 0, count: count)
        atelier_masked_squares(background.distance, garment, count, &trust)
        let typical = [Float](unsafeUninitializedCapacity: count) { typical, filled in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * count) { scratch in
                // Distances stand in for colours: alpha = |P - B| / |F - B|, as P lies between the two.
                atelier_weighted_blur(
                    background.distance, trust, image.width, image.height, radius, scratch.baseAddress,
                    typical.baseAddress)
            }
            filled = count
        }
        var isThin = [Bool](repeating: false, count: count)
        atelier_below_share(background.distance, typical, garment, count, leastShare, leastDistance, &isThin)
        let width = image.width
        var rim: [Int32] = []
        for i in 0..<count where isThin[i] && touchesBackdrop(i, garment) { rim.append(Int32(truncatingIfNeeded: i)) }
        for _ in 0..<depth where !rim.isEmpty {
            for pixel in rim { garment[Int(pixel)] = false }
            var next: [Int32] = []
            for pixel in rim {
                let i = Int(pixel)
                let x = i % width
                for (neighbour, exists) in [
                    (i - 1, x > 0), (i + 1, x + 1 < width), (i - width, i >= width), (i + width, i + width < count),
                ] where exists && garment[neighbour] && isThin[neighbour] {
                    isThin[neighbour] = false
                    next.append(Int32(truncatingIfNeeded: neighbour))
                }
            }
            rim = next
        }
    }

    private func touchesBackdrop(_ i: Int, _ garment: [Bool]) -> Bool {
        let (width, count) = (image.width, garment.count)
        let x = i % width
        return (x > 0 && !garment[i - 1]) || (x + 1 < width && !garment[i + 1]) || (i >= width && !garment[i - width])
            || (i + width < count && !garment[i + width])
    }
}
