internal import Media

/// One archive of sample data: a universe, or the later part of one, in one of the layouts.
package struct SampleArchive: Sendable {
    package let layout: SampleLayout
    package let universe: SampleUniverse
    /// Which of the universe's items the archive describes. Outfits are written where they name one of them at least.
    package let items: Range<Int>
    /// Whether the archive corrects earlier items: some that were available are not any more.
    package let withdraws: Range<Int>

    package init(
        layout: SampleLayout, universe: SampleUniverse, items: Range<Int>? = nil, withdraws: Range<Int> = 0..<0
    ) {
        self.layout = layout
        self.universe = universe
        self.items = items ?? 0..<universe.items.count
        self.withdraws = withdraws
    }

    /// Writes the archive; format and compression follow the ending of `path` (`.tar`, `.tar.gz`, `.tar.zst`, `.tar.xz`,
    /// `.zip`, `.7z`).
    ///
    /// - Parameter progress: called after each picture with the number written.
    /// - Throws: `ArchiveError` where the file cannot be written; `SampleError` for an unknown ending.
    package func write(to path: String, progress: (_ pictures: Int) -> Void = { _ in }) throws {
        let kind = try ArchiveKind(path: path)
        let writer = try ArchiveWriter(path: path, format: kind.format, filter: kind.filter)
        switch layout {
        case .tables: try TablesLayoutWriter(archive: self).write(to: writer, progress)
        case .polyvoreOutfits: try PolyvoreLayoutWriter(archive: self).write(to: writer, progress)
        case .marylandPolyvore: try MarylandLayoutWriter(archive: self).write(to: writer, progress)
        }
        try writer.finish()
    }

    /// The outfits that name at least one item of this archive, and two items in all.
    var outfits: [SampleOutfit] {
        universe.outfits.filter { $0.items.count > 1 && $0.items.contains(where: items.contains) }
    }

    func picture(of item: SampleItem) throws -> [UInt8] {
        let parameters = universe.parameters
        let drawn = GarmentPainter.picture(of: item, width: parameters.pictureWidth, seed: parameters.seed)
        return try ImageEncoder.jpeg(drawn, quality: 82)
    }
}

/// Why sample data could not be made.
package enum SampleError: Error, Equatable {
    /// The file's ending names no archive format that can be written.
    case unknownArchiveEnding(path: String)
}

struct ArchiveKind {
    let format: ArchiveFormat
    let filter: CompressionFilter

    init(path: String) throws(SampleError) {
        let endings: [(String, ArchiveFormat, CompressionFilter)] = [
            (".tar", .tar, .none), (".tar.gz", .tar, .gzip), (".tgz", .tar, .gzip), (".tar.zst", .tar, .zstd),
            (".tar.xz", .tar, .xz), (".zip", .zip, .none), (".7z", .sevenZip, .none),
        ]
        guard let match = endings.first(where: { path.hasSuffix($0.0) }) else {
            throw .unknownArchiveEnding(path: path)
        }
        (format, filter) = (match.1, match.2)
    }
}
