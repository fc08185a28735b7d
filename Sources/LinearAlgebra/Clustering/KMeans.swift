/// Clusters of points by k-means: for clusters within a category, and for codebooks.
///
/// Seeding by k-means++ (Arthur and Vassilvitskii, 2007), then Lloyd's rounds (1982). A point is assigned by exact search
/// for the greatest 2 x·c - |c|², which is the nearest centroid. Sums go over chunks of a fixed size, in their order, so
/// the clusters are the same to the bit on any number of threads.
package struct KMeans: Sendable {
    /// Fewer are made where there are fewer points.
    package var clusterCount: Int
    /// Lloyd's rounds at most; it stops earlier once no point changes its cluster.
    package var roundLimit: Int
    package var seed: UInt64

    package init(clusterCount: Int, roundLimit: Int = 25, seed: UInt64 = 0) {
        precondition(clusterCount > 0 && roundLimit > 0, "no clusters or no rounds")
        self.clusterCount = clusterCount
        self.roundLimit = roundLimit
        self.seed = seed
    }

    /// Clusters the rows of `points`.
    ///
    /// A cluster that loses all its points takes the point that lies farthest from its centroid; where there are fewer
    /// distinct points than clusters, some stay empty. A row whose squared length is not finite, or nearly not, belongs to no
    /// cluster (-1): its distances are no numbers.
    /// Complexity: rounds x points x clusters x dimension.
    package func clusters(of points: Matrix, parallelism: Parallelism = .serial) -> Clustering {
        let usable = (0..<points.rowCount).filter {
            points.row($0).reduce(0) { $0 + $1 * $1 } < Float.greatestFiniteMagnitude / 8
        }
        guard usable.count == points.rowCount else {
            var clustering = clusters(of: points.rows(at: usable), parallelism: parallelism)
            var assignment = [Int32](repeating: -1, count: points.rowCount)
            for (place, row) in usable.enumerated() { assignment[row] = clustering.assignment[place] }
            clustering.assignment = assignment
            return clustering
        }
        guard points.rowCount > 0 else {
            return Clustering(centroids: Matrix(rowCount: 0, columnCount: points.columnCount))
        }
        var clustering = Clustering(centroids: seeds(among: points, parallelism: parallelism))
        for round in 1...roundLimit {
            let assignment = clustering.centroids.nearestRows(to: points, parallelism: parallelism)
            let isSettled = assignment == clustering.assignment
            clustering.assignment = assignment
            clustering.roundCount = round
            if isSettled { break }
            let sums = ClusterSums(of: points, clustering: clustering, parallelism: parallelism)
            clustering.meanSquaredDistance = sums.squaredDistance / Double(points.rowCount)
            sums.move(&clustering, points: points)
        }
        return clustering.settled(points: points, parallelism: parallelism)
    }

    /// k-means++: each next centroid is a point drawn by its squared distance from those already drawn.
    private func seeds(among points: Matrix, parallelism: Parallelism) -> Matrix {
        var random = RandomStream(seed: seed, stream: 0x6B6D_6561_6E73)
        var chosen = [random.index(below: points.rowCount)]
        var distances = [Float](repeating: .infinity, count: points.rowCount)
        while chosen.count < min(clusterCount, points.rowCount) {
            let newest = Array(points.row(chosen[chosen.count - 1]))
            let totals = distances.withUnsafeMutableBufferPointer { buffer in
                let slots = DisjointSlots(base: buffer)
                return parallelism.mapChunks(of: points.rowCount, chunkSize: ClusterSums.chunkSize) { _, range in
                    var total = 0.0
                    for row in range {
                        slots.base[row] = min(slots.base[row], squaredDistance(points.row(row), newest[...]))
                        total += Double(slots.base[row])
                    }
                    return total
                }
            }
            chosen.append(draw(by: distances, total: totals.reduce(0, +), taken: chosen, random: &random))
        }
        return points.rows(at: chosen)
    }

    private func draw(by weights: [Float], total: Double, taken: [Int], random: inout RandomStream) -> Int {
        var left = Double(random.uniform()) * total
        var last: Int?
        for (row, weight) in weights.enumerated() where weight > 0 {
            left -= Double(weight)
            last = row
            if left < 0 { return row }
        }
        // Rounding ran over the end, or every point is a copy of one already drawn.
        let used = Set(taken)
        return last ?? weights.indices.first { !used.contains($0) } ?? 0
    }
}

/// |a - b|², as one sum.
func squaredDistance(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            var sum: Float = 0
            for place in 0..<min(a.count, b.count) {
                let difference = a[place] - b[place]
                sum += difference * difference
            }
            return sum
        }
    }
}
