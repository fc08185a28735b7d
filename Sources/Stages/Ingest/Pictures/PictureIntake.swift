internal import Foundation
internal import Media

/// Packs the pictures of one archive, each content once.
final class PictureIntake {
    /// A pack is closed once it holds this much, so that a correction rewrites little.
    static let packByteCount = 256 << 20

    private let folder: URL
    private let packByteCount: Int
    private let index: OutputFile
    private var pack: OutputFile?
    private var packNumber = -1
    private var stored: Set<PictureDigest> = []
    private var digestOfPath: [String: PictureDigest] = [:]
    private(set) var repeatedCount = 0
    private(set) var replacedCount = 0

    init(folder: URL, packByteCount: Int) throws(IngestError) {
        self.folder = folder
        self.packByteCount = packByteCount
        index = try OutputFile(ShardFile.pictures.url(in: folder))
    }

    /// Whether the bytes begin as a format does that featurize decodes.
    static func isPicture(_ bytes: [UInt8]) -> Bool { ImageFormat(of: bytes) != nil }

    /// Whether a member's name says that it is a picture, of whatever format.
    static func isPictureName(_ path: String) -> Bool {
        guard let dot = path.lastIndex(of: ".") else { return false }
        return endings.contains(path[path.index(after: dot)...].lowercased())
    }

    private static let endings: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "svg",
    ]

    /// Stores the bytes unless the archive held them already, and remembers the path; a later member of the same path wins.
    func add(_ bytes: [UInt8], path: String) throws {
        let digest = PictureDigest(of: bytes)
        if stored.insert(digest).inserted {
            let pack = try currentPack()
            try index.write("\(digest)\t\(packNumber)\t\(pack.byteCount)\t\(bytes.count)\n")
            try pack.write(bytes)
        } else {
            repeatedCount += 1
        }
        if digestOfPath.updateValue(digest, forKey: path) != nil { replacedCount += 1 }
    }

    func finish() throws {
        try pack?.finish()
        try index.finish()
        let paths = try OutputFile(ShardFile.picturePaths.url(in: folder))
        let sorted = digestOfPath.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (path, digest) in sorted { try paths.write("\(path)\t\(digest)\n") }
        try paths.finish()
    }

    private func currentPack() throws -> OutputFile {
        if let pack {
            if pack.byteCount < packByteCount { return pack }
            try pack.finish()
        }
        packNumber += 1
        let next = try OutputFile(ShardFile.pack(packNumber, in: folder))
        pack = next
        return next
    }
}
