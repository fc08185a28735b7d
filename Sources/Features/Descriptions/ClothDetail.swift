internal import CKernels

/// The cloth without its light and folds, as one signed number a pixel.
package struct ClothDetail {
    package enum Lines {
        case rows
        case columns
    }

    /// Standard deviation in units of CIELAB.
    let contrast: Float
    /// Pixels that are wholly garment.
    let pixelCount: Int
    /// Share of the variance that lies in the means of short rows, and of short columns.
    let rowShare: Float
    let columnShare: Float
    /// Shares of the gradient directions, eight bins from horizontal gradients on.
    package let orientations: [Float]
    /// Whether one side consists of many small compact islands.
    let hasDots: Bool

    /// The detail within the box.
    private let values: [Float]
    private let isInside: [Bool]
    private let width: Int
    private let height: Int

    package init(_ image: LabImage, mask: ForegroundMask) {
        let count = image.pixelCount
        let box = mask.box
        let radius = max(5, min(box.width, box.height) / 5)
        var scratch = [Float](repeating: 0, count: 4 * count)
        var planes: [[Float]] = []
        for plane in [image.lightness, image.a, image.b] {
            var slow = [Float](repeating: 0, count: count)
            atelier_weighted_blur(plane, mask.interior, image.width, image.height, radius, &scratch, &slow)
            for i in 0..<count { slow[i] = mask.interior[i] > 0 ? plane[i] - slow[i] : 0 }
            planes.append(slow)
        }
        let axis = Self.mainDirection(planes, weights: mask.interior)
        var detail = [Float](repeating: 0, count: count)
        var (sum, total): (Float, Float) = (0, 0)
        for i in 0..<count where mask.interior[i] > 0 {
            let value = axis[0] * planes[0][i] + axis[1] * planes[1][i] + axis[2] * planes[2][i]
            detail[i] = value
            sum += mask.interior[i] * value * value
            total += mask.interior[i]
        }
        contrast = (sum / max(total, 1e-6)).squareRoot()

        (width, height) = (box.width, box.height)
        var inside = [Bool](repeating: false, count: width * height)
        var local = [Float](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                let pixel = (box.top + y) * image.width + box.left + x
                inside[y * width + x] = mask.interior[pixel] > 0
                local[y * width + x] = detail[pixel]
            }
        }
        isInside = inside
        pixelCount = inside.count { $0 }
        let dead = 0.4 * contrast
        let sides: [Int8] = local.map { $0 > dead ? 1 : $0 < -dead ? -1 : 0 }
        values = local
        rowShare = Self.lineShare(local, inside, lines: .rows, width: width, height: height)
        columnShare = Self.lineShare(local, inside, lines: .columns, width: width, height: height)

        var across = [Float](repeating: 0, count: count)
        var downward = across
        atelier_gradients(detail, image.width, image.height, &across, &downward)
        var histogram = [Float](repeating: 0, count: 8)
        atelier_orientation_histograms(
            across, downward, mask.interior, image.width, box.left, box.top, box.width, box.height, 1, 1, 8, &histogram)
        let mass = histogram.reduce(0, +)
        orientations = histogram.map { mass > 0 ? $0 / mass : 0 }
        hasDots = Self.hasIslands(sides, inside, width: width, height: height)
    }

    /// Changes between lighter and darker than the line's own mean, with a dead band against noise: the median over the
    /// lines that cross at least a third of the garment.
    func alternations(along lines: Lines) -> Float {
        let (lineCount, length) = lines == .rows ? (height, width) : (width, height)
        let step = lines == .rows ? 1 : width
        let dead = 0.4 * contrast
        var counts: [Float] = []
        for line in 0..<lineCount {
            let start = lines == .rows ? line * width : line
            var (sum, seen): (Float, Int) = (0, 0)
            for place in stride(from: start, to: start + length * step, by: step) where isInside[place] {
                sum += values[place]
                seen += 1
            }
            guard seen * 3 >= length, seen > 4 else { continue }
            let mean = sum / Float(seen)
            var (last, changes) = (0, 0)
            for place in stride(from: start, to: start + length * step, by: step) where isInside[place] {
                let difference = values[place] - mean
                let side = difference > dead ? 1 : difference < -dead ? -1 : 0
                guard side != 0 else { continue }
                if last != 0, side != last { changes += 1 }
                last = side
            }
            counts.append(Float(changes))
        }
        guard !counts.isEmpty else { return 0 }
        counts.sort()
        return counts[counts.count / 2]
    }

    /// The direction in CIELAB in which the detail varies most, by power iteration from lightness.
    private static func mainDirection(_ planes: [[Float]], weights: [Float]) -> [Float] {
        var products = [Float](repeating: 0, count: 9)
        for i in weights.indices where weights[i] > 0 {
            let (l, a, b) = (planes[0][i], planes[1][i], planes[2][i])
            products[0] += weights[i] * l * l
            products[1] += weights[i] * l * a
            products[2] += weights[i] * l * b
            products[4] += weights[i] * a * a
            products[5] += weights[i] * a * b
            products[8] += weights[i] * b * b
        }
        (products[3], products[6], products[7]) = (products[1], products[2], products[5])
        var axis: [Float] = [0.9, 0.3, 0.316]
        for _ in 0..<24 {
            var next: [Float] = [0, 0, 0]
            for row in 0..<3 { for column in 0..<3 { next[row] += products[3 * row + column] * axis[column] } }
            let norm = (next[0] * next[0] + next[1] * next[1] + next[2] * next[2]).squareRoot()
            guard norm > 0 else { break }
            axis = next.map { $0 / norm }
        }
        return axis
    }

    /// Variance of the means of line pieces (a third of the box long, so that a garment's curves do no harm), less what
    /// chance gives, as a share of all variance.
    private static func lineShare(
        _ values: [Float], _ inside: [Bool], lines: Lines, width: Int, height: Int
    ) -> Float {
        let (lineCount, length) = lines == .rows ? (height, width) : (width, height)
        let piece = max(4, length / 3)
        var (explained, total, count): (Float, Float, Float) = (0, 0, 0)
        for line in 0..<lineCount {
            for start in stride(from: 0, to: length, by: piece) {
                var (sum, squares, seen): (Float, Float, Float) = (0, 0, 0)
                for k in start..<min(length, start + piece) {
                    let place = lines == .rows ? line * width + k : k * width + line
                    guard inside[place] else { continue }
                    sum += values[place]
                    squares += values[place] * values[place]
                    seen += 1
                }
                guard seen >= 3 else { continue }
                explained += sum * sum / seen
                total += squares
                count += 1
            }
        }
        guard total > 0 else { return 0 }
        return explained / total
    }

    /// Whether the smaller side is made of at least eight islands that are small, compact and of like size.
    private static func hasIslands(_ sides: [Int8], _ inside: [Bool], width: Int, height: Int) -> Bool {
        let insideCount = inside.count { $0 }
        for side in [Int8(1), Int8(-1)] {
            let regions = RegionLabels(of: zip(inside, sides).map { $0 && $1 == side }, width: width)
            guard regions.count >= 8 else { continue }
            var boxes = [(left: Int, right: Int, top: Int, bottom: Int, size: Int)](
                repeating: (width, -1, height, -1, 0), count: regions.count)
            for y in 0..<height {
                for x in 0..<width {
                    let label = Int(regions.labels[y * width + x])
                    guard label >= 0 else { continue }
                    let box = boxes[label]
                    boxes[label] = (
                        min(box.left, x), max(box.right, x), min(box.top, y), max(box.bottom, y), box.size + 1
                    )
                }
            }
            let islands = boxes.filter { $0.size >= 4 }
            let area = islands.reduce(0) { $0 + $1.size }
            guard islands.count >= 8, area * 20 >= insideCount, area * 2 <= insideCount else { continue }
            let sizes = islands.map(\.size).sorted()
            let typical = sizes[sizes.count / 2]
            let compact = islands.count { island in
                let (w, h) = (island.right - island.left + 1, island.bottom - island.top + 1)
                return island.size * 10 >= w * h * 6 && w <= 2 * h && h <= 2 * w
                    && island.size * 2 >= typical && island.size <= 2 * typical
            }
            if compact * 10 >= islands.count * 7 { return true }
        }
        return false
    }
}
