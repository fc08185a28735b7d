import Foundation
import Media
import Testing

private func readAll(_ path: String, limits: ArchiveLimits = .standard) throws(ArchiveError) -> [UInt8] {
    let reader = try CompressedFileReader(path: path, limits: limits)
    var all: [UInt8] = []
    while true {
        let piece = try reader.read(upTo: 1000)
        if piece.isEmpty { return all }
        all += piece
    }
}

private func write(_ bytes: [UInt8], to path: String) throws(ArchiveError) {
    let writer = try CompressedFileWriter(path: path)
    try writer.write(bytes)
    try writer.finish()
}

@Test(arguments: [("a.jsonl", nil), ("a.jsonl.gz", 0x1F), ("a.zst", 0x28), ("a.xz", 0xFD)] as [(String, UInt8?)])
func endingChoosesTheCompression(name: String, firstByte: UInt8?) throws {
    let folder = try TemporaryFolder()
    let text = Array(String(repeating: "{\"item_id\": \"1\"}\n", count: 9000).utf8)
    try write(text, to: folder.file(name))
    let file = try bytes(ofFile: folder.file(name))
    if let firstByte {
        #expect(file.first == firstByte)
        #expect(file.count < text.count / 20)
    } else {
        #expect(file == text)
    }
    #expect(try readAll(folder.file(name)) == text)
    #expect(try folder.names() == [name], "no partial file is left")
}

@Test(arguments: ["a", "a.gz", "a.zst", "a.xz"])
func manySmallWritesGiveTheBytesOfOneLargeOne(name: String) throws {
    let folder = try TemporaryFolder()
    let text = Bytes.noise(150_000, seed: 7)
    try write(text, to: folder.file("one-" + name))
    let writer = try CompressedFileWriter(path: folder.file("many-" + name))
    for start in stride(from: 0, to: text.count, by: 777) {
        try writer.write(Array(text[start..<min(text.count, start + 777)]))
    }
    try writer.finish()
    #expect(try readAll(folder.file("many-" + name)) == text)
    #expect(try readAll(folder.file("one-" + name)) == text)
}

@Test(arguments: ["a", "a.gz", "a.zst", "a.xz"])
func emptyStreamIsAFile(name: String) throws {
    let folder = try TemporaryFolder()
    try write([], to: folder.file(name))
    #expect(try readAll(folder.file(name)) == [])
}

@Test func linkStaysAndTheFileThatItLeadsToIsReplaced() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("real"), withIntermediateDirectories: false)
    try write([1, 2, 3], to: folder.file("real/a"))
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "real/a")
    try write([4, 5], to: folder.file("link"))
    #expect(try bytes(ofFile: folder.file("real/a")) == [4, 5])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == "real/a")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("real")) == ["a"])
}

@Test func linkToAFileThatIsGoneMakesItAnew() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "other")
    try FileManager.default.createSymbolicLink(atPath: folder.file("other"), withDestinationPath: folder.file("gone"))
    try write([4, 5], to: folder.file("link"))
    #expect(try bytes(ofFile: folder.file("gone")) == [4, 5])
    #expect(try folder.names().sorted() == ["gone", "link", "other"])
    try FileManager.default.createSymbolicLink(atPath: folder.file("lost"), withDestinationPath: "no-folder/gone")
    #expect(throws: ArchiveError(.unwritable(errno: ENOENT), archivePath: folder.file("lost"))) {
        try write([1], to: folder.file("lost"))
    }
}

@Test func whatIsNoFileIsNotReplaced() throws {
    let folder = try TemporaryFolder()
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(atPath: folder.file("device"), withDestinationPath: "/dev/null")
    let names = try folder.names()
    for name in ["pipe", "folder", "device"] {
        #expect(throws: ArchiveError(.notAFile, archivePath: folder.file(name))) {
            try write([1], to: folder.file(name))
        }
    }
    #expect(try folder.names() == names)
}

@Test func fileHasOneWriterAtATime() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    do {
        let first = try CompressedFileWriter(path: path)
        try first.write([UInt8](repeating: 1, count: 1 << 17))
        #expect(throws: ArchiveError(.beingWritten, archivePath: path)) { try write([4, 5], to: path) }
        try first.finish()
        #expect(try bytes(ofFile: path) == [UInt8](repeating: 1, count: 1 << 17))
        // Whoever has ended holds nothing, finished or not.
        try write([4, 5], to: path)
        withExtendedLifetime(first) {}
    }
    do { _ = try CompressedFileWriter(path: path) }
    try Data([9, 9, 9]).write(to: URL(filePath: CompressedFileWriter.partialPath(of: path)))
    try write([6], to: path)
    #expect(try bytes(ofFile: path) == [6] && folder.names() == ["a"])
}

@Test func fileAppearsOnlyWhenFinished() throws {
    let folder = try TemporaryFolder()
    try write([1, 2, 3], to: folder.file("a"))
    do {
        let writer = try CompressedFileWriter(path: folder.file("a"))
        try writer.write([9])
        #expect(try bytes(ofFile: folder.file("a")) == [1, 2, 3])
    }
    #expect(try bytes(ofFile: folder.file("a")) == [1, 2, 3])
    #expect(try folder.names() == ["a"])
    do {
        let writer = try ArchiveWriter(path: folder.file("b.zip"), format: .zip)
        try writer.add(path: "x", bytes: [1])
    }
    #expect(try folder.names() == ["a"])
}

@Test func absentFolderCannotBeWrittenTo() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("absent/a.gz")
    #expect(throws: ArchiveError(.unwritable(errno: ENOENT), archivePath: path)) {
        try CompressedFileWriter(path: path)
    }
}

@Test func filterOnAnArchiveThatCompressesItselfIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ArchiveError.self) { try ArchiveWriter(path: folder.file("a.zip"), format: .zip, filter: .gzip) }
}

@Test(arguments: ["a.gz", "a.zst", "a.xz"])
func cutStreamIsTruncated(name: String) throws {
    let folder = try TemporaryFolder()
    let text = Bytes.noise(5000, seed: 8)
    try write(text, to: folder.file(name))
    let whole = try bytes(ofFile: folder.file(name))
    for length in stride(from: 100, to: whole.count - 20, by: 97) {
        let path = try folder.write(Array(whole.prefix(length)), to: "cut")
        #expect(throws: ArchiveError.self, "cut at \(length)") { try readAll(path) }
        let error = #expect(throws: ArchiveError.self) { try readAll(path) }
        #expect(error?.code == .truncated)
    }
}

@Test func streamThatExpandsTooMuchIsRefused() throws {
    let folder = try TemporaryFolder()
    try write([UInt8](repeating: 0, count: 4 << 20), to: folder.file("a.zst"))
    var limits = ArchiveLimits.standard
    limits.expansionAllowance = 1 << 20
    let path = folder.file("a.zst")
    #expect(throws: ArchiveError(.expandsTooMuch(limit: 200), archivePath: path)) { try readAll(path, limits: limits) }
    #expect(try readAll(path).count == 4 << 20)
}
