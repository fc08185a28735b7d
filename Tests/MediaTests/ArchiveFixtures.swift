import Media

/// The archives that tests write and read.
enum ArchiveFixtures {
    struct Kind: Sendable, CustomStringConvertible {
        let format: ArchiveFormat
        let filter: CompressionFilter
        var description: String { "\(format)-\(filter)" }
    }

    static let kinds: [Kind] =
        CompressionFilter.allCases.map { Kind(format: .tar, filter: $0) } + [
            Kind(format: .zip, filter: .none), Kind(format: .sevenZip, filter: .none),
        ]

    static let members: [(path: String, bytes: [UInt8])] = [
        ("categories.csv", Array("1,Bag,bags\n".utf8)),
        ("images/été/日本 1.jpg", Bytes.noise(3000, seed: 1)),
        ("long/" + String(repeating: "x", count: 150) + "/name.txt", Array(repeating: 65, count: 700)),
        ("images/2.jpg", Bytes.noise(1025, seed: 2)),
        // Last, where 7z puts empty members anyway.
        ("empty.json", []),
    ]

    static func write(
        _ kind: Kind, to path: String, members: [(path: String, bytes: [UInt8])] = members
    ) throws(ArchiveError) {
        let writer = try ArchiveWriter(path: path, format: kind.format, filter: kind.filter)
        for member in members { try writer.add(path: member.path, bytes: member.bytes) }
        try writer.finish()
    }

    static func readAll(_ path: String) throws(ArchiveError) -> [(path: String, bytes: [UInt8])] {
        let reader = try ArchiveReader(path: path)
        var found: [(path: String, bytes: [UInt8])] = []
        while let member = try reader.nextMember() {
            found.append((member.path, try reader.readAll(upTo: 1 << 20)))
        }
        return found
    }

    /// A tar made by hand, for what no writer writes.
    static func tar(_ members: [(name: [UInt8], type: UInt8, bytes: [UInt8])], isClosed: Bool = true) -> [UInt8] {
        var archive: [UInt8] = []
        for member in members {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ bytes: [UInt8], at offset: Int) {
                header.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            }
            func octal(_ value: Int, digits: Int) -> [UInt8] {
                let text = String(value, radix: 8)
                return Array((String(repeating: "0", count: digits - text.count) + text).utf8)
            }
            put(member.name, at: 0)
            put(octal(0o644, digits: 7), at: 100)
            put(octal(0, digits: 7), at: 108)
            put(octal(0, digits: 7), at: 116)
            put(octal(member.bytes.count, digits: 11), at: 124)
            put(octal(0, digits: 11), at: 136)
            put(Array(repeating: 0x20, count: 8), at: 148)
            put([member.type], at: 156)
            if member.type == UInt8(ascii: "2") || member.type == UInt8(ascii: "1") {
                put(Array("/etc/passwd".utf8), at: 157)
            }
            put(Array("ustar".utf8) + [0, 0x30, 0x30], at: 257)
            put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + [0, 0x20], at: 148)
            archive += header + member.bytes
            archive += [UInt8](repeating: 0, count: (512 - member.bytes.count % 512) % 512)
        }
        return archive + [UInt8](repeating: 0, count: isClosed ? 1024 : 0)
    }
}

extension Array where Element == (path: String, bytes: [UInt8]) {
    /// Whether both hold the same members in the same order.
    func holdsSame(as other: Self) -> Bool {
        elementsEqual(other) { $0.path == $1.path && $0.bytes == $1.bytes }
    }
}
