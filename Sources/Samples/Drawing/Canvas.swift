private import Foundation
internal import Media

/// A point in the unit square, y downwards.
struct Point: Sendable {
    var x: Float
    var y: Float

    init(_ x: Float, _ y: Float) {
        self.x = x
        self.y = y
    }
}

/// A colour in linear arithmetic on sRGB values, 0…1.
struct Colour: Sendable {
    var red: Float
    var green: Float
    var blue: Float

    func scaled(_ factor: Float) -> Colour { Colour(red: red * factor, green: green * factor, blue: blue * factor) }

    func mixed(with other: Colour, _ share: Float) -> Colour {
        Colour(
            red: red + (other.red - red) * share, green: green + (other.green - green) * share,
            blue: blue + (other.blue - blue) * share)
    }
}

/// A picture that polygons are painted on, edges smoothed by exact coverage along x and four lines a pixel along y.
struct Canvas {
    let width: Int
    let height: Int
    private var pixels: [Colour]

    init(width: Int, height: Int, background: (_ x: Float, _ y: Float) -> Colour) {
        self.width = width
        self.height = height
        pixels = []
        pixels.reserveCapacity(width * height)
        for y in 0..<height {
            for x in 0..<width { pixels.append(background(Float(x) / Float(width), Float(y) / Float(height))) }
        }
    }

    /// Paints the inside of a polygon (even-odd rule); `paint` is asked for each touched pixel, in pixels.
    mutating func fill(_ polygon: [Point], opacity: Float = 1, _ paint: (_ x: Int, _ y: Int) -> Colour) {
        guard polygon.count > 2 else { return }
        let xs = polygon.map { $0.x * Float(width) }
        let ys = polygon.map { $0.y * Float(height) }
        let top = max(0, Int(ys.min() ?? 0))
        let bottom = min(height - 1, Int(ys.max() ?? 0))
        guard top <= bottom else { return }
        var coverage = [Float](repeating: 0, count: width)
        for y in top...bottom {
            for x in 0..<width { coverage[x] = 0 }
            for line in 0..<4 { addCoverage(of: xs, ys, at: Float(y) + (Float(line) + 0.5) / 4, to: &coverage) }
            for x in 0..<width where coverage[x] > 0 {
                let place = y * width + x
                pixels[place] = pixels[place].mixed(with: paint(x, y), min(1, coverage[x]) * opacity)
            }
        }
    }

    private func addCoverage(of xs: [Float], _ ys: [Float], at level: Float, to coverage: inout [Float]) {
        var crossings: [Float] = []
        var previous = xs.count - 1
        for current in 0..<xs.count {
            let (y0, y1) = (ys[previous], ys[current])
            if (y0 <= level) != (y1 <= level) {
                crossings.append(xs[previous] + (level - y0) / (y1 - y0) * (xs[current] - xs[previous]))
            }
            previous = current
        }
        crossings.sort()
        var pair = 0
        while pair + 1 < crossings.count {
            let start = max(0, crossings[pair])
            let end = min(Float(width), crossings[pair + 1])
            pair += 2
            guard end > start else { continue }
            let last = min(width - 1, Int(end))
            for x in Int(start)...last {
                let covered = min(end, Float(x + 1)) - max(start, Float(x))
                if covered > 0 { coverage[x] += covered / 4 }
            }
        }
    }

    /// Draws a line of some thickness (in units of the width) through the points.
    mutating func stroke(_ points: [Point], thickness: Float, opacity: Float = 1, _ colour: Colour) {
        for (a, b) in zip(points, points.dropFirst()) {
            // The unit square is not square in pixels: widths are measured in x.
            let ratio = Float(height) / Float(width)
            let (dx, dy) = (b.x - a.x, (b.y - a.y) * ratio)
            let length = (dx * dx + dy * dy).squareRoot()
            guard length > 0 else { continue }
            let (nx, ny) = (-dy / length * thickness / 2, dx / length * thickness / 2 / ratio)
            let quad = [
                Point(a.x + nx, a.y + ny), Point(b.x + nx, b.y + ny), Point(b.x - nx, b.y - ny),
                Point(a.x - nx, a.y - ny),
            ]
            fill(quad, opacity: opacity) { _, _ in colour }
        }
    }

    func pixelBuffer() -> PixelBuffer {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pixels.count * 3)
        for pixel in pixels {
            for value in [pixel.red, pixel.green, pixel.blue] {
                bytes.append(UInt8(min(255, max(0, value * 255 + 0.5))))
            }
        }
        return PixelBuffer(width: width, height: height, bytes: bytes)
    }
}

/// A circle or ellipse as a polygon.
func ellipse(_ centre: Point, _ radiusX: Float, _ radiusY: Float, from: Float = 0, to: Float = 1, count: Int = 36)
    -> [Point]
{
    (0...count).map { step in
        let angle = 2 * Float.pi * (from + (to - from) * Float(step) / Float(count))
        return Point(centre.x + radiusX * cos(angle), centre.y + radiusY * sin(angle))
    }
}
