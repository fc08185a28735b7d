internal import CKernels

/// The empty studio around a garment, as far as the picture's borders show it.
///
/// Backdrops are coloured paper, lit unevenly and different from season to season. Their colour says nothing about the
/// light on the garment (on a real catalogue, white garments before backdrops 5 units of b apart measure the same), so
/// the backdrop is cut out, and the garment's colours are left as they are: dividing by the backdrop would write the
/// season into the colours.
///
/// The model is a Coons patch between the four border profiles, each smoothed by a running median that forgets what
/// touches the border in up to a quarter of its length.
struct StudioBackground {
    /// Distance of each pixel from the backdrop: sqrt(dL² + 2 (da² + db²)).
    let distance: [Float]
    /// Lightness of each pixel less the backdrop's.
    let lightening: [Float]
    /// The typical distance of border pixels from the model: sensor and compression noise, about 0.5 in a studio.
    let noise: Float
    /// The share of border pixels that lie far from the model: high where the picture was not taken in a studio.
    let unexplainedFraction: Float

    init(_ image: LabImage) {
        let (width, height) = (image.width, image.height)
        let depth = max(1, min(width, height) / 40)
        var columns: [Float] = []
        var rows: [Float] = []
        let planes = [image.lightness, image.a, image.b]
        for side in 0..<2 {
            for plane in planes {
                var profile = [Float](repeating: 0, count: height)
                for y in 0..<height {
                    for x in 0..<depth { profile[y] += plane[y * width + (side == 0 ? x : width - 1 - x)] }
                    profile[y] /= Float(depth)
                }
                columns += Self.smoothed(profile)
            }
        }
        for side in 0..<2 {
            for plane in planes {
                var profile = [Float](repeating: 0, count: width)
                for y in 0..<depth {
                    let start = (side == 0 ? y : height - 1 - y) * width
                    for x in 0..<width { profile[x] += plane[start + x] }
                }
                for x in 0..<width { profile[x] /= Float(depth) }
                rows += Self.smoothed(profile)
            }
        }
        var distance = [Float](repeating: 0, count: width * height)
        var lightening = distance
        image.lightness.withUnsafeBufferPointer { lightness in
            image.a.withUnsafeBufferPointer { a in
                image.b.withUnsafeBufferPointer { b in
                    atelier_background_distance(
                        lightness.baseAddress, a.baseAddress, b.baseAddress, width, height, columns, rows, &distance,
                        &lightening)
                }
            }
        }
        var border: [Float] = []
        border.reserveCapacity(2 * (width + height))
        for x in 0..<width {
            border.append(distance[x])
            border.append(distance[(height - 1) * width + x])
        }
        for y in 0..<height {
            border.append(distance[y * width])
            border.append(distance[y * width + width - 1])
        }
        noise = atelier_ranked(&border, border.count, border.count / 2)
        unexplainedFraction = Float(border.count { $0 > 8 }) / Float(border.count)
        self.distance = distance
        self.lightening = lightening
    }

    private static func smoothed(_ profile: [Float]) -> [Float] {
        [Float](unsafeUninitializedCapacity: profile.count) { smoothed, filled in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: profile.count) { scratch in
                atelier_smoothed_profile(profile, profile.count, scratch.baseAddress, smoothed.baseAddress)
            }
            filled = profile.count
        }
    }
}
