internal import Compatibility
internal import Foundation

/// Makes outfits of item rows: a later archive's outfit replaces an earlier one of the same id.
struct OutfitMerge {
    private struct Merged {
        let id: String
        var archive: Int
        var member: String
        var split: String?
        var title = ""
        /// Rows; an unknown item is `-1 - position in unknown`.
        var items: [Int32] = []
        /// The position that questions name each item by; -1 where there is none.
        var indexes: [Int32] = []
        var isGiven = false
    }

    struct OutfitCounts: Codable, Sendable, Equatable {
        var outfits = 0
        /// Mentions of an item that an outfit names a second time; left out.
        var repeatedItems = 0
        /// Outfits of an id that the same archive gives again further on.
        var repeatedInArchive = 0
        /// Outfits that a later archive gives anew.
        var corrected = 0
        /// Titles of outfits that no archive gives.
        var titlesWithoutOutfit = 0

        enum CodingKeys: String, CodingKey {
            case outfits, corrected
            case repeatedItems = "repeated_items"
            case repeatedInArchive = "repeated_in_archive"
            case titlesWithoutOutfit = "titles_without_outfit"
        }
    }

    private(set) var summary = OutfitCounts()
    private let rowOfID: [String: Int32]
    private let ids: [String]
    private var outfits: [Merged] = []
    private var position: [String: Int] = [:]
    private var unknown: [String] = []
    private var numberOfUnknown: [String: Int32] = [:]

    init(
        archives: [MergedArchive], items: ItemMerge, into catalog: CatalogWriter, tally: QuarantineTally,
        checkCancellation: () throws -> Void
    ) throws {
        rowOfID = items.rowOfID
        ids = items.ids
        for (number, archive) in archives.enumerated() {
            try checkCancellation()
            try RecordReader<OutfitRecord>(ShardFile.outfits.url(in: archive.folder)).forEach { record, _ in
                lay(record, archive: number)
            }
        }
        let order = outfits.indices.sorted { outfits[$0].id.utf8.lexicographicallyPrecedes(outfits[$1].id.utf8) }
        for place in order { try write(outfits[place], archives, catalog, tally) }
        summary.outfits = catalog.outfitCount
    }

    /// The id of the item at a place named `<set>_<index>`, and the set; nil for an unknown place.
    func place(named token: String) -> (set: Substring, item: String)? {
        guard let bar = token.lastIndex(of: "_"), let index = Int32(token[token.index(after: bar)...]) else {
            return nil
        }
        let set = token[..<bar]
        guard let at = position[String(set)] else { return nil }
        let outfit = outfits[at]
        guard let found = outfit.indexes.firstIndex(of: index) else { return nil }
        let item = outfit.items[found]
        return (set, item >= 0 ? ids[Int(item)] : unknown[Int(-1 - item)])
    }

    private mutating func lay(_ record: OutfitRecord, archive: Int) {
        let at = position[record.id] ?? outfits.count
        if at == outfits.count {
            position[record.id] = at
            outfits.append(Merged(id: record.id, archive: archive, member: record.member))
        }
        if let split = record.split { outfits[at].split = split }
        if let title = record.title { outfits[at].title = title }
        guard let items = record.items else { return }
        if outfits[at].isGiven {
            if outfits[at].archive == archive { summary.repeatedInArchive += 1 } else { summary.corrected += 1 }
        }
        outfits[at].isGiven = true
        outfits[at].archive = archive
        outfits[at].member = record.member
        outfits[at].items = items.map { row(of: $0.item) }
        outfits[at].indexes = items.map { $0.index.flatMap { Int32(exactly: $0) } ?? -1 }
    }

    private mutating func row(of id: String) -> Int32 {
        if let row = rowOfID[id] { return row }
        if let number = numberOfUnknown[id] { return -1 - number }
        let number = Int32(unknown.count)
        numberOfUnknown[id] = number
        unknown.append(id)
        return -1 - number
    }

    private mutating func write(
        _ outfit: Merged, _ archives: [MergedArchive], _ catalog: CatalogWriter, _ tally: QuarantineTally
    ) throws {
        guard outfit.isGiven else {
            summary.titlesWithoutOutfit += 1
            return
        }
        var seen: Set<Int32> = []
        var rows: [Int] = []
        let archive = archives[outfit.archive].name
        for item in outfit.items {
            guard seen.insert(item).inserted else {
                summary.repeatedItems += 1
                continue
            }
            if item >= 0 {
                rows.append(Int(item))
            } else {
                try tally.refuse(
                    .outfitNamesUnknownItem, archive: archive, member: outfit.member,
                    subject: "\(outfit.id): \(unknown[Int(-1 - item)])")
            }
        }
        let isKept = rows.count >= 2
        // Who reads the catalogue counts the items of its outfits from 1, unless told otherwise.
        let counted = (isKept ? rows : []).enumerated().map { ($0.offset + 1, $0.element) }
        let numbers = Self.numbers(of: outfit)
        if numbers != Dictionary(uniqueKeysWithValues: counted) {
            try catalog.add(numbers: numbers, ofOutfit: outfit.id)
        }
        guard isKept else {
            return try tally.refuse(.outfitTooSmall, archive: archive, member: outfit.member, subject: outfit.id)
        }
        try catalog.add(
            Outfit(id: outfit.id, statedSplit: outfit.split.flatMap(Split.init), items: rows), title: outfit.title)
    }

    /// The row of each item of the catalogue by the dataset's number; empty where it has none.
    private static func numbers(of outfit: Merged) -> [Int: Int] {
        let numbered = zip(outfit.indexes, outfit.items).filter { $0 >= 0 && $1 >= 0 }.map { (Int($0), Int($1)) }
        return Dictionary(numbered, uniquingKeysWith: { first, _ in first })
    }
}
