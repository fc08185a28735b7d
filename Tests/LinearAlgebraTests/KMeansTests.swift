import LinearAlgebra
import Testing

@Suite struct KMeansTests {
    /// Points around `centers` that lie far from each other.
    private func planted(count: Int, centers: Int, dimension: Int) -> (points: Matrix, truth: [Int]) {
        var random = RandomStream(seed: 5)
        let middle = (0..<centers * dimension).map { _ in random.normal() * 20 }
        var points = Matrix(rowCount: count, columnCount: dimension)
        var truth: [Int] = []
        for row in 0..<count {
            let center = random.index(below: centers)
            truth.append(center)
            for column in 0..<dimension {
                points[row, column] = middle[center * dimension + column] + random.normal() * 0.5
            }
        }
        return (points, truth)
    }

    @Test func findsPlantedClusters() {
        let (points, truth) = planted(count: 2000, centers: 7, dimension: 6)
        let clustering = KMeans(clusterCount: 7, seed: 1).clusters(of: points)
        // One true center a cluster, and one cluster a true center.
        let pairs = Set(zip(truth, clustering.assignment).map { "\($0) \($1)" })
        #expect(pairs.count == 7)
        #expect(abs(clustering.meanSquaredDistance - 6 * 0.25) < 0.1)
        let memberCount = clustering.members().reduce(0) { $0 + $1.count }
        #expect(memberCount == 2000)
    }

    @Test func sameBitsOnAnyNumberOfThreads() {
        var random = RandomStream(seed: 9)
        let points = Matrix(rowCount: 10_000, columnCount: 4, values: (0..<40_000).map { _ in random.normal() })
        let kMeans = KMeans(clusterCount: 8, roundLimit: 4, seed: 3)
        #expect(kMeans.clusters(of: points) == kMeans.clusters(of: points, parallelism: Parallelism(width: 2)))
    }

    @Test func everyPointIsWithItsNearestCentroid() {
        var random = RandomStream(seed: 10)
        let points = Matrix(rowCount: 300, columnCount: 3, values: (0..<900).map { _ in random.normal() })
        let clustering = KMeans(clusterCount: 9, seed: 2).clusters(of: points)
        for row in 0..<300 {
            let distances = (0..<9).map { cluster in
                zip(points.row(row), clustering.centroids.row(cluster)).reduce(Float(0)) {
                    $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
                }
            }
            let nearest = distances.min() ?? 0
            #expect(distances[Int(clustering.assignment[row])] <= nearest + 1e-5)
        }
    }

    @Test func fewerPointsOrCopiesLeaveClustersEmpty() {
        let copies = Matrix(rowCount: 50, columnCount: 2, values: [Float](repeating: 1, count: 100))
        let clustering = KMeans(clusterCount: 4).clusters(of: copies)
        #expect(Set(clustering.assignment).count == 1)
        #expect(clustering.meanSquaredDistance == 0)
        let two = Matrix(rowCount: 2, columnCount: 1, values: [0, 10])
        #expect(Set(KMeans(clusterCount: 5).clusters(of: two).assignment).count == 2)
        #expect(KMeans(clusterCount: 5).clusters(of: Matrix(rowCount: 0, columnCount: 3)).assignment.isEmpty)
    }

    @Test func pointsThatAreNotFiniteBelongNowhere() {
        var points = Matrix(rowCount: 40, columnCount: 2, values: (0..<80).map { Float($0 % 7) })
        points[3, 0] = .nan
        points[20, 1] = .infinity
        // Finite, and its square is not.
        points[30, 0] = 1e30
        let clustering = KMeans(clusterCount: 3).clusters(of: points)
        let outside = clustering.assignment.indices.filter { clustering.assignment[$0] == -1 }
        #expect(outside == [3, 20, 30])
        let isFinite = clustering.centroids.values.allSatisfy { $0.isFinite }
        #expect(isFinite)
    }

    @Test func emptiedClustersAreFilledFromTheFarthestPoints() {
        // Two dense heaps and far single points: whatever the seeds, no cluster may stay empty in the end.
        var random = RandomStream(seed: 4)
        var values = (0..<200).map { _ in random.normal() * 0.01 }
        values += (0..<200).map { _ in 5 + random.normal() * 0.01 }
        values += [100, -100, 300]
        let points = Matrix(rowCount: 403, columnCount: 1, values: values)
        for seed in 0..<20 {
            let clustering = KMeans(clusterCount: 8, seed: UInt64(seed)).clusters(of: points)
            let smallest = clustering.members().map { $0.count }.min() ?? 0
            #expect(smallest > 0)
        }
    }
}
