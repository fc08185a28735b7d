internal import CKernels
private import Foundation

/// What the cloth looks like inside the silhouette: directions of edges, local patterns, energy at several scales.
///
/// Only the garment's interior counts, so that neither its outline nor the backdrop enters.
///
/// | floats | what |
/// |---|---|
/// | 0..<96 | gradient orientations (Dalal and Triggs, 2005): 4 x 3 cells of 8 bins, square roots, norm 1 together |
/// | 96..<106, 106..<116 | shares of the ten local binary patterns (Ojala et al., 2002) at radius 1 and 2, square roots |
/// | 116..<120 | standard deviation of lightness in four octaves, as log(1 + value) / 3 |
/// | 120..<124 | the same of a and b together |
/// | 124..<128 | share of the gradient energy that is horizontal, vertical, and along either diagonal |
package struct TextureDescriptor: Sendable {
    package static let dimension = 128

    /// Shares of the orientations of all gradients, eight bins from horizontal gradients (vertical lines) on.
    package let orientations: [Float]
    /// Standard deviation of lightness in octaves from fine to coarse.
    package let lightnessEnergy: [Float]
    /// The same of a and b together.
    package let colourEnergy: [Float]
    package let row: [Float]

    private static let cellRows = 4
    private static let cellColumns = 3
    private static let bins = 8

    package init(_ image: LabImage, mask: ForegroundMask) {
        let count = image.pixelCount
        let box = mask.box
        var across = [Float](repeating: 0, count: count)
        var down = across
        atelier_gradients(image.lightness, image.width, image.height, &across, &down)
        var histogram = [Float](repeating: 0, count: Self.cellRows * Self.cellColumns * Self.bins)
        atelier_orientation_histograms(
            across, down, mask.interior, image.width, box.left, box.top, box.width, box.height, Self.cellRows,
            Self.cellColumns, Self.bins, &histogram)
        let mass = histogram.reduce(0, +)
        var orientations = [Float](repeating: 0, count: Self.bins)
        for (k, value) in histogram.enumerated() { orientations[k % Self.bins] += value }
        self.orientations = orientations.map { mass > 0 ? $0 / mass : 0 }
        var row = histogram.map { mass > 0 ? ($0 / mass).squareRoot() : 0 }

        var scratch = [Float](repeating: 0, count: 4 * count)
        let blur = { (plane: [Float], radius: Int) -> [Float] in
            var blurred = [Float](repeating: 0, count: count)
            atelier_weighted_blur(
                plane, mask.interior, image.width, image.height, radius, &scratch, &blurred)
            return blurred
        }
        let soft = blur(image.lightness, 1)
        for (plane, radius) in [(image.lightness, 1), (soft, 2)] {
            var patterns = [Float](repeating: 0, count: 10)
            atelier_local_patterns(plane, mask.interior, image.width, image.height, radius, 0.8, &patterns)
            let total = patterns.reduce(0, +)
            // A garment too thin for any pattern counts as flat.
            if total == 0 { patterns[0] = 1 }
            row += patterns.map { ($0 / (total > 0 ? total : 1)).squareRoot() }
        }

        var (lightnessEnergy, colourEnergy) = ([Float](), [Float]())
        var (l, a, b) = (image.lightness, image.a, image.b)
        let total = mask.interior.reduce(0, +)
        for radius in [1, 2, 4, 8] {
            let next = radius == 1 ? soft : blur(image.lightness, radius)
            let (nextA, nextB) = (blur(image.a, radius), blur(image.b, radius))
            var (energy, chroma): (Float, Float) = (0, 0)
            for i in 0..<count {
                let weight = mask.interior[i]
                guard weight > 0 else { continue }
                let (dl, da, db) = (l[i] - next[i], a[i] - nextA[i], b[i] - nextB[i])
                energy += weight * dl * dl
                chroma += weight * (da * da + db * db)
            }
            lightnessEnergy.append((energy / max(total, 1e-6)).squareRoot())
            colourEnergy.append((chroma / max(total, 1e-6)).squareRoot())
            (l, a, b) = (next, nextA, nextB)
        }
        self.lightnessEnergy = lightnessEnergy
        self.colourEnergy = colourEnergy
        row += (lightnessEnergy + colourEnergy).map { log1p($0) / 3 }
        let shares = self.orientations
        row += [0, 4, 2, 6].map { centre in
            let (before, after) = ((centre + 7) % 8, (centre + 1) % 8)
            return shares[centre] + (shares[before] + shares[after]) / 2
        }
        self.row = row
    }
}
