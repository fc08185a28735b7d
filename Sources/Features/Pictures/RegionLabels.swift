/// The connected regions (by edges and corners) of a set of pixels, numbered in the order of their first pixel.
struct RegionLabels {
    /// For each pixel the number of its region, -1 outside.
    let labels: [Int32]
    /// The number of pixels of each region.
    let sizes: [Int]

    var count: Int { sizes.count }

    init(of members: [Bool], width: Int) {
        let pixelCount = members.count
        let height = pixelCount / max(1, width)
        // -2: a member that no region has reached yet.
        var labels = [Int32](repeating: -1, count: pixelCount)
        var sizes: [Int] = []
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: pixelCount) { stack in
            labels.withUnsafeMutableBufferPointer { labels in
                for pixel in 0..<pixelCount where members[pixel] { labels[pixel] = -2 }
                for start in 0..<pixelCount where labels[start] == -2 {
                    let label = Int32(truncatingIfNeeded: sizes.count)
                    labels[start] = label
                    stack[0] = Int32(truncatingIfNeeded: start)
                    var waiting = 1
                    var size = 0
                    while waiting > 0 {
                        waiting -= 1
                        size += 1
                        let pixel = Int(stack[waiting])
                        let (y, x) = pixel.quotientAndRemainder(dividingBy: width)
                        for ny in max(0, y - 1)...min(height - 1, y + 1) {
                            for near in ny * width + max(0, x - 1)...ny * width + min(width - 1, x + 1)
                            where labels[near] == -2 {
                                labels[near] = label
                                stack[waiting] = Int32(truncatingIfNeeded: near)
                                waiting += 1
                            }
                        }
                    }
                    sizes.append(size)
                }
            }
        }
        self.labels = labels
        self.sizes = sizes
    }
}
