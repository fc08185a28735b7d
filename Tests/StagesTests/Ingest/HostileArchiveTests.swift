internal import Compatibility
internal import Foundation
internal import Media
internal import Pipeline
internal import Stages
import Testing

/// Archives that are damaged, or made to do harm.
@Suite struct HostileArchiveTests {
    private static let good: [IngestBench.Member] = [
        .init("products.csv", "sku,family,file\n1,Tops,a.jpg\n2,Tops,b.jpg\n"), .picture("a.jpg"), .picture("b.jpg"),
    ]

    private static func map(_ parameters: inout IngestParameters) {
        parameters.tables.products.id = "sku"
        parameters.tables.products.category = ["family"]
        parameters.tables.products.picture = "file"
    }

    @Test func namesThatLeadOutsideAreRefusedAndNothingIsWrittenThere() throws {
        let bench = try IngestBench()
        let hostile: [IngestBench.Member] = [
            .picture("../../escape.jpg"), .picture("/etc/escape.jpg"), .picture("x/../../y.jpg"),
            .picture("tab\there.jpg"),
        ]
        let archive = try bench.archive("h.tar", hostile + Self.good)
        let dataset = try bench.ingest([archive], Self.map)
        let reason = "member name leads outside the archive"
        #expect(
            try dataset.refusals() == [
                "../../escape.jpg: \(reason)", "/etc/escape.jpg: \(reason)", "x/../../y.jpg: \(reason)",
                "tab\\there.jpg: \(reason)",
            ])
        #expect(dataset.pictures.count == 2)
        #expect(
            !FileManager.default.fileExists(
                atPath: bench.folder.deletingLastPathComponent().appendingPathComponent("escape.jpg").path))
    }

    /// A name that would clear the terminal of whoever reads the table, or look like further lines of it.
    @Test func namesAreShownWithoutTheirControlCharacters() throws {
        let bench = try IngestBench()
        let name = "x\u{1B}[2J\nb.jpg"
        let shown = "x\\u{1B}[2J\\nb.jpg"
        // The archive's own name is as hostile; a file may be called so.
        let archive = try bench.archive("h\u{1B}[2J.tar", [.picture(name)] + Self.good)
        let entry = try #require(try bench.ingest([archive], Self.map).reader.quarantine().first)
        #expect(entry.archive == "h\\u{1B}[2J.tar" && entry.member == shown)
        let error = #expect(throws: IngestError.self) {
            try bench.ingest([archive]) {
                Self.map(&$0)
                $0.quarantineFractionLimit = 0
            }
        }
        #expect(error?.description.contains("as h\\u{1B}[2J.tar: \(shown)") == true, "\(String(describing: error))")
        let unknown = try bench.archive("n.tar", [.init("notes\u{1B}[2J\n.txt", "a")])
        let other = #expect(throws: IngestError.self) { try bench.ingest([unknown]) }
        #expect(other?.description.hasSuffix("it begins with notes\\u{1B}[2J\\n.txt") == true)
        let column = try bench.archive("c.tar", [.init("products.csv", "s\u{1B}[2Jku,family\n1,Tops\n")])
        let missing = #expect(throws: IngestError.self) { try bench.ingest([column], Self.map) }
        #expect(missing?.description.hasSuffix("(the header has: s\\u{1B}[2Jku, family)") == true)
    }

    @Test func namesThatAreNoTextAreRefused() throws {
        let bench = try IngestBench()
        let name = [0x61, 0xFF, 0xFE] + Array(".jpg".utf8)
        let plain = try Data(contentsOf: bench.file(try bench.archive("plain.tar", Self.good)))
        try (Data(Self.tarHeader(name, type: "0", link: "")) + plain).write(to: bench.file("name.tar"))
        let dataset = try bench.ingest(["name.tar"], Self.map)
        #expect(try dataset.reader.quarantine().map(\.reason) == ["member name is not text"])
        #expect(dataset.pictures.count == 2)
    }

    @Test func linksAreNotFollowed() throws {
        let bench = try IngestBench()
        let plain = try Data(contentsOf: bench.file(try bench.archive("plain.tar", Self.good)))
        let link = Self.tarHeader(Array("link.jpg".utf8), type: "2", link: "/etc/passwd")
        try (Data(link) + plain).write(to: bench.file("link.tar"))
        let dataset = try bench.ingest(["link.tar"], Self.map)
        #expect(try dataset.refusals() == ["link.jpg: member is a link or device"])
        #expect(dataset.pictures.count == 2)
    }

    /// The block of an empty member, as POSIX writes it; the archive writer makes no links and no such names.
    private static func tarHeader(_ name: [UInt8], type: String, link: String) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at offset: Int) {
            header.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        put(name, at: 0)
        put(
            Array("0000644\u{0}0000000\u{0}0000000\u{0}00000000000\u{0}00000000000\u{0}        \(type)\(link)".utf8),
            at: 100)
        put(Array("ustar\u{0}00".utf8), at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(Array(String(format: "%06o", sum).utf8) + [0, 0x20], at: 148)
        return header
    }

    @Test func picturesThatAreNoneAreRefusedAndTheirItemsStay() throws {
        let bench = try IngestBench()
        let archive = try bench.archive(
            "p.zip",
            [
                Self.good[0], .init("a.jpg", "GIF89a"), .init("b.jpg", ""),
                .init("c.png", IngestBench.picture(String(repeating: "x", count: 200))),
                // Content decides where the name says nothing.
                .init("folder/noname", IngestBench.picture("noname")),
            ], format: .zip)
        let dataset = try bench.ingest([archive]) {
            Self.map(&$0)
            $0.limits.pictureByteCount = 100
        }
        #expect(
            try dataset.refusals() == [
                "a.jpg: picture is neither JPEG, PNG nor WebP", "b.jpg: picture is empty",
                "c.png: picture is larger than the limit",
            ])
        #expect(try dataset.reader.items().map(\.pictureDigest) == [nil, nil])
        #expect(dataset.pictures.count == 1)
    }

    @Test(arguments: [("t.tar", CompressionFilter.none), ("t.tar.gz", .gzip), ("t.tar.zst", .zstd), ("t.tar.xz", .xz)])
    func aTruncatedArchiveFailsAndIsNotHalfIngested(_ name: String, _ filter: CompressionFilter) throws {
        let bench = try IngestBench()
        let noise = (0..<40).map { number in
            IngestBench.Member.picture(
                "x\(number).jpg",
                String((0..<200).map { Character(Unicode.Scalar(UInt8(33 + ($0 * $0 * number) % 90))) }))
        }
        let whole = try Data(contentsOf: bench.file(try bench.archive(name, Self.good + noise, filter: filter)))
        for part in 1..<12 {
            let cut = bench.folder.appendingPathComponent("cut-\(part)-\(name)")
            try whole.prefix(whole.count * part / 12).write(to: cut)
            let error = #expect(throws: ArchiveError.self, "\(part)/12 of \(name)") {
                try bench.ingest([cut.lastPathComponent], Self.map)
            }
            #expect(error?.code == .truncated || error?.code == .corrupt)
            #expect(error?.archivePath.hasSuffix(cut.lastPathComponent) == true)
        }
    }

    @Test func aBombInAZipIsRefusedByItsClaimAndTheRestGoesOn() throws {
        let bench = try IngestBench()
        let writer = try ArchiveWriter(path: bench.file("bomb.zip").path, format: .zip)
        try writer.add(path: "bomb.jpg", repeating: [UInt8](repeating: 0, count: 1 << 20), count: 100)
        for member in Self.good { try writer.add(path: member.path, bytes: member.bytes) }
        try writer.finish()
        let dataset = try bench.ingest(["bomb.zip"], Self.map)
        #expect(try dataset.refusals() == ["bomb.jpg: picture is larger than the limit"])
        #expect(dataset.pictures.count == 2)
    }

    @Test func aBombThatMustBeUnpackedFailsTheArchiveByName() throws {
        let bench = try IngestBench()
        let writer = try ArchiveWriter(path: bench.file("bomb.tar.gz").path, format: .tar, filter: .gzip)
        try writer.add(path: "bomb.jpg", repeating: [UInt8](repeating: 0, count: 1 << 20), count: 100)
        for member in Self.good { try writer.add(path: member.path, bytes: member.bytes) }
        try writer.finish()
        let error = #expect(throws: ArchiveError.self) { try bench.ingest(["bomb.tar.gz"], Self.map) }
        #expect(error?.code == .expandsTooMuch(limit: 200))
        #expect(error?.entry == "bomb.jpg")
        #expect(error?.description.hasSuffix("; raise limits.expansion_ratio if the archive is to be trusted") == true)
    }

    @Test func anArchiveOfNothingKnownSaysWhatItHolds() throws {
        let bench = try IngestBench()
        let archive = try bench.archive("n.tar", [.init("notes.txt", "a"), .init("b/c.doc", "b")])
        let error = #expect(throws: IngestError.self) { try bench.ingest([archive]) }
        guard case .nothingRecognised(_, .auto, ["notes.txt", "b/c.doc"]) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    @Test func anArchiveOfTwoLayoutsAsksForOne() throws {
        let bench = try IngestBench()
        let archive = try bench.archive(
            "two.tar", [.init("polyvore_item_metadata.json", "{}"), .init("train_no_dup.json", "[]")])
        let error = #expect(throws: IngestError.self) { try bench.ingest([archive]) }
        guard case .severalLayouts(_, ["polyvore_item_metadata.json", "train_no_dup.json"]) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    @Test func pathsThatNameNoArchiveAreNamed() throws {
        let bench = try IngestBench()
        try bench.archive("a-2.tar", Self.good)
        try bench.archive("a-1.tar", [Self.good[1]])
        try bench.archive("a-10.tar", Self.good)
        var parameters = IngestParameters()
        parameters.archives = ["b.tar", "b*.tar", ".", "a-2.tar"]
        let inputs = IngestStage(parameters, relativeTo: bench.folder).externalInputs
        #expect(inputs.map(\.label) == parameters.archives)
        #expect(inputs.map { $0.problem?.hasPrefix("no such archive; ") } == [true, true, false, nil])
        #expect(inputs[2].problem == "is a folder; pack it with tar, zip or 7z")
        parameters.archives = ["a-10.tar", "a-*.tar"]
        // A glob in the order of its numbers, and each archive once.
        #expect(
            IngestStage(parameters, relativeTo: bench.folder).externalInputs.map(\.label)
                == ["a-1.tar", "a-2.tar", "a-10.tar"])
    }
}
