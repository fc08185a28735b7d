internal import Foundation

/// What ingest found, for people and reports: `ingest.json` beside the catalogue.
struct IngestSummary: Encodable {
    static let fileName = "ingest.json"

    struct Archive: Encodable {
        let name: String
        let counts: ArchiveCounts
    }

    struct Pictures: Encodable {
        var stored = 0
        var superseded = 0
        var repeatedAcrossArchives = 0
        var linkedPacks = 0
        var rewrittenPacks = 0

        init() {}

        init(_ merge: PictureMerge) {
            stored = merge.places.count
            superseded = merge.supersededCount
            repeatedAcrossArchives = merge.repeatedCount
            linkedPacks = merge.linkedPackCount
            rewrittenPacks = merge.rewrittenPackCount
        }

        enum CodingKeys: String, CodingKey {
            case stored, superseded
            case repeatedAcrossArchives = "repeated_across_archives"
            case linkedPacks = "linked_packs"
            case rewrittenPacks = "rewritten_packs"
        }
    }

    private(set) var archives: [Archive] = []
    private(set) var items = ItemMerge.ItemCounts()
    private(set) var outfits = OutfitMerge.OutfitCounts()
    private(set) var questions = QuestionMerge.QuestionCounts()
    private(set) var pictures = Pictures()
    /// Entries of the quarantine table by reason.
    private(set) var quarantined: [String: Int] = [:]
    /// Records that were lost with them: what counts against the limit on refusals.
    private(set) var quarantinedRecords: [String: Int] = [:]
    /// What whoever looks after the data should know, a line each; said in the run, and no part of the file.
    var warnings: [String] = []

    enum CodingKeys: String, CodingKey {
        case archives, items, outfits, questions, pictures, quarantined
        case quarantinedRecords = "quarantined_records"
    }

    init() {}

    init(
        archives: [Archive], items: ItemMerge.ItemCounts, outfits: OutfitMerge.OutfitCounts,
        questions: QuestionMerge.QuestionCounts, pictures: Pictures, tally: QuarantineTally
    ) {
        self.archives = archives
        self.items = items
        self.outfits = outfits
        self.questions = questions
        self.pictures = pictures
        for line in tally.lines {
            quarantined[line.reason.rawValue] = line.count
            quarantinedRecords[line.reason.rawValue] = line.recordCount
        }
    }

    func write(to url: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let file = try OutputFile(url)
        try file.write(Array(try encoder.encode(self)) + Array("\n".utf8))
        try file.finish()
    }
}
