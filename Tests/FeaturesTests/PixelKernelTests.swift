import CKernels
import LinearAlgebra
import Testing

/// The pixel loops against loops that do the same plainly.
struct PixelKernelTests {
    private static let sizes = [(1, 1), (1, 9), (9, 1), (2, 3), (17, 5), (8, 8), (40, 31), (129, 12)]

    private static func members(_ count: Int, share: UInt64, seed: UInt64) -> [Bool] {
        var stream = RandomStream(seed: seed)
        return (0..<count).map { _ in stream.next() % 100 < share }
    }

    /// Values without a pattern, a few of them equal.
    private static func values(_ count: Int, seed: UInt64) -> [Float] {
        var stream = RandomStream(seed: seed)
        return (0..<count).map { _ in Float(stream.next() % 997) / 10 - 40 }
    }

    /// The region of each pixel, -1 outside, by spreading from pixel to pixel.
    private static func regions(_ members: [Bool], width: Int, corners: Bool) -> [Int32] {
        let height = members.count / width
        var labels = [Int32](repeating: -1, count: members.count)
        var next: Int32 = 0
        for start in members.indices where members[start] && labels[start] < 0 {
            var waiting = [start]
            labels[start] = next
            while let pixel = waiting.popLast() {
                for dy in -1...1 {
                    for dx in -1...1 where corners || dx == 0 || dy == 0 {
                        let (x, y) = (pixel % width + dx, pixel / width + dy)
                        guard x >= 0, x < width, y >= 0, y < height else { continue }
                        let near = y * width + x
                        guard members[near], labels[near] < 0 else { continue }
                        labels[near] = next
                        waiting.append(near)
                    }
                }
            }
            next += 1
        }
        return labels
    }

    @Test(arguments: [true, false], [15, 45, 60, 85, 100] as [UInt64])
    func runsFormTheRegionsThatSpreadingFinds(corners: Bool, share: UInt64) {
        for (number, (width, height)) in Self.sizes.enumerated() {
            let members = Self.members(width * height, share: share, seed: UInt64(number))
            let expected = Self.regions(members, width: width, corners: corners)
            var count = 0
            let runs = [atelier_run](unsafeUninitializedCapacity: (width + 1) / 2 * height) { runs, filled in
                filled = atelier_find_runs(members, width, height, corners, runs.baseAddress, &count)
            }
            var found = [Int32](repeating: -1, count: members.count)
            for run in runs { for pixel in run.start..<run.end { found[Int(pixel)] = run.region } }
            #expect(found == expected, "\(width) x \(height)")
            #expect(count == Int((expected.max() ?? -1) + 1))
            for (before, after) in zip(runs, runs.dropFirst()) { #expect(before.end <= after.start) }
        }
    }

    @Test func selectionFindsWhatSortingPutsThere() {
        for count in [1, 2, 3, 10, 64, 257] {
            let values = Self.values(count, seed: UInt64(count))
            let sorted = values.sorted()
            for rank in Set([0, count / 3, count / 2, count - 1]) {
                var copy = values
                #expect(atelier_ranked(&copy, count, rank) == sorted[rank])
                #expect(copy.sorted() == sorted)
            }
        }
    }

    @Test func profilesAreSmoothedByMediansWithLinesBetween() {
        for count in [1, 4, 5, 8, 33, 92, 128, 400] {
            let profile = Self.values(count, seed: UInt64(count))
            var (scratch, smoothed) = (profile, profile)
            atelier_smoothed_profile(profile, count, &scratch, &smoothed)
            guard count > 4 else {
                #expect(smoothed == profile)
                continue
            }
            let step = max(4, count / 16)
            let places = Array(stride(from: 0, to: count - 1, by: step)) + [count - 1]
            let medians = places.map { centre in
                let half = max(min(count / 4, centre, count - 1 - centre), count / 8)
                let window = profile[max(0, centre - half)...min(count - 1, centre + half)].sorted()
                return window[window.count / 2]
            }
            for (place, median) in zip(places, medians) { #expect(smoothed[place] == median) }
            for k in 1..<places.count {
                for x in places[k - 1]...places[k] {
                    let share = Float(x - places[k - 1]) / Float(places[k] - places[k - 1])
                    #expect(abs(smoothed[x] - ((1 - share) * medians[k - 1] + share * medians[k])) < 1e-4)
                }
            }
        }
    }

    @Test(arguments: [0, 1, 3, 50])
    func colourBlurIsTheWeightedMeanOfASquare(radius: Int) {
        let (width, height) = (23, 14)
        let count = width * height
        let planes = (1...3).map { Self.values(count, seed: UInt64($0)) }
        let weights: [Float] = Self.members(count, share: 70, seed: 9).map { $0 ? 0.75 : 0 }
        var pixels = [Float](repeating: 0, count: 4 * count)
        var (weighted, blurred) = (pixels, pixels)
        var scratch = [Float](repeating: 0, count: 4 * width * (height + 1))
        atelier_interleave(planes[0], planes[1], planes[2], weights, count, &pixels, &weighted)
        atelier_blurred_colours(weighted, width, height, radius, &scratch, &blurred)
        var single = [Float](repeating: 0, count: count)
        var singleScratch = [Float](repeating: 0, count: 4 * count)
        for plane in 0..<3 {
            // The one-plane blur gives the same bits.
            atelier_weighted_blur(planes[plane], weights, width, height, radius, &singleScratch, &single)
            for y in 0..<height {
                for x in 0..<width {
                    var (sum, total) = (0.0, 0.0)
                    for near in max(0, y - radius)...min(height - 1, y + radius) {
                        for beside in max(0, x - radius)...min(width - 1, x + radius) {
                            let at = near * width + beside
                            sum += Double(planes[plane][at] * weights[at])
                            total += Double(weights[at])
                        }
                    }
                    let found = blurred[4 * (y * width + x) + plane]
                    #expect(abs(Double(found) - (total > 0 ? sum / total : 0)) < 1e-3)
                    #expect(found == single[y * width + x])
                }
            }
        }
    }

    @Test func linesAreJudgedAsOneByOne() {
        let (lineCount, length, piece) = (19, 31, 10)
        let values = Self.values(lineCount * length, seed: 5)
        let inside = Self.members(lineCount * length, share: 60, seed: 6)
        var (explained, squares): (Float, Float) = (0, 0)
        var scratch = [Float](repeating: 0, count: 3 * lineCount * 4)
        atelier_line_variance(values, inside, lineCount, length, piece, &scratch, &explained, &squares)
        var (ofMeans, ofPlaces) = (0.0, 0.0)
        var changes: [Float] = []
        for line in 0..<lineCount {
            func kept(_ places: Range<Int>) -> [Double] {
                places.filter { inside[$0 * lineCount + line] }.map { Double(values[$0 * lineCount + line]) }
            }
            for start in stride(from: 0, to: length, by: piece) {
                let part = kept(start..<min(length, start + piece))
                guard part.count >= 3 else { continue }
                let sum = part.reduce(0, +)
                ofMeans += sum * sum / Double(part.count)
                ofPlaces += part.reduce(0) { $0 + $1 * $1 }
            }
            let whole = kept(0..<length)
            guard whole.count > 4, whole.count * 3 >= length else { continue }
            let mean = whole.reduce(0, +) / Double(whole.count)
            let sides = whole.map { $0 - mean > 4 ? 1 : $0 - mean < -4 ? -1 : 0 }.filter { $0 != 0 }
            changes.append(Float(zip(sides, sides.dropFirst()).count { $0 != $1 }))
        }
        #expect(abs(Double(explained) - ofMeans) < 1e-3 * ofMeans)
        #expect(abs(Double(squares) - ofPlaces) < 1e-3 * ofPlaces)
        var found = [Float](repeating: 0, count: lineCount)
        let count = atelier_alternations(values, inside, lineCount, length, 4, &scratch, &found)
        #expect(Array(found.prefix(count)) == changes)
        #expect(count > lineCount / 2)
    }
}
