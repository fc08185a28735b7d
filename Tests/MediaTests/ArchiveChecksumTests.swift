import Foundation
import Media
import Testing

/// What the archive gives of its members' contents; nil where it is refused.
private func contents(_ path: String) -> [[UInt8]]? {
    do throws(ArchiveError) {
        return try ArchiveFixtures.readAll(path).map(\.bytes)
    } catch {
        return nil
    }
}

private let checkedKinds = ArchiveFixtures.kinds.filter { [.gzip, .xz].contains($0.filter) || $0.format != .tar }

/// A byte of a header that says nothing of the contents may be flipped unseen; a wrong byte is never given.
@Test(arguments: checkedKinds)
func flippedByteNeverGivesOtherContents(kind: ArchiveFixtures.Kind) throws {
    let folder = try TemporaryFolder()
    try ArchiveFixtures.write(kind, to: folder.file("whole"))
    let whole = try bytes(ofFile: folder.file("whole"))
    let known = Set(ArchiveFixtures.members.map(\.bytes))
    var (refused, flipped) = (0, 0)
    for position in stride(from: 0, to: whole.count, by: 5) {
        var damaged = whole
        damaged[position] ^= 1 << UInt8(position / 5 % 8)
        flipped += 1
        guard let found = contents(try folder.write(damaged, to: "damaged")) else {
            refused += 1
            continue
        }
        #expect(found.allSatisfy(known.contains), "\(kind), byte \(position) of \(whole.count)")
        if kind.format == .tar { #expect(found.count == ArchiveFixtures.members.count) }
    }
    // Much of a small zip is names, dates and modes, which have no checksum.
    #expect(refused * 10 > flipped * (kind.format == .zip ? 7 : 9), "\(kind): \(refused) of \(flipped)")
}

@Test func flippedByteOfAZstandardFileWithAChecksumIsFound() throws {
    // tar | zstd -19, whose frames have a checksum: two members, one of noise.
    let text = """
        KLUv/WQAJ80NAHQYcHJvZHVjdHMuY3N2ADA2NDQAMDQyADAAMDEyMDcxACAwAHVzdGFyICAAcm9vdABpZCx0aXRsZQoxLHJlZCBz
        a2lydAoyLGJsdWUAbm9pc2UuYmluNDU0MTMyN5yboKMXlwxUK+ZUeqHNnxIirYcr3r9uayXJHprQHVuDuBvat4K7oN8iMGRL9Dh5
        lnglI/ILMwlN8Qod9w10yYG6ujVqHM2DEwpXP/rcrKn0pmXJ3CatotwSCntCIgmuzQnWXv3It+tfWQellLspqbLIH6SEE+P0C5Sz
        KNKJe+B8o4ousRmKF3/dLNsvLjkPUHo+CFtCH42Cgl5/u1Qtm1RpL7IauQAl+Rga1WNbdBwu+jAPiQc21r8Qm+krEZ0cWOju43CA
        UwQ+7tb66InsNSHawva8A4FpimBgjps//HlOGphcBTv0c6wzBrei8PxAS+CBIqtp3K9Cy7wfmQJaBnpKSWFpzC4yrLx6czp1N7Er
        0bWlmr4g/c7fgBAfomNOa+74R8Ce30AehCl8NxIgQC1tzQHzbj3Ast2QOseqZN3IAZRAYqdt1B248wxq4xDYH0gepGGAA4MGWJrU
        F2mzhLM=
        """
    let folder = try TemporaryFolder()
    let whole = [UInt8](try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters)))
    let expected = try ArchiveFixtures.readAll(try folder.write(whole, to: "whole")).map(\.bytes)
    #expect(expected.map(\.count) == [34, 300] && expected[0].starts(with: "id,title\n".utf8))
    var refused = 0
    for position in whole.indices {
        var damaged = whole
        damaged[position] ^= 0x10
        if let found = contents(try folder.write(damaged, to: "damaged")) {
            #expect(found == expected, "byte \(position)")
        } else {
            refused += 1
        }
    }
    #expect(refused * 10 > whole.count * 9, "\(refused) of \(whole.count)")
}

private func compressed(_ bytes: [UInt8], _ folder: TemporaryFolder) throws -> [UInt8] {
    let writer = try CompressedFileWriter(path: folder.file("part.gz"))
    try writer.write(bytes)
    try writer.finish()
    return try MediaTests.bytes(ofFile: folder.file("part.gz"))
}

@Test func gzipOfSeveralMembersAndPaddingIsReadWholeAndEachMemberChecked() throws {
    let folder = try TemporaryFolder()
    let noise = Bytes.noise(90_000, seed: 5)
    let tar = ArchiveFixtures.tar([(name: Array("a".utf8), type: UInt8(ascii: "0"), bytes: noise)])
    let parts = [try compressed(Array(tar[..<50_000]), folder), try compressed(Array(tar[50_000...]), folder)]
    let whole = parts[0] + parts[1] + [UInt8](repeating: 0, count: 70_000)
    #expect(contents(try folder.write(whole, to: "whole.tar.gz")) == [noise])
    for (part, start) in [(parts[0], 0), (parts[1], parts[0].count)] {
        // The trailers: a checksum and a length, four bytes each.
        for place in [part.count - 8, part.count - 1] {
            var damaged = whole
            damaged[start + place] ^= 1
            let path = try folder.write(damaged, to: "damaged.tar.gz")
            let error = try #require(throws: ArchiveError.self) { try ArchiveFixtures.readAll(path) }
            #expect(error.code == .corrupt && error.isFatal, "\(error)")
        }
    }
}

@Test func gzipChecksumIsFoundBehindALongPaddingToo() throws {
    let folder = try TemporaryFolder()
    let member = (name: Array("a".utf8), type: UInt8(ascii: "0"), bytes: [UInt8](repeating: 7, count: 600))
    let tar = ArchiveFixtures.tar([member]) + [UInt8](repeating: 0, count: 1 << 20)
    var archive = try compressed(tar, folder)
    #expect(contents(try folder.write(archive, to: "a.tgz")) == [member.bytes])
    archive[archive.count - 6] ^= 4
    let path = try folder.write(archive, to: "b.tgz")
    let error = try #require(throws: ArchiveError.self) { try ArchiveFixtures.readAll(path) }
    #expect(
        error.description
            == "\(path): after entry 'a': damaged archive (incorrect data check); its bytes are not those that were "
            + "written: fetch it again")
}

@Test func errorsCallAnArchiveByTheNameThatItWasGiven() throws {
    let folder = try TemporaryFolder()
    let open = ArchiveFixtures.tar([(name: Array("a".utf8), type: UInt8(ascii: "0"), bytes: [1])], isClosed: false)
    let reader = try ArchiveReader(path: try folder.write(open, to: "open.tar"), name: "data/open.tar")
    _ = try reader.nextMember()
    let error = try #require(throws: ArchiveError.self) { try reader.nextMember() }
    #expect(error == ArchiveError(.truncated, archivePath: "data/open.tar", entryBefore: "a"))
    #expect(
        error.description
            == "data/open.tar: after entry 'a': truncated archive; the file ends before the archive does, or goes on with other bytes: fetch it again"
    )
}
