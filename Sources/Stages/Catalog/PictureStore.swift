package import Foundation

/// Where a picture lies: part of a pack.
package struct PicturePlace: Sendable, Equatable {
    package let digest: PictureDigest
    /// The pack's file name.
    package let pack: String
    package let offset: Int
    package let length: Int
}

/// Reads the `pictures` artifact: pictures by their digest, from any thread, with one positioned read each.
///
/// `pictures.tsv` has a line for each picture, ascending by digest: digest, pack, offset, length, with tabs between.
package final class PictureStore: Sendable {
    static let indexName = "pictures.tsv"

    private struct Entry {
        let digest: PictureDigest
        let offset: Int
        let length: Int32
        let pack: Int32
    }

    private let entries: [Entry]
    private let packs: [String]
    private let descriptors: [Int32]
    private let folder: URL

    /// - Parameter folder: the artifact's folder.
    /// - Throws: `.pictures` where the index cannot be read or names a pack that is not there.
    package init(folder: URL) throws(CatalogError) {
        self.folder = folder
        let path = folder.appendingPathComponent(Self.indexName).path
        guard let text = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else {
            throw .pictures(path: path, problem: "cannot be read")
        }
        var entries: [Entry] = []
        var packs: [String] = []
        var numberOfPack: [String: Int32] = [:]
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = String(decoding: line, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 4, let digest = PictureDigest(hexadecimal: fields[0]), let offset = Int(fields[2]),
                let length = Int32(fields[3]), offset >= 0, length > 0
            else { throw .pictures(path: path, problem: "line \(entries.count + 1) is damaged") }
            if let last = entries.last, !(last.digest < digest) {
                throw .pictures(path: path, problem: "line \(entries.count + 1) is out of order")
            }
            let name = String(fields[1])
            let number = numberOfPack[name] ?? Int32(packs.count)
            if number == packs.count {
                numberOfPack[name] = number
                packs.append(name)
            }
            entries.append(Entry(digest: digest, offset: offset, length: length, pack: number))
        }
        var descriptors: [Int32] = []
        for pack in packs {
            let descriptor = open(folder.appendingPathComponent(pack).path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                for other in descriptors { close(other) }
                throw .pictures(
                    path: folder.appendingPathComponent(pack).path, problem: String(cString: strerror(errno)))
            }
            descriptors.append(descriptor)
        }
        self.entries = entries
        self.packs = packs
        self.descriptors = descriptors
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }

    package var count: Int { entries.count }

    /// All digests, ascending.
    package var digests: [String] { entries.map(\.digest.description) }

    package func contains(_ digest: String) -> Bool { entry(digest) != nil }

    /// The size of a picture in bytes; nil for an unknown one.
    package func byteCount(of digest: String) -> Int? { entry(digest).map { Int($0.length) } }

    package func place(of digest: String) -> PicturePlace? {
        entry(digest).map {
            PicturePlace(digest: $0.digest, pack: packs[Int($0.pack)], offset: $0.offset, length: Int($0.length))
        }
    }

    /// The picture's original bytes.
    ///
    /// - Throws: `.unknownPicture`; `.pictures` where the pack is shorter than its index says.
    package func bytes(of digest: String) throws(CatalogError) -> [UInt8] {
        guard let entry = entry(digest) else { throw .unknownPicture(digest: digest) }
        let descriptor = descriptors[Int(entry.pack)]
        let length = Int(entry.length)
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            while filled < length {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let count = pread(descriptor, rest.baseAddress, length - filled, off_t(entry.offset + filled))
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                filled += count
            }
        }
        guard bytes.count == length else {
            throw .pictures(path: packs[Int(entry.pack)], problem: "ends inside picture \(digest)")
        }
        return bytes
    }

    private func entry(_ text: String) -> Entry? {
        guard let digest = PictureDigest(hexadecimal: text) else { return nil }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].digest < digest { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].digest == digest else { return nil }
        return entries[low]
    }
}
