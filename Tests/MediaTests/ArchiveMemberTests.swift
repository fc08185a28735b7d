import Foundation
import Media
import Testing

private func member(_ path: String) -> ArchiveMember { ArchiveMember(path: path, kind: .file, byteCount: 0) }

@Test func safePathsStayBelowTheirFolder() {
    #expect(member("images/1.jpg").safePath == "images/1.jpg")
    #expect(member("./images//1.jpg").safePath == "images/1.jpg")
    #expect(member("folder/").safePath == "folder")
    #expect(member("..hidden/a..b").safePath == "..hidden/a..b")
    #expect(member("c/日本.jpg").safePath == "c/日本.jpg")
}

@Test func hostileNamesHaveNoSafePath() {
    let hostile: [(String, ArchiveMember.NameProblem)] = [
        ("", .empty), (".", .empty), ("./", .empty),
        ("/etc/passwd", .absolute), ("\\\\host\\share", .absolute), ("C:\\a", .absolute), ("c:a", .absolute),
        ("../a", .parentFolder), ("a/../../b", .parentFolder), ("a/..", .parentFolder), ("a\\..\\..\\b", .parentFolder),
        ("a\nb", .controlCharacter), ("a\u{7F}", .controlCharacter), ("a\0b", .controlCharacter),
    ]
    for (path, problem) in hostile {
        #expect(member(path).nameProblem == problem, "\(path)")
        #expect(member(path).safePath == nil, "\(path)")
    }
}

@Test func macMetadataIsKnownByName() {
    for path in ["__MACOSX/a/._b.jpg", "a/._b.jpg", "._a", ".DS_Store", "x/.DS_Store", "__MACOSX/"] {
        #expect(member(path).isMacMetadata, "\(path)")
    }
    for path in ["a.jpg", "_a", "a._b", "DS_Store", ".", "a/.hidden"] {
        #expect(!member(path).isMacMetadata, "\(path)")
    }
}

@Test func hostileMembersOfARealArchiveAreTold() throws {
    let folder = try TemporaryFolder()
    let plain = UInt8(ascii: "0")
    let tar = ArchiveFixtures.tar([
        (Array("../escape".utf8), plain, [1]),
        (Array("/absolute".utf8), plain, [2]),
        ([0x69, 0x2F, 0xFF, 0xFE, 0x2E, 0x6A], plain, [3]),
        (Array("link".utf8), UInt8(ascii: "2"), []),
        (Array("hard".utf8), UInt8(ascii: "1"), []),
        (Array("folder/".utf8), UInt8(ascii: "5"), []),
        (Array("good".utf8), plain, [4]),
    ])
    let reader = try ArchiveReader(path: try folder.write(tar, to: "hostile.tar"))
    var found: [ArchiveMember] = []
    while let member = try reader.nextMember() { found.append(member) }
    #expect(found.map(\.nameProblem) == [.parentFolder, .absolute, .invalidUTF8, nil, nil, nil, nil])
    #expect(found.map(\.kind) == [.file, .file, .file, .other, .other, .folder, .file])
    #expect(found[2].path == "i/\u{FFFD}\u{FFFD}.j")
    #expect(found[6].safePath == "good")
}

@Test(arguments: [ArchiveFormat.tar, .zip])
func hostileNamesSurviveTheWriter(format: ArchiveFormat) throws {
    let folder = try TemporaryFolder()
    try ArchiveFixtures.write(
        .init(format: format, filter: .none), to: folder.file("a"), members: [("../../x", [1]), ("été/ß", [2])])
    let members = try ArchiveFixtures.readAll(folder.file("a"))
    #expect(members.map(\.path) == ["../../x", "été/ß"])
}

@Test func encryptedZipMemberIsRefusedAndThePlainOneRead() throws {
    let folder = try TemporaryFolder()
    let archive = try bytes(
        base64:
            "UEsDBAoACQAAAOAsdl3aiUmbGAAAAAwAAAAFAAAAYS50eHQpq0QEx/DlnKGMSLyZbKYQHmOws8jWY11QSwcI2olJmxgAAAAMAAAAUEsDBAoAAAAA"
            + "AOAsdl3PYiAZBQAAAAUAAAAFAAAAYi50eHRwbGFpblBLAQIeAwoACQAAAOAsdl3aiUmbGAAAAAwAAAAFAAAAAAAAAAEAAACkgQAAAABhLnR4"
            + "dFBLAQIeAwoAAAAAAOAsdl3PYiAZBQAAAAUAAAAFAAAAAAAAAAEAAACkgUsAAABiLnR4dFBLBQYAAAAAAgACAGYAAABzAAAAAAA=")
    let path = try folder.write(archive, to: "e.zip")
    let reader = try ArchiveReader(path: path)
    #expect(try reader.nextMember()?.path == "a.txt")
    #expect(throws: ArchiveError(.encrypted, archivePath: path, entry: "a.txt", isFatal: false)) {
        try reader.readAll(upTo: 100)
    }
    #expect(try reader.nextMember()?.path == "b.txt")
    #expect(try reader.readAll(upTo: 100) == Array("plain".utf8))
}

@Test(arguments: [
    // The names in clear, then encrypted too.
    "N3q8ryccAAT1lnPwEAAAAAAAAABiAAAAAAAAAEjXw4AHrwus+zR5NKSkHSrAMapgAQQGAAEJEAAHCwEAAiQG8QcBElMPlqPzE7Cme5auMrvm5tg4"
        + "byEhAQABAAwQDAAICgHaiUmbAAAFARkBABENAGEALgB0AHgAdAAAABQKAQCoXS/GQ3rdARUGAQAggKSBAAA=",
    "N3q8ryccAATmm0t0gAAAAAAAAAAuAAAAAAAAAGDtvG0TsQ9osOxn5VCpQh9u1vpfgFqENJD6M74cGc+YqtMIDFFG6nttxe8CkXVL5pwSLAYhb0YZ"
        + "QqeuWK38+JVuCPvPBG3NIhWelDopzudOx5zAzrzH+lk8Y7t6wnZXzX4tkDZYC7d28waPMvlidYw/POGAvlu9ch5lO8WKYQBmzXJRJBcGEAEJ"
        + "cAAHCwEAASQG8QcBElMPaxI2S+ZrFCtyx5uGLAroewxiCgEsous3AAA=",
])
func encryptedSevenZipSaysSo(archive: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(try bytes(base64: archive), to: "e.7z")
    let error = #expect(throws: ArchiveError.self) { try ArchiveFixtures.readAll(path) }
    #expect(error?.code == .encrypted)
}

private let programs: [(program: String, arguments: [String])] = [
    ("/bin/tar", ["cf", "../out", "."]), ("/bin/tar", ["czf", "../out", "."]),
    ("/bin/tar", ["--zstd", "-cf", "../out", "."]),
    ("/bin/tar", ["cJf", "../out", "."]), ("/bin/tar", ["cjf", "../out", "."]),
    ("/usr/bin/zip", ["-qr", "../out.zip", "."]),
    ("/usr/bin/7z", ["a", "../out.7z", "."]),
]

@Test(arguments: programs)
func archivesOfOtherProgramsAreRead(program: String, arguments: [String]) throws {
    guard FileManager.default.isExecutableFile(atPath: program) else { return }
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("in/images"), withIntermediateDirectories: true)
    let picture = Bytes.noise(70_000, seed: 6)
    _ = try folder.write(picture, to: "in/images/é 1.jpg")
    _ = try folder.write(Array("a,b\n".utf8), to: "in/t.csv")
    try run(program, arguments, in: folder.file("in"))
    let name = try #require(try folder.names().first { $0.hasPrefix("out") })
    let reader = try ArchiveReader(path: folder.file(name))
    var found: [String: [UInt8]] = [:]
    while let member = try reader.nextMember() {
        guard member.kind == .file, let path = member.safePath else { continue }
        found[path] = try reader.readAll(upTo: 1 << 20)
    }
    #expect(found == ["images/é 1.jpg": picture, "t.csv": Array("a,b\n".utf8)])
}
