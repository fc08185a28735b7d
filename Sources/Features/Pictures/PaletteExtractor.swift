internal import CKernels
package import Compatibility

/// The few colours that a garment consists of, and how it spreads around them.
package struct PaletteExtractor: Sendable {
    /// Up to five colours, heaviest first, at least 10 units apart, each at least 2.5 % of the garment.
    package let palette: [WeightedColour]
    package let mean: LabColour
    /// Standard deviations of L, a and b.
    package let spread: LabColour

    private static let leastDistance: Float = 10
    private static let leastWeight: Float = 0.025

    /// K-means over the filled cells of a coarse grid in CIELAB, which costs the same for any picture size. Seeds are
    /// the heaviest cell and then, again and again, the cell with most weight times squared distance from all seeds.
    package init(_ image: LabImage, weights: [Float]) {
        var sums = [Float](repeating: 0, count: 4 * 4_096)
        atelier_colour_cells(image.lightness, image.a, image.b, weights, image.pixelCount, &sums)
        var cells: [WeightedColour] = []
        for cell in 0..<4_096 where sums[4 * cell] > 0 {
            let weight = sums[4 * cell]
            let colour = LabColour(
                lightness: sums[4 * cell + 1] / weight, a: sums[4 * cell + 2] / weight, b: sums[4 * cell + 3] / weight)
            cells.append(WeightedColour(colour: colour, weight: weight))
        }
        let total = cells.reduce(0) { $0 + $1.weight }
        for k in cells.indices { cells[k].weight /= total }
        palette = Self.ordered(Self.merged(Self.clusters(of: cells)))
        (mean, spread) = Self.moments(of: cells)
    }

    private static func clusters(of cells: [WeightedColour]) -> [WeightedColour] {
        var centres = seeds(of: cells)
        var clusters: [WeightedColour] = []
        for _ in 0..<8 {
            var sums = [WeightedColour](
                repeating: WeightedColour(colour: LabColour(lightness: 0, a: 0, b: 0), weight: 0), count: centres.count)
            for cell in cells {
                var nearest = 0
                for k in centres.indices.dropFirst()
                where squared(cell.colour, centres[k]) < squared(cell.colour, centres[nearest]) { nearest = k }
                sums[nearest].weight += cell.weight
                sums[nearest].colour.lightness += cell.weight * cell.colour.lightness
                sums[nearest].colour.a += cell.weight * cell.colour.a
                sums[nearest].colour.b += cell.weight * cell.colour.b
            }
            clusters = sums.filter { $0.weight > 0 }.map { sum in
                WeightedColour(
                    colour: LabColour(
                        lightness: sum.colour.lightness / sum.weight, a: sum.colour.a / sum.weight,
                        b: sum.colour.b / sum.weight), weight: sum.weight)
            }
            let next = clusters.map(\.colour)
            if next == centres { break }
            centres = next
        }
        return clusters
    }

    private static func seeds(of cells: [WeightedColour]) -> [LabColour] {
        guard var next = cells.indices.max(by: { cells[$0].weight < cells[$1].weight }) else { return [] }
        var seeds: [LabColour] = []
        var distances = [Float](repeating: .infinity, count: cells.count)
        while true {
            let seed = cells[next].colour
            seeds.append(seed)
            var best: Float = 0
            for (k, cell) in cells.enumerated() {
                distances[k] = min(distances[k], squared(cell.colour, seed))
                if cell.weight * distances[k] > best {
                    best = cell.weight * distances[k]
                    next = k
                }
            }
            // What is left lies within a few units of a seed, or weighs next to nothing.
            if seeds.count == PaletteRow.colourCount || best < 0.5 { return seeds }
        }
    }

    /// Joins the nearest two clusters until all are visibly apart, and leaves out those that are next to nothing.
    private static func merged(_ clusters: [WeightedColour]) -> [WeightedColour] {
        var clusters = clusters
        while clusters.count > 1 {
            var best = (distance: Float.infinity, p: 0, q: 0)
            for p in clusters.indices {
                for q in clusters.indices where q > p {
                    let distance = squared(clusters[p].colour, clusters[q].colour)
                    if distance < best.distance { best = (distance, p, q) }
                }
            }
            guard best.distance < leastDistance * leastDistance else { break }
            let (p, q) = (clusters[best.p], clusters[best.q])
            let weight = p.weight + q.weight
            func mix(_ x: Float, _ y: Float) -> Float { (p.weight * x + q.weight * y) / weight }
            clusters[best.p] = WeightedColour(
                colour: LabColour(
                    lightness: mix(p.colour.lightness, q.colour.lightness), a: mix(p.colour.a, q.colour.a),
                    b: mix(p.colour.b, q.colour.b)), weight: weight)
            clusters.remove(at: best.q)
        }
        let kept = clusters.filter { $0.weight >= leastWeight }
        return kept.isEmpty ? clusters : kept
    }

    private static func ordered(_ clusters: [WeightedColour]) -> [WeightedColour] {
        let total = clusters.reduce(0) { $0 + $1.weight }
        return clusters.map { WeightedColour(colour: $0.colour, weight: $0.weight / total) }.sorted {
            ($0.weight, $0.colour.lightness, $0.colour.a) > ($1.weight, $1.colour.lightness, $1.colour.a)
        }
    }

    private static func moments(of cells: [WeightedColour]) -> (mean: LabColour, spread: LabColour) {
        var mean = LabColour(lightness: 0, a: 0, b: 0)
        for cell in cells {
            mean.lightness += cell.weight * cell.colour.lightness
            mean.a += cell.weight * cell.colour.a
            mean.b += cell.weight * cell.colour.b
        }
        var spread = LabColour(lightness: 0, a: 0, b: 0)
        for cell in cells {
            let (dl, da, db) = (
                cell.colour.lightness - mean.lightness, cell.colour.a - mean.a, cell.colour.b - mean.b
            )
            spread.lightness += cell.weight * dl * dl
            spread.a += cell.weight * da * da
            spread.b += cell.weight * db * db
        }
        return (
            mean,
            LabColour(
                lightness: spread.lightness.squareRoot(), a: spread.a.squareRoot(), b: spread.b.squareRoot())
        )
    }

    private static func squared(_ p: LabColour, _ q: LabColour) -> Float {
        let (dl, da, db) = (p.lightness - q.lightness, p.a - q.a, p.b - q.b)
        return dl * dl + da * da + db * db
    }
}

/// Where the garment's colours lie in CIELAB: a soft histogram that knows no clusters and so never jumps.
package enum ColourHistogram {
    private static let lightnessCentres: [Float] = [12, 35, 57, 77, 94]
    /// Closer together near the greys, where most garments are.
    private static let chromaCentres: [Float] = [-45, -15, 0, 15, 45]
    package static let dimension = 125

    /// Square roots of the shares, so that the inner product of two rows is their Bhattacharyya coefficient and every
    /// row has norm 1.
    package static func row(of image: LabImage, weights: [Float]) -> [Float] {
        var histogram = [Float](repeating: 0, count: dimension)
        atelier_colour_histogram(
            image.lightness, image.a, image.b, weights, image.pixelCount, lightnessCentres, lightnessCentres.count,
            chromaCentres, chromaCentres.count, &histogram)
        let total = histogram.reduce(0, +)
        guard total > 0 else { return histogram }
        return histogram.map { ($0 / total).squareRoot() }
    }
}
