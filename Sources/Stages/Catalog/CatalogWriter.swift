internal import Compatibility
internal import Foundation
internal import GRDB

/// Writes `catalog.sqlite`. Rows must come in the order of the schema: items ascending by id, outfits ascending by id.
///
/// ```swift
/// try CatalogWriter.write(to: file) { catalog in
///     try catalog.add(item)
/// }
/// ```
final class CatalogWriter {
    private let insertItem: Statement
    private let insertAttribute: Statement
    private let insertOutfit: Statement
    private let insertOutfitItem: Statement
    private let insertQuestion: Statement
    private let insertQuarantine: Statement
    private let insertPicture: Statement
    /// Made with its table, for the first outfit that needs it.
    private var insertOutfitPlace: Statement?
    private let database: Database
    private let encoder = JSONEncoder()
    /// The JSON of each category path: there are few.
    private var textOfPath: [[String]: String] = [:]
    private(set) var itemCount = 0
    private(set) var outfitCount = 0
    private(set) var questionCount = 0
    private(set) var quarantineCount = 0

    /// Makes the file, hands a writer to `body`, and closes the file. No journal: what a crash leaves is thrown away by the
    /// engine, and what is complete the engine syncs.
    ///
    /// - Throws: `CatalogError.database`, and whatever `body` throws.
    static func write(to url: URL, _ body: (CatalogWriter) throws -> Void) throws {
        do {
            let queue = try DatabaseQueue(path: url.path)
            try queue.writeWithoutTransaction { database in
                try database.execute(
                    sql: """
                        PRAGMA journal_mode = OFF;
                        PRAGMA synchronous = OFF;
                        PRAGMA application_id = \(CatalogSchema.applicationID);
                        PRAGMA user_version = \(CatalogSchema.version);
                        """)
                try database.inTransaction {
                    for statement in CatalogSchema.statements { try database.execute(sql: statement) }
                    try body(try CatalogWriter(database))
                    return .commit
                }
                try database.execute(sql: "VACUUM")
            }
            try queue.close()
        } catch let error as DatabaseError {
            throw CatalogError.database(path: url.path, message: error.description)
        }
    }

    private init(_ database: Database) throws {
        self.database = database
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        insertItem = try database.makeStatement(sql: "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        insertAttribute = try database.makeStatement(sql: "INSERT INTO attributes VALUES (?, ?, ?)")
        insertOutfit = try database.makeStatement(sql: "INSERT INTO outfits VALUES (?, ?, ?, ?)")
        insertOutfitItem = try database.makeStatement(sql: "INSERT INTO outfit_items VALUES (?, ?, ?)")
        insertQuestion = try database.makeStatement(sql: "INSERT INTO questions VALUES (?, ?, ?)")
        insertQuarantine = try database.makeStatement(sql: "INSERT INTO quarantine VALUES (?, ?, ?, ?)")
        insertPicture = try database.makeStatement(
            sql: "INSERT INTO pictures (digest, pack, offset, length) VALUES (?, ?, ?, ?)")
    }

    /// The next row. Empty attributes are left out.
    func add(_ item: CatalogItem) throws {
        let path = try textOfPath[item.categoryPath] ?? json(item.categoryPath)
        textOfPath[item.categoryPath] = path
        try insertItem.execute(arguments: [
            itemCount, item.id.rawValue, item.categoryPath[0], path, item.title,
            item.pictureDigest, item.price, item.isAvailable, item.variantGroup,
        ])
        let attributes = item.attributes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (name, value) in attributes where !value.isEmpty {
            try insertAttribute.execute(arguments: [itemCount, name, value])
        }
        itemCount += 1
    }

    /// The outfit at the next position; its items are rows.
    func add(_ outfit: Outfit, title: String) throws {
        try insertOutfit.execute(arguments: [outfitCount, outfit.id, outfit.statedSplit?.rawValue, title])
        for (place, row) in outfit.items.enumerated() {
            try insertOutfitItem.execute(arguments: [outfitCount, place, row])
        }
        outfitCount += 1
    }

    /// The row by each number by which the dataset's questions name the items of an outfit.
    func add(numbers: [Int: Int], ofOutfit id: String) throws {
        for (number, row) in numbers.sorted(by: { $0.key < $1.key }) {
            try placeInsertion().execute(arguments: [id, number, row])
        }
    }

    private func placeInsertion() throws -> Statement {
        if let insertOutfitPlace { return insertOutfitPlace }
        try database.execute(sql: CatalogSchema.outfitPlacesStatement)
        let made = try database.makeStatement(sql: "INSERT INTO \(CatalogSchema.outfitPlaces) VALUES (?, ?, ?)")
        insertOutfitPlace = made
        return made
    }

    func add(_ question: StoredQuestion, split: Split) throws {
        try insertQuestion.execute(arguments: [question.kind, split.rawValue, try json(question)])
        questionCount += 1
    }

    func add(_ entry: CatalogReader.Quarantined) throws {
        try insertQuarantine.execute(arguments: entry.arguments)
        quarantineCount += 1
    }

    func add(_ place: PicturePlace) throws {
        try insertPicture.execute(arguments: [place.digest.description, place.pack, place.offset, place.length])
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
