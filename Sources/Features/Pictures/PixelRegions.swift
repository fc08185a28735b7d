internal import CKernels

/// The connected regions of a set of pixels, as runs of pixels side by side, numbered in the order of their first pixel.
struct PixelRegions {
    /// Ascending by pixel.
    let runs: [atelier_run]
    /// The number of regions.
    let count: Int

    /// - Parameter corners: whether pixels that touch by a corner alone hang together.
    init(of members: [Bool], width: Int, corners: Bool = true) {
        let height = members.count / max(1, width)
        var count = 0
        runs = [atelier_run](unsafeUninitializedCapacity: (width + 1) / 2 * height) { runs, filled in
            filled = atelier_find_runs(members, width, height, corners, runs.baseAddress, &count)
        }
        self.count = count
    }

    /// The number of pixels of each region.
    var sizes: [Int] {
        var sizes = [Int](repeating: 0, count: count)
        for run in runs { sizes[Int(run.region)] += run.count }
        return sizes
    }
}

extension atelier_run {
    var count: Int { Int(end - start) }
    var pixels: Range<Int> { Int(start)..<Int(end) }
}

extension UnsafeMutableBufferPointer where Element == Bool {
    /// Sets or clears the pixels of a run.
    func set(_ run: atelier_run, to value: Bool) {
        self[run.pixels].update(repeating: value)
    }
}
