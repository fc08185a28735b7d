import Foundation
import Media
import Testing

private let zeros = [UInt8](repeating: 0, count: 1 << 16)

private let small = ArchiveLimits(
    memberByteCount: 1 << 30, totalByteCount: 1 << 30, memberCount: 100, expansionRatio: 50, expansionAllowance: 1 << 20
)

/// 32 MiB of zeros, then a small member.
private func bomb(_ kind: ArchiveFixtures.Kind, in folder: TemporaryFolder) throws -> String {
    let path = folder.file("bomb")
    let writer = try ArchiveWriter(path: path, format: kind.format, filter: kind.filter)
    try writer.add(path: "zeros", repeating: zeros, count: 512)
    try writer.add(path: "after", bytes: [1])
    try writer.finish()
    return path
}

private let compressing = ArchiveFixtures.kinds.filter { $0.format != .tar || $0.filter != .none }

@Test(arguments: compressing)
func bombIsRefusedAfterItsAllowance(kind: ArchiveFixtures.Kind) throws {
    let folder = try TemporaryFolder()
    let path = try bomb(kind, in: folder)
    let reader = try ArchiveReader(path: path, limits: small)
    _ = try reader.nextMember()
    var count = 0
    let error = #expect(throws: ArchiveError.self) {
        while true {
            let piece = try reader.read(upTo: 1 << 16)
            if piece.isEmpty { break }
            count += piece.count
        }
    }
    #expect(error?.code == .expandsTooMuch(limit: 50))
    #expect(error?.entry == "zeros")
    #expect(count < 16 << 20)
}

@Test(arguments: [CompressionFilter.gzip, .zstd, .xz])
func skippedBombIsRefusedToo(filter: CompressionFilter) throws {
    let folder = try TemporaryFolder()
    let reader = try ArchiveReader(path: try bomb(.init(format: .tar, filter: filter), in: folder), limits: small)
    _ = try reader.nextMember()
    let error = #expect(throws: ArchiveError.self) { try reader.nextMember() }
    #expect(error?.code == .expandsTooMuch(limit: 50))
}

@Test(arguments: ["a.tar.gz", "a.tar.zst", "a.tar.xz"])
func paddingThatExpandsTooMuchIsABombToo(name: String) throws {
    let folder = try TemporaryFolder()
    let writer = try CompressedFileWriter(path: folder.file(name))
    try writer.write(ArchiveFixtures.tar([(name: Array("a".utf8), type: UInt8(ascii: "0"), bytes: [1])]))
    for _ in 0..<512 { try writer.write(zeros) }
    try writer.finish()
    let reader = try ArchiveReader(path: folder.file(name), limits: small)
    _ = try reader.nextMember()
    let error = #expect(throws: ArchiveError.self) { try reader.nextMember() }
    #expect(error?.code == .expandsTooMuch(limit: 50) && error?.entryBefore == "a", "\(String(describing: error))")
    #expect(try ArchiveFixtures.readAll(folder.file(name)).count == 1)
}

@Test func zerosWithinTheAllowanceAreNoBomb() throws {
    let folder = try TemporaryFolder()
    let path = try bomb(.init(format: .tar, filter: .gzip), in: folder)
    let reader = try ArchiveReader(path: path)
    _ = try reader.nextMember()
    #expect(try reader.readAll(upTo: 1 << 30).count == 32 << 20)
    #expect(try reader.nextMember()?.path == "after")
}

@Test(arguments: ArchiveFixtures.kinds)
func memberAboveItsLimitIsRefusedAndTheNextOneRead(kind: ArchiveFixtures.Kind) throws {
    let folder = try TemporaryFolder()
    try ArchiveFixtures.write(
        kind, to: folder.file("a"), members: [("big", Bytes.noise(5000, seed: 5)), ("next", [9])])
    var limits = ArchiveLimits.standard
    limits.memberByteCount = 4999
    for limits in [limits, .standard] {
        let reader = try ArchiveReader(path: folder.file("a"), limits: limits)
        #expect(try reader.nextMember()?.byteCount == 5000)
        let error = #expect(throws: ArchiveError.self) { try reader.readAll(upTo: 4999) }
        #expect(error?.code == .memberTooLarge(limit: 4999))
        #expect(error?.isFatal == false)
        #expect(try reader.nextMember()?.path == "next")
        #expect(try reader.readAll(upTo: 1) == [9])
    }
    let reader = try ArchiveReader(path: folder.file("a"))
    _ = try reader.nextMember()
    #expect(try reader.readAll(upTo: 5000).count == 5000)
}

@Test func totalsAreLimited() throws {
    let folder = try TemporaryFolder()
    let members = (0..<20).map { (path: "m\($0)", bytes: Bytes.noise(1000, seed: UInt64($0))) }
    try ArchiveFixtures.write(.init(format: .tar, filter: .zstd), to: folder.file("a"), members: members)
    var limits = ArchiveLimits.standard
    limits.memberCount = 19
    func error(_ limits: ArchiveLimits) throws -> ArchiveError? {
        let reader = try ArchiveReader(path: folder.file("a"), limits: limits)
        do throws(ArchiveError) {
            while try reader.nextMember() != nil {}
            return nil
        } catch {
            return error
        }
    }
    #expect(try error(limits)?.code == .tooManyMembers(limit: 19))
    limits.memberCount = 20
    #expect(try error(limits) == nil)
    // Skipped members are decompressed, and count.
    limits.totalByteCount = 19_999
    #expect(try error(limits)?.code == .archiveTooLarge(limit: 19_999))
    limits.totalByteCount = 20_000
    #expect(try error(limits) == nil)
}
