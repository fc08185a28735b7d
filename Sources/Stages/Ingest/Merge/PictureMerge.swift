internal import Crypto
internal import Foundation
internal import Pipeline

/// Makes the `pictures` artifact of all archives: each picture once, those that a later archive replaced left out.
///
/// A pack that is kept whole is hard-linked; one of which something falls away is written anew.
struct PictureMerge {
    private struct Stored {
        let number: Int32
        let shard: Int32
        let pack: Int32
        let offset: Int
        let length: Int
    }

    let paths = PicturePathIndex()
    private(set) var digests: [PictureDigest] = []
    /// Where each kept picture lies in the artifact, ascending by digest.
    private(set) var places: [PicturePlace] = []
    /// Pictures that another one has replaced at every path that they had.
    private(set) var supersededCount = 0
    /// Pictures whose bytes an earlier archive holds already.
    private(set) var repeatedCount = 0
    private(set) var linkedPackCount = 0
    private(set) var rewrittenPackCount = 0
    private var stored: [Stored] = []
    /// Paths that lead to each picture.
    private var references: [Int32] = []

    /// - Parameters:
    ///   - shards: folders of finished shards, oldest first.
    ///   - folder: the empty folder of the artifact.
    init(shards: [URL], into folder: URL, checkCancellation: () throws -> Void) throws {
        var numbers: [PictureDigest: Int32] = [:]
        for (position, shard) in shards.enumerated() {
            try checkCancellation()
            try readIndex(of: shard, position, &numbers)
            try readPaths(of: shard, position, numbers)
        }
        try writePacks(shards, into: folder, checkCancellation)
        places.sort { $0.digest < $1.digest }
        let index = try OutputFile(folder.appendingPathComponent(PictureStore.indexName))
        for place in places { try index.write("\(place.digest)\t\(place.pack)\t\(place.offset)\t\(place.length)\n") }
        try index.finish()
    }

    // MARK: Reading shards

    private mutating func readIndex(of shard: URL, _ position: Int, _ numbers: inout [PictureDigest: Int32]) throws {
        let url = ShardFile.pictures.url(in: shard)
        try TabbedLines.forEach(in: url, fieldCount: 4) { fields in
            guard let digest = PictureDigest(hexadecimal: fields[0]), let pack = Int32(fields[1]),
                let offset = Int(fields[2]), let length = Int(fields[3])
            else { throw TabbedLines.damaged(url) }
            if numbers[digest] != nil {
                // The copy of the earlier archive serves; this one marks its pack as not to be kept whole.
                repeatedCount += 1
                stored.append(Stored(number: -1, shard: Int32(position), pack: pack, offset: offset, length: length))
                return
            }
            let number = Int32(digests.count)
            numbers[digest] = number
            digests.append(digest)
            references.append(0)
            stored.append(Stored(number: number, shard: Int32(position), pack: pack, offset: offset, length: length))
        }
    }

    private mutating func readPaths(of shard: URL, _ position: Int, _ numbers: [PictureDigest: Int32]) throws {
        let url = ShardFile.picturePaths.url(in: shard)
        try TabbedLines.forEach(in: url, fieldCount: 2) { fields in
            guard let digest = PictureDigest(hexadecimal: fields[1]), let number = numbers[digest] else {
                throw TabbedLines.damaged(url)
            }
            references[Int(number)] += 1
            if let earlier = paths.set(String(fields[0]), picture: number, archive: position) {
                references[Int(earlier)] -= 1
            }
        }
    }

    // MARK: Writing packs

    private mutating func writePacks(_ shards: [URL], into folder: URL, _ checkCancellation: () throws -> Void) throws {
        var start = 0
        while start < stored.count {
            try checkCancellation()
            let first = stored[start]
            let end = stored[start...].firstIndex { $0.shard != first.shard || $0.pack != first.pack } ?? stored.count
            let whole = stored[start..<end]
            let kept = whole.filter { $0.number >= 0 && references[Int($0.number)] > 0 }
            supersededCount += whole.count { $0.number >= 0 && references[Int($0.number)] == 0 }
            start = end
            if kept.isEmpty { continue }
            let name = packName(kept)
            let source = ShardFile.pack(Int(first.pack), in: shards[Int(first.shard)])
            let target = folder.appendingPathComponent(name)
            if kept.count == whole.count {
                try linkOrCopy(source, to: target)
                linkedPackCount += 1
                for entry in kept { add(entry, pack: name, offset: entry.offset) }
            } else {
                try rewrite(kept, of: source, to: target, name)
                rewrittenPackCount += 1
            }
        }
    }

    private mutating func rewrite(_ kept: [Stored], of source: URL, to target: URL, _ name: String) throws {
        let input = try Data(contentsOf: source, options: .alwaysMapped)
        let output = try OutputFile(target)
        for entry in kept {
            guard entry.offset + entry.length <= input.count else { throw TabbedLines.damaged(source) }
            add(entry, pack: name, offset: output.byteCount)
            try input.withUnsafeBytes { bytes in
                try output.write(UnsafeRawBufferPointer(rebasing: bytes[entry.offset..<entry.offset + entry.length]))
            }
        }
        try output.finish()
    }

    private mutating func add(_ entry: Stored, pack: String, offset: Int) {
        let digest = digests[Int(entry.number)]
        places.append(PicturePlace(digest: digest, pack: pack, offset: offset, length: entry.length))
    }

    /// From the digests of what it holds, so that the same pictures in the same order have the same name.
    private func packName(_ kept: [Stored]) -> String {
        var hash = SHA256()
        for entry in kept { hash.update(data: Array(digests[Int(entry.number)].description.utf8)) }
        let digits = hash.finalize().prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return digits.joined() + ".pack"
    }
}

/// Reads the tab-separated files of a shard.
enum TabbedLines {
    static func forEach(in url: URL, fieldCount: Int, _ body: ([Substring]) throws -> Void) throws {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: url, options: .alwaysMapped)
        } catch {
            throw IngestError.file(path: url.path, operation: "read", message: error.localizedDescription)
        }
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            let fields = String(decoding: bytes[start..<end], as: UTF8.self)
                .split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == fieldCount else { throw damaged(url) }
            try body(fields)
            start = end + 1
        }
    }

    static func damaged(_ url: URL) -> IngestError {
        .file(path: url.path, operation: "read", message: "it is damaged")
    }
}
