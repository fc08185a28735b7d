/// A hash of text that is the same in every process and on every platform, unlike `Hasher`.
///
/// FNV-1a over the UTF-8 bytes, then SplitMix64's finaliser with the seed: what an outfit's id decides (its split, its
/// blank) stays as it is when other outfits come and go.
enum SeededHash {
    static func of(_ text: String, seed: UInt64) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return mixed(hash ^ mixed(seed &+ 0x9E37_79B9_7F4A_7C15))
    }

    /// Symmetric in `a` and `b`.
    static func of(_ a: Int, _ b: Int, seed: UInt64) -> UInt64 {
        mixed(mixed(seed ^ UInt64(min(a, b)) &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(max(a, b)) &* 0xD6E8_FEB8_6659_FD93)
    }

    /// SplitMix64's finaliser (Steele, Lea and Flood, 2014).
    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in 0..<1, from the upper 53 bits.
    static func fraction(_ hash: UInt64) -> Double { Double(hash >> 11) * 0x1p-53 }
}
