internal import Foundation
internal import Media

/// The names of the files in a shard's folder.
enum ShardFile: String {
    case items = "items.jsonl"
    case categories = "categories.jsonl"
    case outfits = "outfits.jsonl"
    case questions = "questions.jsonl"
    case quarantine = "quarantine.jsonl"
    /// One line a picture member that is good: path, tab, digest; ascending by path.
    case picturePaths = "picture-paths.tsv"
    /// One line a stored picture: digest, pack number, offset, length; in the order of the packs.
    case pictures = "pictures.tsv"
    case counts = "counts.json"

    func url(in folder: URL) -> URL { folder.appendingPathComponent(rawValue) }

    /// The pack of that number in a shard.
    static func pack(_ number: Int, in folder: URL) -> URL {
        folder.appendingPathComponent("pictures-\(number).pack")
    }
}

/// What one archive gives, written as it streams by.
final class ShardOutput {
    let items: RecordWriter<ItemRecord>
    let categories: RecordWriter<CategoryRecord>
    let outfits: RecordWriter<OutfitRecord>
    let questions: RecordWriter<QuestionRecord>
    let pictures: PictureIntake
    private let quarantine: RecordWriter<QuarantineRecord>
    private let folder: URL
    private let outfitItemLimit: Int
    var counts = ArchiveCounts()

    init(
        folder: URL, outfitItemLimit: Int, packByteCount: Int = PictureIntake.packByteCount
    ) throws(IngestError) {
        self.folder = folder
        self.outfitItemLimit = outfitItemLimit
        items = try RecordWriter(ShardFile.items.url(in: folder))
        categories = try RecordWriter(ShardFile.categories.url(in: folder))
        outfits = try RecordWriter(ShardFile.outfits.url(in: folder))
        questions = try RecordWriter(ShardFile.questions.url(in: folder))
        quarantine = try RecordWriter(ShardFile.quarantine.url(in: folder))
        pictures = try PictureIntake(folder: folder, packByteCount: packByteCount)
    }

    /// - Parameter recordCount: how many records are lost with it; all count against the limit on refusals.
    func refuse(_ reason: QuarantineReason, member: String, subject: String = "", recordCount: Int = 1) throws {
        try quarantine.write(
            QuarantineRecord(member: member, subject: subject, reason: reason, recordCount: recordCount))
    }

    func add(_ item: ItemRecord) throws {
        var item = item
        item.id = item.id.composed
        counts.itemRecords += 1
        guard !item.id.isEmpty else { return try refuse(.itemWithoutID, member: item.member) }
        guard !item.id.hasControlCharacter else {
            return try refuse(.itemIDWithControlCharacter, member: item.member, subject: item.id)
        }
        try items.write(item)
    }

    /// - Parameter itemCount: how many items the source gave it, where the record does not hold them all.
    func add(_ outfit: OutfitRecord, itemCount: Int? = nil) throws {
        var outfit = outfit
        outfit.id = outfit.id.composed
        outfit.items = outfit.items?.map { OutfitRecord.Member(item: $0.item.composed, index: $0.index) }
        let itemCount = itemCount ?? outfit.items?.count ?? 0
        counts.outfitRecords += 1
        counts.outfitMembers += itemCount
        func refuse(_ reason: QuarantineReason, _ subject: String) throws {
            try self.refuse(reason, member: outfit.member, subject: subject, recordCount: max(1, itemCount))
        }
        if outfit.id.isEmpty { return try refuse(.outfitWithoutID, "") }
        if outfit.id.hasControlCharacter { return try refuse(.outfitIDWithControlCharacter, outfit.id) }
        if itemCount > outfitItemLimit { return try refuse(.outfitTooLarge, "\(outfit.id): \(itemCount) items") }
        try outfits.write(outfit)
    }

    func add(_ question: QuestionRecord) throws {
        counts.questions += 1
        try questions.write(question)
    }

    /// Stores a picture, or refuses it by its first bytes.
    func add(picture bytes: [UInt8], path: String) throws {
        counts.pictures += 1
        guard !bytes.isEmpty else { return try refuse(.emptyPicture, member: path) }
        guard PictureIntake.isPicture(bytes) else { return try refuse(.unknownPictureFormat, member: path) }
        try pictures.add(bytes, path: path)
    }

    func finish() throws {
        try items.finish()
        try categories.finish()
        try outfits.finish()
        try questions.finish()
        try quarantine.finish()
        try pictures.finish()
        counts.repeatedPictures = pictures.repeatedCount
        counts.replacedPictures = pictures.replacedCount
        let file = try RecordWriter<ArchiveCounts>(ShardFile.counts.url(in: folder))
        try file.write(counts)
        try file.finish()
    }
}
