/// FNV-1a over UTF-8 bytes with a final mix, the same in every process, on every machine and in every version.
///
/// Swift's own `Hasher` is seeded anew in each process and so is no use for features that are stored.
package enum StableHash {
    package static func hash(_ text: some StringProtocol, seed: UInt64 = 0) -> UInt64 {
        var state = 0xCBF2_9CE4_8422_2325 ^ (seed &* 0x9E37_79B9_7F4A_7C15)
        for byte in text.utf8 {
            state ^= UInt64(byte)
            state &*= 0x0000_0100_0000_01B3
        }
        // FNV's low bits are weak; this is SplitMix64's last step.
        state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
        return state ^ (state >> 31)
    }
}
