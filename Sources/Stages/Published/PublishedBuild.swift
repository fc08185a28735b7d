package import Foundation
internal import GRDB

/// A build that was published, or one that is about to be: the folder that consumers read.
///
///     recommendations.sqlite   items, lists and lists by category (`RecommendationDatabase`)
///     catalog.sqlite           the catalogue that the build was made from; in its quarantine also the pictures that gave
///                              no features, each by its digest (`member`) and item (`subject`)
///     embeddings.npy           float32, items x dimension, rows as in `items`
///     model.safetensors        the compatibility model
///     metrics.json             what the evaluation measured
///     curve.svg                how training went, drawn
///     descriptions.jsonl       what the pictures show, in words
///     outfit_….npy, .txt       the outfits and their splits, for the baselines of an evaluation
///     pictures/                the packs of pictures, linked from their artifact
///     palette.npy, palette.present.npy    the items' colours, likewise
package struct PublishedBuild: Sendable {
    /// An item as a look-up shows it.
    package struct Item: Sendable, Equatable, Codable {
        package let id: String
        package let category: String
        package let title: String
    }

    /// One entry of a list.
    package struct Recommendation: Sendable, Equatable, Codable {
        package let item: Item
        /// From 1, the best.
        package let rank: Int
        /// Compatibility: standard deviations above a random pair of the same categories.
        package let score: Double
    }

    package let folder: URL

    package init(folder: URL) {
        self.folder = folder
    }

    package static let databaseName = "recommendations.sqlite"
    package static let catalogName = "catalog.sqlite"
    package static let embeddingsName = "embeddings.npy"
    package static let modelName = "model.safetensors"
    package static let metricsName = "metrics.json"
    package static let curveName = "curve.svg"
    package static let descriptionsName = "descriptions.jsonl"
    static let picturesName = "pictures"
    static let paletteNames = ["palette.npy", "palette.present.npy"]

    /// The row of the item that an id names: as it is spelt, or else composed, as ids are stored.
    private static let rowOfID = """
        (SELECT row FROM items WHERE item_id IN (:id, :composed) ORDER BY item_id = :id DESC LIMIT 1)
        """

    private static func spellings(of id: String) -> StatementArguments { ["id": id, "composed": id.composed] }

    /// The item of an id; nil where the build does not know it.
    package func item(_ id: String) throws -> Item? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT item_id, category, title FROM items WHERE row = \(Self.rowOfID)",
                arguments: Self.spellings(of: id)
            )
            .map(Self.item)
        }
    }

    /// Ids for a hint where one is unknown: those that hold it, as where a spreadsheet took leading zeros off or a colour was
    /// left out; else those that begin like it as far as any does; else those that come after it.
    package func itemIDs(like id: String, count: Int) throws -> [String] {
        let id = id.composed
        func ids(_ database: Database, _ condition: String, _ text: String) throws -> [String] {
            try String.fetchAll(
                database, sql: "SELECT item_id FROM items WHERE \(condition) ORDER BY item_id LIMIT :count",
                arguments: ["text": text, "count": count])
        }
        return try read { database in
            var found = try ids(database, "instr(lower(item_id), lower(:text)) > 0", id)
            for length in (max(1, id.count / 2)..<max(2, id.count)).reversed() where found.isEmpty {
                found = try ids(database, "substr(item_id, 1, length(:text)) = :text", String(id.prefix(length)))
            }
            return found.isEmpty ? try ids(database, "item_id >= :text", String(id.prefix(1))) : found
        }
    }

    /// The final list of an item, or its best of one category; best first.
    package func recommendations(for id: String, category: String? = nil, count: Int) throws -> [Recommendation] {
        let table = category == nil ? "recommendations" : "category_recommendations"
        let condition = category == nil ? "" : "AND r.category = :category"
        return try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT b.item_id, b.category, b.title, r.rank, r.score FROM \(table) r
                    JOIN items b ON b.row = r.item_row
                    WHERE r.row = \(Self.rowOfID) \(condition) ORDER BY r.rank LIMIT :count
                    """,
                arguments: Self.spellings(of: id) + ["count": count] + (category.map { ["category": $0] } ?? [:])
            ).map { Recommendation(item: Self.item($0), rank: $0["rank"], score: $0["score"]) }
        }
    }

    /// How many items have a final list that holds anything.
    func filledListCount() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(DISTINCT row) FROM recommendations") ?? 0 }
    }

    /// The categories that an item has lists for.
    package func categories(for id: String) throws -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT category FROM category_recommendations
                    WHERE row = \(Self.rowOfID) ORDER BY category
                    """, arguments: Self.spellings(of: id))
        }
    }

    /// Calls `body` with each item's final list, ascending by item id, a few thousand at a time in memory.
    package func forEachList(_ body: (_ item: Item, _ list: [Recommendation]) throws -> Void) throws {
        let block = 4096
        let count = try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM items") ?? 0 }
        for start in stride(from: 0, to: count, by: block) {
            let (items, lists) = try read { database in
                (
                    try Row.fetchAll(
                        database,
                        sql: "SELECT row, item_id, category, title FROM items WHERE row >= ? AND row < ? ORDER BY row",
                        arguments: [start, start + block]),
                    try Row.fetchAll(
                        database,
                        sql: """
                            SELECT r.row, b.item_id, b.category, b.title, r.rank, r.score FROM recommendations r
                            JOIN items b ON b.row = r.item_row WHERE r.row >= ? AND r.row < ? ORDER BY r.row, r.rank
                            """, arguments: [start, start + block])
                )
            }
            var next = lists.startIndex
            for item in items {
                let row: Int = item["row"]
                var list: [Recommendation] = []
                while next < lists.endIndex, lists[next]["row"] == row {
                    list.append(
                        Recommendation(
                            item: Self.item(lists[next]), rank: lists[next]["rank"], score: lists[next]["score"]))
                    next += 1
                }
                try body(Self.item(item), list)
            }
        }
    }

    private static func item(_ row: Row) -> Item {
        Item(id: row["item_id"], category: row["category"], title: row["title"])
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.readonly = true
        let url = folder.appendingPathComponent(Self.databaseName)
        let queue = try DatabaseQueue(path: url.path, configuration: configuration)
        return try queue.read(body)
    }
}
