package import Compatibility
package import Foundation
internal import GRDB

/// Reads the `catalog` artifact.
///
/// The file is opened read-only; it never changes once written, so that any number of stages may read it at once.
package final class CatalogReader: Sendable {
    private let path: String
    private let queue: DatabaseQueue

    /// - Parameter folder: the artifact's folder.
    /// - Throws: `.database` where there is no catalogue or it is damaged, `.unsupportedVersion`.
    package init(folder: URL) throws(CatalogError) {
        path = folder.appendingPathComponent(CatalogSchema.fileName).path
        var configuration = Configuration()
        configuration.readonly = true
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw CatalogError.database(path: path, message: "\(error)")
        }
        let version = try reading { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        guard version == CatalogSchema.version else {
            throw .unsupportedVersion(path: path, found: version, supported: CatalogSchema.version)
        }
    }

    /// Which attributes are read along with the items: a million items with all of theirs take gigabytes.
    package enum AttributeSelection: Sendable, Equatable {
        case all
        case none
        case named(Set<String>)

        func contains(_ name: String) -> Bool {
            switch self {
            case .all: true
            case .none: false
            case .named(let names): names.contains(name)
            }
        }
    }

    // MARK: Items and outfits

    /// All items and outfits in memory.
    package func catalog(attributes: AttributeSelection = .all) throws(CatalogError) -> OutfitCatalog {
        OutfitCatalog(items: try items(attributes: attributes), outfits: try outfits())
    }

    /// All items, ascending by row.
    ///
    /// - Throws: `.inconsistent` where rows have gaps or do not ascend by id.
    package func items(attributes: AttributeSelection = .all) throws(CatalogError) -> [CatalogItem] {
        let path = self.path
        return try reading { database in
            let decoder = JSONDecoder()
            var paths: [String: [String]] = [:]
            var items: [CatalogItem] = []
            items.reserveCapacity(try Int.fetchOne(database, sql: "SELECT count(*) FROM items") ?? 0)
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, category_path, title, picture, price, available, variant_group, row
                    FROM items ORDER BY row
                    """)
            while let row = try rows.next() {
                guard row[7] == items.count else {
                    throw CatalogError.inconsistent(path: path, problem: "item rows have a gap at \(items.count)")
                }
                // Outfits name rows: a catalogue that sorted its items otherwise would put other items into them.
                let id = ItemID(row[0])
                if let last = items.last, !(last.id < id) {
                    throw CatalogError.inconsistent(path: path, problem: "item row \(items.count) is out of order")
                }
                let pathText: String = row[1]
                let categoryPath = try paths[pathText] ?? decoder.decode([String].self, from: Data(pathText.utf8))
                guard !categoryPath.isEmpty else {
                    throw CatalogError.inconsistent(path: path, problem: "item row \(items.count) has no category")
                }
                paths[pathText] = categoryPath
                items.append(
                    CatalogItem(
                        id: id, categoryPath: categoryPath, title: row[2], pictureDigest: row[3],
                        price: row[4],
                        isAvailable: row[5], variantGroup: row[6]))
            }
            if attributes == .none { return items }
            let values = try Row.fetchCursor(
                database, sql: "SELECT row, name, value FROM attributes ORDER BY row, name")
            while let row = try values.next() {
                let position: Int = row[0]
                let name: String = row[1]
                guard items.indices.contains(position) else {
                    throw CatalogError.inconsistent(
                        path: path, problem: "attribute '\(name)' of an unknown row \(position)")
                }
                if attributes.contains(name) { items[position].attributes[name] = row[2] }
            }
            return items
        }
    }

    /// All outfits, ascending by id.
    package func outfits() throws(CatalogError) -> [Outfit] {
        let path = self.path
        return try reading { database in
            var outfits: [Outfit] = []
            let rows = try Row.fetchCursor(database, sql: "SELECT id, split FROM outfits ORDER BY position")
            while let row = try rows.next() {
                let split: String? = row[1]
                outfits.append(Outfit(id: row[0], statedSplit: split.flatMap(Split.init), items: []))
            }
            let places = try Row.fetchCursor(
                database, sql: "SELECT outfit_position, row FROM outfit_items ORDER BY outfit_position, place")
            while let place = try places.next() {
                let position: Int = place[0]
                guard outfits.indices.contains(position) else {
                    throw CatalogError.inconsistent(path: path, problem: "items of an unknown outfit \(position)")
                }
                outfits[position].items.append(place[1])
            }
            return outfits
        }
    }

    /// The row by number, for each outfit whose dataset numbers its items otherwise than by their place from 1.
    package func outfitPlaces() throws(CatalogError) -> [String: [Int: Int]] {
        try reading { database in
            guard try database.tableExists(CatalogSchema.outfitPlaces) else { return [:] }
            var places: [String: [Int: Int]] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT outfit, number, row FROM \(CatalogSchema.outfitPlaces)")
            while let row = try rows.next() { places[row[0], default: [:]][row[1]] = row[2] }
            return places
        }
    }

    /// The title of each outfit, in their order; empty where there is none.
    package func outfitTitles() throws(CatalogError) -> [String] {
        try reading { try String.fetchAll($0, sql: "SELECT title FROM outfits ORDER BY position") }
    }

    // MARK: Attributes and quarantine

    /// The names of all attributes, ascending, with how many items have each.
    package func attributeCounts() throws(CatalogError) -> [(name: String, count: Int)] {
        try reading { database in
            try Row.fetchAll(database, sql: "SELECT name, count(*) FROM attributes GROUP BY name ORDER BY name")
                .map { (name: $0[0], count: $0[1]) }
        }
    }

    /// The value of one attribute for each row that has it, ascending by row.
    package func attributeValues(named name: String) throws(CatalogError) -> [(row: Int, value: String)] {
        try reading { database in
            try Row.fetchAll(
                database, sql: "SELECT row, value FROM attributes WHERE name = ? ORDER BY row", arguments: [name]
            ).map { (row: $0[0], value: $0[1]) }
        }
    }

    /// One refused record or picture, as the table has it.
    package struct Quarantined: Sendable, Equatable {
        package let archive: String
        package let member: String
        package let subject: String
        package let reason: String
    }

    /// All that was refused, in the order of the archives.
    package func quarantine() throws(CatalogError) -> [Quarantined] {
        try reading { database in
            try Row.fetchAll(database, sql: "SELECT archive, member, subject, reason FROM quarantine ORDER BY rowid")
                .map { Quarantined(archive: $0[0], member: $0[1], subject: $0[2], reason: $0[3]) }
        }
    }

    /// How much was refused for each reason, most frequent first.
    package func quarantineCounts() throws(CatalogError) -> [(reason: String, count: Int)] {
        try reading { database in
            try Row.fetchAll(
                database, sql: "SELECT reason, count(*) AS n FROM quarantine GROUP BY reason ORDER BY n DESC, reason"
            ).map { (reason: $0[0], count: $0[1]) }
        }
    }

    /// Runs a query and gives errors the catalogue's type and path.
    func reading<Result>(_ body: (Database) throws -> Result) throws(CatalogError) -> Result {
        do {
            return try queue.read(body)
        } catch let error as CatalogError {
            throw error
        } catch {
            throw CatalogError.database(path: path, message: "\(error)")
        }
    }
}
