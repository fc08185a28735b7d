/// A seeded generator of random numbers whose whole state is four words, so that a checkpoint can hold it.
///
/// xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64. The same seed and stream give the same numbers on
/// every platform. Streams of one seed are independent: give each shard, epoch or purpose its own instead of sharing one.
package struct RandomStream: RandomNumberGenerator, Sendable, Equatable, Codable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    package init(seed: UInt64, stream: UInt64 = 0) {
        var state = seed &+ 0x9E37_79B9_7F4A_7C15 &* (stream &+ 1)
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        // The stream is mixed once more, so that neighbouring seeds and streams never share a sequence.
        state = next() ^ (stream &* 0xD6E8_FEB8_6659_FD93)
        s0 = next()
        s1 = next()
        s2 = next()
        s3 = next()
    }

    package mutating func next() -> UInt64 {
        let result = rotated(s1 &* 5, by: 7) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = rotated(s3, by: 45)
        return result
    }

    private func rotated(_ value: UInt64, by count: UInt64) -> UInt64 {
        (value << count) | (value >> (64 - count))
    }

    /// Uniform in 0..<1, with 24 bits.
    package mutating func uniform() -> Float {
        Float(next() >> 40) * (1 / 16_777_216)
    }

    /// Uniform in 0..<bound (Lemire's method without the rejection step: bias below bound / 2^64). `bound` > 0.
    package mutating func index(below bound: Int) -> Int {
        precondition(bound > 0, "an index below zero was asked for")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Normal with mean 0 and variance 1 (Box and Muller, 1958); draws two words a call.
    package mutating func normal() -> Float {
        let u = Double((next() >> 11) + 1) * 0x1p-53
        let v = Double(next() >> 11) * 0x1p-53
        return Float((-2 * logarithm(u)).squareRoot() * cosine(2 * Double.pi * v))
    }

    /// Shuffles in place (Fisher and Yates), from the last place down.
    package mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, index(below: last + 1))
        }
    }
}
