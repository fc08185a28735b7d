import LinearAlgebra
import Testing

@Suite struct RandomStreamTests {
    /// Each order of four elements is as likely as any other.
    @Test func shufflesAreEven() {
        var random = RandomStream(seed: 5)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<24_000 {
            var elements = [0, 1, 2, 3]
            random.shuffle(&elements)
            counts[elements, default: 0] += 1
        }
        #expect(counts.count == 24)
        // Five standard deviations of a binomial.
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 155 }, "\(counts)")
    }
}
