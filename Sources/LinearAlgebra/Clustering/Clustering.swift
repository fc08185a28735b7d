/// Points in clusters.
package struct Clustering: Sendable, Equatable {
    /// One row a cluster.
    package var centroids: Matrix
    /// For each point its cluster; -1 where the point or its squared length is not finite.
    package var assignment: [Int32] = []
    /// The mean squared distance between a point and its centroid.
    package var meanSquaredDistance = 0.0
    package var roundCount = 0

    init(centroids: Matrix) {
        self.centroids = centroids
    }

    /// For each cluster its points, ascending.
    package func members() -> [[Int]] {
        var members = [[Int]](repeating: [], count: centroids.rowCount)
        for (point, cluster) in assignment.enumerated() where cluster >= 0 { members[Int(cluster)].append(point) }
        return members
    }

    /// Assigns every point once more to the centroids as they are, and measures the distances.
    func settled(points: Matrix, parallelism: Parallelism) -> Clustering {
        var settled = self
        settled.assignment = centroids.nearestRows(to: points, parallelism: parallelism)
        let sums = ClusterSums(of: points, clustering: settled, parallelism: parallelism)
        settled.meanSquaredDistance = sums.squaredDistance / Double(points.rowCount)
        return settled
    }
}

extension Matrix {
    /// For each row of `points` the nearest row of this matrix by Euclidean distance, the lower one at equal distance; -1
    /// where the point is not finite. Exact but for the rounding of 2 x·c - |c|².
    package func nearestRows(to points: Matrix, parallelism: Parallelism = .serial) -> [Int32] {
        precondition(columnCount == points.columnCount, "column counts differ")
        let width = columnCount + 1
        var extended = Matrix(rowCount: rowCount, columnCount: width)
        for row in 0..<rowCount {
            var square: Float = 0
            for column in 0..<columnCount {
                let value = self[row, column]
                extended[row, column] = 2 * value
                square += value * value
            }
            extended[row, columnCount] = -square
        }
        let panels = CandidatePanels(extended)
        return parallelism.mapChunks(of: points.rowCount, chunkSize: ClusterSums.chunkSize) { _, range in
            var queries = Matrix(rowCount: range.count, columnCount: width)
            for (place, row) in range.enumerated() {
                for column in 0..<columnCount { queries[place, column] = points[row, column] }
                queries[place, columnCount] = 1
            }
            let nearest = panels.nearest(to: queries, best: 1)
            return (0..<range.count).map { nearest[$0].first?.index ?? -1 }
        }.flatMap { $0 }
    }
}

/// The sums of one of Lloyd's rounds.
struct ClusterSums: Sendable {
    /// Points a chunk, fixed so that sums have one order.
    static let chunkSize = 8192

    private(set) var counts: [Int]
    private(set) var sums: [Double]
    private(set) var squaredDistance = 0.0
    /// For each point its squared distance from its centroid.
    private let distances: [Float]

    init(of points: Matrix, clustering: Clustering, parallelism: Parallelism) {
        let centroids = clustering.centroids
        let assignment = clustering.assignment
        let dimension = points.columnCount
        counts = [Int](repeating: 0, count: centroids.rowCount)
        sums = [Double](repeating: 0, count: centroids.rowCount * dimension)
        // Larger chunks where there are many clusters: the partial sums of all chunks never outgrow the points.
        let chunkSize = max(Self.chunkSize, centroids.rowCount * 4)
        let partial = parallelism.mapChunks(of: points.rowCount, chunkSize: chunkSize) { _, range in
            var counts = [Int](repeating: 0, count: centroids.rowCount)
            var sums = [Double](repeating: 0, count: centroids.rowCount * dimension)
            var distances: [Float] = []
            distances.reserveCapacity(range.count)
            sums.withUnsafeMutableBufferPointer { sums in
                for point in range {
                    let cluster = Int(assignment[point])
                    counts[cluster] += 1
                    let row = points.row(point)
                    distances.append(LinearAlgebra.squaredDistance(row, centroids.row(cluster)))
                    for (column, value) in row.enumerated() { sums[cluster * dimension + column] += Double(value) }
                }
            }
            return (counts: counts, sums: sums, distances: distances)
        }
        for part in partial {
            for cluster in counts.indices { counts[cluster] += part.counts[cluster] }
            for place in sums.indices { sums[place] += part.sums[place] }
        }
        distances = partial.flatMap(\.distances)
        for distance in distances { squaredDistance += Double(distance) }
    }

    /// Moves each centroid to the mean of its points, and each empty one to a point far from its own.
    func move(_ clustering: inout Clustering, points: Matrix) {
        let dimension = points.columnCount
        for cluster in counts.indices where counts[cluster] > 0 {
            for column in 0..<dimension {
                let mean = sums[cluster * dimension + column] / Double(counts[cluster])
                clustering.centroids[cluster, column] = Float(mean)
            }
        }
        let empty = counts.indices.filter { counts[$0] == 0 }
        guard !empty.isEmpty else { return }
        var farthest = TopKSelector(count: empty.count)
        farthest.insert(distances)
        for (cluster, point) in zip(empty, farthest.best()) where point.score > 0 {
            for column in 0..<dimension {
                clustering.centroids[cluster, column] = points[Int(point.index), column]
            }
        }
    }
}
