/// What an archive may cost before it is taken for a bomb.
package struct ArchiveLimits: Sendable, Equatable {
    /// Bytes of one member.
    package var memberByteCount: Int
    /// Bytes of all members together, those that are skipped after decompression included.
    package var totalByteCount: Int
    package var memberCount: Int
    /// Bytes out for each byte in, of the archive and of each member; counted once `expansionAllowance` is used up.
    package var expansionRatio: Int
    /// Bytes that may come out, of the archive or of a member, before ratios are looked at: small texts of one repeated
    /// line compress a thousandfold and hurt nobody.
    package var expansionAllowance: Int

    package init(
        memberByteCount: Int, totalByteCount: Int, memberCount: Int, expansionRatio: Int,
        expansionAllowance: Int = 64 << 20
    ) {
        self.memberByteCount = memberByteCount
        self.totalByteCount = totalByteCount
        self.memberCount = memberCount
        self.expansionRatio = expansionRatio
        self.expansionAllowance = expansionAllowance
    }

    /// Whether so many bytes out of so many can only be a bomb.
    func isBomb(_ out: Int, of bytesIn: Int) -> Bool {
        out > expansionAllowance && out / max(1, bytesIn) >= expansionRatio
    }

    /// Room for the largest public outfit datasets: 2 GiB a member, 1 TiB in all, 50 million members, 200 : 1.
    package static let standard = ArchiveLimits(
        memberByteCount: 2 << 30, totalByteCount: 1 << 40, memberCount: 50_000_000, expansionRatio: 200)
}
