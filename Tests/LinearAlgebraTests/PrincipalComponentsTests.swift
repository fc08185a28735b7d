import LinearAlgebra
import Testing

@Suite struct PrincipalComponentsTests {
    /// Rows around a mean, spread by 5 along (1, 1)/√2, by 1 along (1, -1)/√2 and not at all along the third axis.
    private func cloud(_ count: Int) -> Matrix {
        var random = RandomStream(seed: 5)
        var rows = Matrix(rowCount: count, columnCount: 3)
        for row in 0..<count {
            let (far, near) = (5 * random.normal(), random.normal())
            rows[row, 0] = 10 + (far + near) / Float(2).squareRoot()
            rows[row, 1] = -3 + (far - near) / Float(2).squareRoot()
            rows[row, 2] = 7
        }
        return rows
    }

    @Test func plantedDirectionsAndVariancesAreFound() throws {
        let rows = cloud(4000)
        let found = try #require(PrincipalComponents(of: rows, count: 2, isUsed: [Bool](repeating: true, count: 4000)))
        #expect(found.count == 2)
        let half = Float(0.5).squareRoot()
        for (value, expected) in zip(found.components.row(0), [half, half, 0]) { #expect(abs(value - expected) < 0.02) }
        #expect(abs(abs(found.components[1, 0]) - half) < 0.02)
        #expect(abs(found.variances[0] - 25) < 1.5 && abs(found.variances[1] - 1) < 0.1)
        #expect(abs(found.mean[2] - 7) < 1e-5)
    }

    @Test func projectionKeepsDistancesWhereAllComponentsAreKept() throws {
        let rows = cloud(50)
        let found = try #require(PrincipalComponents(of: rows, count: 9, isUsed: [Bool](repeating: true, count: 50)))
        #expect(found.count == 3)
        let projected = found.projected(rows)
        for other in 1..<50 {
            let before = (0..<3).reduce(Float(0)) {
                $0 + (rows[0, $1] - rows[other, $1]) * (rows[0, $1] - rows[other, $1])
            }
            let after = (0..<3).reduce(Float(0)) {
                $0 + (projected[0, $1] - projected[other, $1]) * (projected[0, $1] - projected[other, $1])
            }
            #expect(abs(before - after) < 1e-3 * max(1, before))
        }
    }

    @Test func rowsThatDoNotCountChangeNothing() throws {
        var rows = cloud(60)
        let used = (0..<60).map { $0 % 3 != 0 }
        let before = try #require(PrincipalComponents(of: rows, count: 2, isUsed: used))
        for row in stride(from: 0, to: 60, by: 3) { rows[row, 1] = .nan }
        #expect(PrincipalComponents(of: rows, count: 2, isUsed: used) == before)
        #expect(PrincipalComponents(of: rows, count: 2, isUsed: [Bool](repeating: true, count: 60)) == nil)
        #expect(PrincipalComponents(of: rows, count: 2, isUsed: [Bool](repeating: false, count: 60)) == nil)
    }
}
