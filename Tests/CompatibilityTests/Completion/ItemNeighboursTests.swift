import Compatibility
import LinearAlgebra
import Testing

@Suite struct ItemNeighboursTests {
    private let itemCount = 700

    private func vectors() -> Matrix {
        var random = RandomStream(seed: 3)
        // Far from the origin: without their mean taken away all would be alike.
        return Matrix(
            rowCount: itemCount, columnCount: 8, values: (0..<8 * itemCount).map { _ in 5 + random.uniform() })
    }

    @Test func nearestOfTheFamilyByCosineFromTheMean() {
        let vectors = vectors()
        // Two families of more than one block, a small one, and one of a single item.
        let groups: [Int32] = [3, 2, 2, 2, 2] + (5..<itemCount).map { Int32($0 % 2) }
        let found = ItemNeighbours(of: vectors, groups: groups, limit: 6)
        var mean = [Double](repeating: 0, count: 8)
        for row in 0..<itemCount { for column in 0..<8 { mean[column] += Double(vectors[row, column]) } }
        let centred = (0..<itemCount).map { row in
            (0..<8).map { Double(vectors[row, $0]) - mean[$0] / Double(itemCount) }
        }
        func dot(_ a: Int, _ b: Int) -> Double {
            var sum = 0.0
            for (x, y) in zip(centred[a], centred[b]) { sum += x * y }
            return sum
        }
        func cosine(_ a: Int, _ b: Int) -> Double { dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot() }
        for item in stride(from: 0, to: itemCount, by: 23) {
            let expected = (0..<itemCount).filter { $0 != item && groups[$0] == groups[item] }
                .map { cosine(item, $0) }.sorted(by: >).prefix(6)
            let range = found.range(of: item)
            #expect(range.count == expected.count)
            for (place, cosine) in zip(range, expected) {
                #expect(abs(Double(found.distances[place]) - (1 - cosine)) < 1e-5)
                #expect(groups[Int(found.items[place])] == groups[item] && found.items[place] != Int32(item))
            }
        }
        #expect(found.range(of: 0).isEmpty)
    }

    @Test func sameOnOneThreadAndTwo() {
        let groups = (0..<itemCount).map { Int32($0 % 2) }
        let one = ItemNeighbours(of: vectors(), groups: groups, limit: 6)
        #expect(ItemNeighbours(of: vectors(), groups: groups, limit: 6, parallelism: Parallelism(width: 2)) == one)
    }

    /// Equal vectors have no direction from their mean: no cosine, but an order all the same.
    @Test func equalVectorsAreNeighboursByNumber() {
        let equal = Matrix(rowCount: 4, columnCount: 2, values: [Float](repeating: 1, count: 8))
        let found = ItemNeighbours(of: equal, groups: [0, 0, 0, 0], limit: 2)
        #expect(found.items == [1, 2, 0, 2, 0, 1, 0, 1])
        #expect(found.distances.allSatisfy { $0 == 1 })
    }

    @Test func partsThatDoNotFitTogetherAreRefused() {
        #expect(ItemNeighbours(offsets: [0, 1, 2], items: [1, 0], distances: [0.1, 0.1]) != nil)
        #expect(ItemNeighbours(offsets: [0, 1, 2], items: [1, 2], distances: [0.1, 0.1]) == nil)
        #expect(ItemNeighbours(offsets: [0, 2, 1], items: [1], distances: [0.1]) == nil)
        #expect(ItemNeighbours(offsets: [0, 1, 2], items: [1, 0], distances: [0.1]) == nil)
        #expect(ItemNeighbours(offsets: [0, 1, 2], items: [1, 0], distances: [0.1, .nan]) == nil)
    }
}
