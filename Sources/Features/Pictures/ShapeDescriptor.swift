private import Foundation

/// The silhouette of a garment, whatever its size, its place in the picture and the side that it faces.
///
/// | floats | what |
/// |---|---|
/// | 0 | logarithm of height / width of the box, / 2 |
/// | 1 | share of the box that is garment |
/// | 2 | share of the pixels whose mirror image is garment too |
/// | 3 | share of the outline's inside that is hole |
/// | 4 | logarithm of the number of pieces, / 2 |
/// | 5..<12 | Hu's seven moments (1962), as sign · log(1 + 10^4 · abs) / 10 |
/// | 12..<28 | span from the leftmost to the rightmost pixel in 16 bands from top to bottom, as a share of the width |
/// | 28..<44 | garment pixels in the same bands, as a share of the width |
/// | 44..<76 | share that is garment in a grid of 8 x 4 cells: left and right halves laid over each other |
package struct ShapeDescriptor: Sendable {
    package static let dimension = 76
    package static let bandCount = 16

    /// Height / width of the box.
    package let aspect: Float
    /// Share of the box that is garment.
    package let fill: Float
    package let symmetry: Float
    /// Span of each band from top to bottom, 0…1 of the box's width.
    package let spans: [Float]
    /// Garment pixels of each band, 0…1 of the box's width.
    package let widths: [Float]
    package let row: [Float]

    package init(_ mask: ForegroundMask) {
        let box = mask.box
        let (width, height) = (box.width, box.height)
        var rowCounts = [Float](repeating: 0, count: height)
        var rowSpans = rowCounts
        var grid = [Float](repeating: 0, count: 32)
        var (total, mirrored, spanned): (Float, Float, Float) = (0, 0, 0)
        let columns = (0..<width).map { x in min(x * 8 / width, 7 - x * 8 / width) }
        for y in 0..<height {
            let start = (box.top + y) * mask.width + box.left
            var (first, last) = (-1, -1)
            var count: Float = 0
            let gridRow = y * 8 / height * 4
            mask.weights.withUnsafeBufferPointer { weights in
                for x in 0..<width {
                    let weight = weights[start + x]
                    guard weight > 0 else { continue }
                    if first < 0 { first = x }
                    last = x
                    count += weight
                    mirrored += min(weight, weights[start + width - 1 - x])
                    grid[gridRow + columns[x]] += weight
                }
            }
            rowCounts[y] = count
            if first >= 0 { rowSpans[y] = Float(last - first + 1) }
            total += count
            spanned += rowSpans[y]
        }
        total = max(total, .leastNormalMagnitude)
        aspect = Float(height) / Float(width)
        fill = total / Float(width * height)
        symmetry = mirrored / total
        spans = Self.bands(rowSpans).map { $0 / Float(width) }
        widths = Self.bands(rowCounts).map { $0 / Float(width) }

        let pieces =
            mask.isStudio
            ? PixelRegions(of: mask.weights.map { $0 > 0 }, width: mask.width).count : 1
        var row: [Float] = [
            log(aspect) / 2, fill, symmetry, max(0, 1 - total / max(spanned, 1)), log(Float(max(1, pieces))) / 2,
        ]
        row += Self.huMoments(mask, total: total)
        row += spans + widths
        let cellSize = Float(width * height) / 32
        row += grid.map { min(1, $0 / cellSize) }
        self.row = row
    }

    /// Means over 16 bands of a profile of any length.
    private static func bands(_ profile: [Float]) -> [Float] {
        (0..<bandCount).map { band in
            let start = band * profile.count / bandCount
            let end = max(start + 1, (band + 1) * profile.count / bandCount)
            return profile[start..<end].reduce(0, +) / Float(end - start)
        }
    }

    private static func huMoments(_ mask: ForegroundMask, total: Float) -> [Float] {
        var (sumX, sumY) = (0.0, 0.0)
        forEachPixel(mask) { x, y, weight in
            sumX += weight * x
            sumY += weight * y
        }
        let mass = Double(total)
        let (centreX, centreY) = (sumX / mass, sumY / mass)
        // Central moments, by order in x and y.
        var (m20, m11, m02, m30, m21, m12, m03) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        forEachPixel(mask) { x, y, weight in
            let (dx, dy) = (x - centreX, y - centreY)
            let (wx, wy) = (weight * dx * dx, weight * dy * dy)
            m20 += wx
            m11 += weight * dx * dy
            m02 += wy
            m30 += wx * dx
            m21 += wx * dy
            m12 += wy * dx
            m03 += wy * dy
        }
        let second = mass * mass
        let third = second * mass.squareRoot()
        let (n20, n11, n02) = (m20 / second, m11 / second, m02 / second)
        let (n30, n21, n12, n03) = (m30 / third, m21 / third, m12 / third, m03 / third)
        let (p, q) = (n30 + n12, n21 + n03)
        let (r, s) = (n30 - 3 * n12, 3 * n21 - n03)
        let hu = [
            n20 + n02,
            (n20 - n02) * (n20 - n02) + 4 * n11 * n11,
            r * r + s * s,
            p * p + q * q,
            r * p * (p * p - 3 * q * q) + s * q * (3 * p * p - q * q),
            (n20 - n02) * (p * p - q * q) + 4 * n11 * p * q,
            s * p * (p * p - 3 * q * q) - r * q * (3 * p * p - q * q),
        ]
        // A mirror image differs in the sign of the seventh alone, so that its size is taken.
        return hu.enumerated().map { k, value in
            let size = Float(Foundation.log1p(abs(value) * 1e4) / 10)
            return value < 0 && k < 6 ? -size : size
        }
    }

    private static func forEachPixel(_ mask: ForegroundMask, _ body: (Double, Double, Double) -> Void) {
        let box = mask.box
        for y in 0..<box.height {
            let start = (box.top + y) * mask.width + box.left
            mask.weights.withUnsafeBufferPointer { weights in
                for x in 0..<box.width where weights[start + x] > 0 {
                    body(Double(x), Double(y), Double(weights[start + x]))
                }
            }
        }
    }
}
