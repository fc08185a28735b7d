internal import Compatibility
internal import Foundation

/// Makes one item of all that the archives say of it, in the order of the archives, and writes items ascending by id.
///
/// Records stay in their files: in memory is an id and a place for each, and one item at a time.
struct ItemMerge {
    private struct Place {
        /// The id's first eight bytes, big-endian: most comparisons end here.
        let prefix: UInt64
        let id: String
        let shard: Int32
        let offset: Int

        init(id: String, shard: Int, offset: Int) {
            var prefix: UInt64 = 0
            var count = 0
            for byte in id.utf8.prefix(8) {
                prefix = prefix << 8 | UInt64(byte)
                count += 1
            }
            self.prefix = count == 8 ? prefix : prefix << UInt64(8 * (8 - count))
            self.id = id
            self.shard = Int32(shard)
            self.offset = offset
        }

        static func isBefore(_ a: Place, _ b: Place) -> Bool {
            if a.prefix != b.prefix { return a.prefix < b.prefix }
            if a.id != b.id { return ItemID(a.id) < ItemID(b.id) }
            return (a.shard, a.offset) < (b.shard, b.offset)
        }
    }

    /// The row of each item that was kept.
    private(set) var rowOfID: [String: Int32] = [:]
    /// The ids of the rows.
    private(set) var ids: [String] = []
    private(set) var summary = ItemCounts()
    private(set) var missingPictures = MissingPictures()

    struct ItemCounts: Codable, Sendable, Equatable {
        var items = 0
        /// Records of an item that the same archive describes again further on.
        var repeatedInArchive = 0
        /// Items of which a later archive says something.
        var corrected = 0
        /// Items that name a picture which no archive holds, or which was refused.
        var missingPictures = 0
        /// Items that name no picture.
        var withoutPicture = 0

        enum CodingKeys: String, CodingKey {
            case items, corrected
            case repeatedInArchive = "repeated_in_archive"
            case missingPictures = "missing_pictures"
            case withoutPicture = "without_picture"
        }
    }

    /// - Parameter refused: paths of members that stand in the quarantine table themselves.
    init(
        archives: [MergedArchive], pictures: PictureMerge, refused: PicturePathIndex, into catalog: CatalogWriter,
        tally: QuarantineTally, checkCancellation: () throws -> Void
    ) throws {
        let readers = try archives.map { try RecordReader<ItemRecord>(ShardFile.items.url(in: $0.folder)) }
        let categories = try Self.categories(archives)
        let places = try Self.places(archives)
        var start = 0
        while start < places.count {
            if start & 0xFFF < 2 { try checkCancellation() }
            let id = places[start].id
            let end = places[start...].firstIndex { $0.id != id } ?? places.count
            var record = try readers[Int(places[start].shard)].record(at: places[start].offset)
            // Which of the records names the picture: a correction may give a price alone.
            var source = (shard: places[start].shard, member: record.member)
            for place in places[(start + 1)..<end] {
                let later = try readers[Int(place.shard)].record(at: place.offset)
                if later.pictures != nil { source = (place.shard, later.member) }
                record.lay(later)
            }
            count(places[start..<end], record)
            let archive = archives[Int(places[end - 1].shard)].name
            start = end
            let path: [String]
            switch Self.categoryPath(of: record, categories) {
            case .path(let found): path = found
            case .refused(let reason):
                try tally.refuse(reason, archive: archive, member: record.member, subject: id)
                continue
            }
            rowOfID[id] = Int32(ids.count)
            ids.append(id)
            let item = item(record, path, pictures)
            if item.pictureDigest == nil, let named = record.pictures?.first,
                record.pictures?.contains(where: { refused.picture(at: $0) != nil }) == false
            {
                missingPictures.add(
                    item: id, path: named, archive: archives[Int(source.shard)].name, member: source.member)
            }
            try catalog.add(item)
        }
        try missingPictures.quarantine(tally)
        summary.items = ids.count
    }

    /// An item's id alone: what the first pass over the records needs.
    private struct Key: Decodable {
        let id: String
    }

    private static func places(_ archives: [MergedArchive]) throws -> [Place] {
        var places: [Place] = []
        for (shard, archive) in archives.enumerated() {
            let reader = try RecordReader<Key>(ShardFile.items.url(in: archive.folder))
            try reader.forEach { key, offset in places.append(Place(id: key.id, shard: shard, offset: offset)) }
        }
        places.sort(by: Place.isBefore)
        return places
    }

    /// What category ids are called: later archives first, and in each archive the first name of an id.
    private static func categories(_ archives: [MergedArchive]) throws -> [String: [String]] {
        var categories: [String: [String]] = [:]
        for archive in archives {
            try RecordReader<CategoryRecord>(ShardFile.categories.url(in: archive.folder)).forEach { record, _ in
                categories[record.id] = record.path
            }
        }
        return categories
    }

    private enum CategoryPath {
        case path([String])
        case refused(QuarantineReason)
    }

    /// The item's own top-level category goes before that of the category table; an id stands for itself where no archive
    /// names ids at all.
    private static func categoryPath(of record: ItemRecord, _ categories: [String: [String]]) -> CategoryPath {
        let own = record.category ?? []
        if let id = record.categoryID, !id.isEmpty {
            if let named = categories[id] { return .path(own.isEmpty ? named : [own[0]] + named.dropFirst()) }
            if own.isEmpty { return categories.isEmpty ? .path([id]) : .refused(.unknownCategoryID) }
        }
        return own.isEmpty ? .refused(.itemWithoutCategory) : .path(own)
    }

    private mutating func count(_ places: ArraySlice<Place>, _ record: ItemRecord) {
        let shards = Set(places.map(\.shard))
        if shards.count > 1 { summary.corrected += 1 }
        // A layout that describes an item in each of its outfits repeats it by design.
        if record.addsPictures != true { summary.repeatedInArchive += places.count - shards.count }
    }

    private mutating func item(_ record: ItemRecord, _ path: [String], _ pictures: PictureMerge) -> CatalogItem {
        var item = CatalogItem(id: ItemID(record.id), categoryPath: path, title: record.title ?? "")
        item.attributes = record.attributes ?? [:]
        item.price = record.price.flatMap { $0 < 0 ? nil : $0 }
        item.isAvailable = record.isAvailable ?? true
        item.variantGroup = record.variantGroup.flatMap { $0.isEmpty ? nil : $0 }
        let candidates = record.pictures ?? []
        for candidate in candidates {
            guard let picture = pictures.paths.picture(at: candidate) else { continue }
            item.pictureDigest = pictures.digests[Int(picture)].description
            return item
        }
        if candidates.isEmpty { summary.withoutPicture += 1 } else { summary.missingPictures += 1 }
        return item
    }
}
