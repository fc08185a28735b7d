internal import CKernels

/// The cloth without its light and folds, as one signed number a pixel.
struct ClothDetail {
    enum Lines {
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
    let orientations: [Float]
    /// Whether one side consists of many small compact islands.
    let hasDots: Bool

    /// The detail within the box, and which of its pixels are wholly garment.
    private let values: [Float]
    private let isInside: [Bool]
    /// The same, columns and rows exchanged.
    private let turnedValues: [Float]
    private let isTurnedInside: [Bool]
    private let width: Int
    private let height: Int

    /// - Parameter pixels: the image's, weighed by the mask's interior.
    init(_ image: LabImage, mask: ForegroundMask, pixels: WeighedPixels) {
        let count = image.pixelCount
        let box = mask.box
        let blurred = pixels.blurred(radius: max(5, min(box.width, box.height) / 5))
        var detail = [Float](repeating: 0, count: count)
        var (squares, total): (Float, Float) = (0, 0)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * count) { differences in
            var products = [Float](repeating: 0, count: 6)
            atelier_slow_part_removed(pixels.values, blurred, count, differences.baseAddress, &products)
            atelier_along_axis(
                differences.baseAddress, mask.interior, count, Self.mainDirection(products), &detail, &squares, &total)
        }
        contrast = (squares / max(total, 1e-6)).squareRoot()

        (width, height) = (box.width, box.height)
        values = box.cut(detail, width: image.width)
        let inside = box.cut(mask.interior, width: image.width).map { $0 > 0 }
        isInside = inside
        pixelCount = inside.count { $0 }
        var turned = [Float](repeating: 0, count: values.count)
        var isTurned = inside
        atelier_turned(values, inside, width, height, &turned, &isTurned)
        (turnedValues, isTurnedInside) = (turned, isTurned)
        rowShare = Self.lineShare(turned, isTurned, lineCount: height, length: width)
        columnShare = Self.lineShare(values, inside, lineCount: width, length: height)

        var histogram = [Float](repeating: 0, count: 8)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { gradients in
            guard let across = gradients.baseAddress else { return }
            atelier_gradients(detail, image.width, image.height, across, across + count)
            atelier_orientation_histograms(
                across, across + count, mask.interior, image.width, box.left, box.top, box.width, box.height, 1, 1, 8,
                &histogram)
        }
        let mass = histogram.reduce(0, +)
        orientations = histogram.map { mass > 0 ? $0 / mass : 0 }

        var (lighter, darker) = (inside, inside)
        atelier_sides(values, inside, inside.count, 0.4 * contrast, &lighter, &darker)
        hasDots =
            Self.isMadeOfIslands(lighter, of: pixelCount, width: width)
            || Self.isMadeOfIslands(darker, of: pixelCount, width: width)
    }

    /// Changes between lighter and darker than the line's own mean, with a dead band against noise: the median over the
    /// lines that cross at least a third of the garment.
    func alternations(along lines: Lines) -> Float {
        let isRows = lines == .rows
        let (lineCount, length) = isRows ? (height, width) : (width, height)
        var changes = [Float](repeating: 0, count: lineCount)
        let count = withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * lineCount) { scratch in
            atelier_alternations(
                isRows ? turnedValues : values, isRows ? isTurnedInside : isInside, lineCount, length, 0.4 * contrast,
                scratch.baseAddress, &changes)
        }
        return count > 0 ? atelier_ranked(&changes, count, count / 2) : 0
    }

    /// The direction in CIELAB in which the detail varies most, by power iteration from lightness.
    ///
    /// - Parameter sums: of the products L L, L a, L b, a a, a b, b b.
    private static func mainDirection(_ sums: [Float]) -> [Float] {
        let products = [sums[0], sums[1], sums[2], sums[1], sums[3], sums[4], sums[2], sums[4], sums[5]]
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
    /// chance gives, as a share of all variance. Lines lie side by side in `values`.
    private static func lineShare(_ values: [Float], _ inside: [Bool], lineCount: Int, length: Int) -> Float {
        let piece = max(4, length / 3)
        let pieces = (length + piece - 1) / piece
        var (explained, total): (Float, Float) = (0, 0)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * lineCount * pieces) { scratch in
            atelier_line_variance(values, inside, lineCount, length, piece, scratch.baseAddress, &explained, &total)
        }
        return total > 0 ? explained / total : 0
    }

    /// Whether one side of the detail is made of at least eight islands that are small, compact and of like size.
    private static func isMadeOfIslands(_ side: [Bool], of insideCount: Int, width: Int) -> Bool {
        let regions = PixelRegions(of: side, width: width)
        guard regions.count >= 8 else { return false }
        var boxes = [(left: Int, right: Int, top: Int, bottom: Int, size: Int)](
            repeating: (width, -1, -1, -1, 0), count: regions.count)
        for run in regions.runs {
            let (y, x) = Int(run.start).quotientAndRemainder(dividingBy: width)
            let box = boxes[Int(run.region)]
            boxes[Int(run.region)] = (
                min(box.left, x), max(box.right, x + run.count - 1), box.top < 0 ? y : box.top, y, box.size + run.count
            )
        }
        let islands = boxes.filter { $0.size >= 4 }
        let area = islands.reduce(0) { $0 + $1.size }
        guard islands.count >= 8, area * 20 >= insideCount, area * 2 <= insideCount else { return false }
        let sizes = islands.map(\.size).sorted()
        let typical = sizes[sizes.count / 2]
        let compact = islands.count { island in
            let (w, h) = (island.right - island.left + 1, island.bottom - island.top + 1)
            return island.size * 10 >= w * h * 6 && w <= 2 * h && h <= 2 * w
                && island.size * 2 >= typical && island.size <= 2 * typical
        }
        return compact * 10 >= islands.count * 7
    }
}
