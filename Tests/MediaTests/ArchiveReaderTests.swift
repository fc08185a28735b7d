import Foundation
import Media
import Testing

@Test(arguments: ArchiveFixtures.kinds)
func everyKindOfArchiveGivesItsMembersBack(kind: ArchiveFixtures.Kind) throws {
    let folder = try TemporaryFolder()
    try ArchiveFixtures.write(kind, to: folder.file("archive"))
    #expect(try ArchiveFixtures.readAll(folder.file("archive")).holdsSame(as: ArchiveFixtures.members))
}

@Test(arguments: ArchiveFixtures.kinds)
func membersReadInPiecesAndSkippedOnesAgree(kind: ArchiveFixtures.Kind) throws {
    let folder = try TemporaryFolder()
    try ArchiveFixtures.write(kind, to: folder.file("archive"))
    let reader = try ArchiveReader(path: folder.file("archive"))
    var index = 0
    while let member = try reader.nextMember() {
        let expected = ArchiveFixtures.members[index]
        #expect(member.path == expected.path)
        #expect(member.kind == .file)
        #expect(member.byteCount == expected.bytes.count)
        if index == 1 {
            #expect(try reader.read(upTo: 100) == Array(expected.bytes.prefix(100)))
        } else if index == 3 {
            var pieces: [UInt8] = []
            while true {
                let piece = try reader.read(upTo: 7)
                if piece.isEmpty { break }
                pieces += piece
            }
            #expect(pieces == expected.bytes)
        }
        index += 1
    }
    #expect(index == ArchiveFixtures.members.count)
    #expect(try reader.nextMember() == nil)
}

@Test(arguments: ArchiveFixtures.kinds)
func sameMembersGiveTheSameArchiveBytes(kind: ArchiveFixtures.Kind) throws {
    let folder = try TemporaryFolder()
    try ArchiveFixtures.write(kind, to: folder.file("a"))
    try ArchiveFixtures.write(kind, to: folder.file("b"))
    let first = try bytes(ofFile: folder.file("a"))
    #expect(first == (try bytes(ofFile: folder.file("b"))))
    if kind.filter == .gzip { #expect(first[4..<8].elementsEqual([0, 0, 0, 0]), "no time stamp") }
}

@Test(arguments: ArchiveFixtures.kinds)
func cutArchiveIsTruncatedOrHasLostNothing(kind: ArchiveFixtures.Kind) throws {
    let folder = try TemporaryFolder()
    try ArchiveFixtures.write(kind, to: folder.file("whole"))
    let whole = try bytes(ofFile: folder.file("whole"))
    // What is read before the cut is seen is always true; a clean end is believed only with all members.
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 150)) {
        let path = try folder.write(Array(whole.prefix(length)), to: "cut")
        do throws(ArchiveError) {
            let members = try ArchiveFixtures.readAll(path)
            #expect(members.holdsSame(as: ArchiveFixtures.members), "\(kind) cut at \(length) of \(whole.count)")
        } catch {
            // A tar is known by its first header, the others by their first bytes.
            let isTooShortToTell =
                length < (kind.description == "tar-none" ? 512 : 40) && error.code == .unrecognizedFormat
            #expect(
                error.code == .truncated || isTooShortToTell, "\(kind) cut at \(length) of \(whole.count): \(error)")
            #expect(error.archivePath == path)
        }
    }
}

@Test func truncationInsideAMemberNamesTheMember() throws {
    let folder = try TemporaryFolder()
    let kind = ArchiveFixtures.Kind(format: .tar, filter: .gzip)
    let picture = Bytes.noise(200_000, seed: 3)
    try ArchiveFixtures.write(
        kind, to: folder.file("whole"), members: [("a.txt", [1]), ("img/0412.jpg", picture), ("b.txt", [2])])
    let path = try folder.write(Array(try bytes(ofFile: folder.file("whole")).prefix(100_000)), to: "2026-11-21.tar.gz")
    let reader = try ArchiveReader(path: path)
    #expect(try reader.nextMember()?.path == "a.txt")
    #expect(try reader.nextMember()?.path == "img/0412.jpg")
    let error = try #require(throws: ArchiveError.self) { try reader.readAll(upTo: 1 << 20) }
    #expect(error.code == .truncated)
    #expect(error.entry == "img/0412.jpg")
    #expect(error.isFatal)
    #expect(error.description.hasPrefix(path + ": entry 'img/0412.jpg': truncated archive"))
    // It is thrown again, and never turns into an end of the archive.
    #expect(throws: error) { try reader.nextMember() }
    #expect(throws: error) { try reader.read(upTo: 10) }
}

@Test func tarWithoutItsEndMarkerIsTruncated() throws {
    let folder = try TemporaryFolder()
    let member = (name: Array("a".utf8), type: UInt8(ascii: "0"), bytes: [UInt8](repeating: 7, count: 600))
    let open = try folder.write(ArchiveFixtures.tar([member], isClosed: false), to: "open.tar")
    #expect(throws: ArchiveError(.truncated, archivePath: open, entryBefore: "a")) { try ArchiveFixtures.readAll(open) }
    let closed = try folder.write(ArchiveFixtures.tar([member]), to: "closed.tar")
    #expect(try ArchiveFixtures.readAll(closed).count == 1)
}

@Test(arguments: CompressionFilter.allCases)
func joinedArchivesAreReadToTheLastOnesEnd(_ filter: CompressionFilter) throws {
    let folder = try TemporaryFolder()
    var joined: [UInt8] = []
    for name in ["a", "b"] {
        let path = folder.file(name)
        try ArchiveFixtures.write(
            .init(format: .tar, filter: filter), to: path, members: [(path: name, bytes: Array(name.utf8))])
        joined += try MediaTests.bytes(ofFile: path)
    }
    #expect(try ArchiveFixtures.readAll(folder.write(joined, to: "joined")).map(\.path) == ["a", "b"])
    // A plain one is cut before the second one's end marker.
    let rest = filter == .none ? joined.count / 2 - 1024 : 9
    let cut = try folder.write(Array(joined.dropLast(rest)), to: "cut")
    let error = try #require(throws: ArchiveError.self) { try ArchiveFixtures.readAll(cut) }
    #expect(error.code == .truncated, "\(error)")
}

/// As `zstd --long=31` writes from a pipe, and of a file of 200 MiB.
@Test(arguments: [[0x04, 0xA8], [0xA4, 0x00, 0x00, 0x80, 0x0C]] as [[UInt8]])
func aZstandardWindowThatIsTooLongIsNamed(_ header: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let archive = [0x28, 0xB5, 0x2F, 0xFD] + header + [UInt8](repeating: 0, count: 1000)
    let path = try folder.write(archive, to: "long.tar.zst")
    let error = try #require(throws: ArchiveError.self) { try ArchiveReader(path: path) }
    #expect(error.code == .windowTooLarge)
    #expect(error.description.hasSuffix("; pack it again with `zstd --long=27`, or without --long"))
}

@Test func skippingOverTheCutIsTruncationToo() throws {
    let folder = try TemporaryFolder()
    let member = (name: Array("a".utf8), type: UInt8(ascii: "0"), bytes: [UInt8](repeating: 7, count: 1 << 20))
    let path = try folder.write(Array(ArchiveFixtures.tar([member, member]).prefix(700_000)), to: "cut.tar")
    let reader = try ArchiveReader(path: path)
    _ = try reader.nextMember()
    let error = #expect(throws: ArchiveError.self) { try reader.nextMember() }
    #expect(error?.code == .truncated)
}

@Test func filesThatAreNoArchivesSayWhatTheyAre() throws {
    let folder = try TemporaryFolder()
    func code(_ path: String) -> ArchiveError.Code? {
        do throws(ArchiveError) {
            _ = try ArchiveReader(path: path)
            return nil
        } catch {
            return error.code
        }
    }
    #expect(code(folder.file("absent")) == .unreadable(errno: ENOENT))
    #expect(code(folder.path) == .unreadable(errno: EISDIR))
    #expect(code(try folder.write([], to: "empty")) == .truncated)
    #expect(
        code(try folder.write(Array("just some text, long enough to be looked at\n".utf8), to: "text"))
            == .unrecognizedFormat)
    // mtree texts make libarchive open the files that they name.
    #expect(
        code(try folder.write(Array("#mtree\n./passwd contents=/etc/passwd type=file\n".utf8), to: "m"))
            == .unrecognizedFormat)
    let table = try CompressedFileWriter(path: folder.file("table.csv.gz"))
    try table.write("id,title\n1,a\n")
    try table.finish()
    #expect(code(folder.file("table.csv.gz")) == .unrecognizedFormat)
}

@Test(arguments: ArchiveFixtures.kinds)
func damagedArchivesNeverCrash(kind: ArchiveFixtures.Kind) throws {
    let folder = try TemporaryFolder()
    try ArchiveFixtures.write(kind, to: folder.file("whole"))
    let whole = try bytes(ofFile: folder.file("whole"))
    var generator = Bytes(seed: 11)
    var refused = 0
    for _ in 0..<80 {
        var damaged = whole
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= UInt8.random(
                in: 1...255, using: &generator)
        }
        let path = try folder.write(damaged, to: "damaged")
        do throws(ArchiveError) { _ = try ArchiveFixtures.readAll(path) } catch { refused += 1 }
    }
    #expect(refused > 0)
}

@Test func damagedZipMemberIsRefusedAndTheNextOneRead() throws {
    let folder = try TemporaryFolder()
    let noise = Bytes.noise(5000, seed: 4)
    try ArchiveFixtures.write(
        .init(format: .zip, filter: .none), to: folder.file("a.zip"), members: [("bad", noise), ("good", [1, 2, 3])])
    var archive = try bytes(ofFile: folder.file("a.zip"))
    archive[2500] ^= 0x40
    let reader = try ArchiveReader(path: try folder.write(archive, to: "b.zip"))
    _ = try reader.nextMember()
    let error = #expect(throws: ArchiveError.self) { try reader.readAll(upTo: 1 << 20) }
    #expect(error?.code == .corrupt)
    #expect(error?.entry == "bad")
    #expect(error?.isFatal == false)
    #expect(try reader.nextMember()?.path == "good")
    #expect(try reader.readAll(upTo: 10) == [1, 2, 3])
}
