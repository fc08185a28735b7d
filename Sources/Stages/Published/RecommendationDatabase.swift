internal import Compatibility
internal import Foundation
internal import GRDB
internal import LinearAlgebra

/// `recommendations.sqlite` of a build: what look-ups read and what `export --format sqlite` copies.
///
///     items(row, item_id, category, title, price, available)          one an item, rows ascending by id
///     recommendations(row, rank, item_row, score)                     the final list, rank 1 is the best
///     category_recommendations(row, category, rank, item_row, score)  the best of each adjacent category, one variant of
///                                                                     a model before all others
///     view recommended(item_id, rank, recommended_id, category, score)
///     settings(name, value)                                           format = 1
///
/// A score is a compatibility: the model's score in standard deviations above that of a random pair of the same two
/// categories, so that scores of different categories compare. The final list is varied too: ranks follow it, not scores.
enum RecommendationDatabase {
    static let format = 1

    private static let schema = """
        CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE items(row INTEGER PRIMARY KEY, item_id TEXT NOT NULL UNIQUE, category TEXT NOT NULL,
            title TEXT NOT NULL, price REAL, available INTEGER NOT NULL);
        CREATE TABLE recommendations(row INTEGER NOT NULL REFERENCES items(row), rank INTEGER NOT NULL,
            item_row INTEGER NOT NULL REFERENCES items(row), score REAL NOT NULL, PRIMARY KEY(row, rank)) WITHOUT ROWID;
        CREATE TABLE category_recommendations(row INTEGER NOT NULL REFERENCES items(row), category TEXT NOT NULL,
            rank INTEGER NOT NULL, item_row INTEGER NOT NULL REFERENCES items(row), score REAL NOT NULL,
            PRIMARY KEY(row, category, rank)) WITHOUT ROWID;
        CREATE VIEW recommended AS SELECT a.item_id AS item_id, r.rank AS rank, b.item_id AS recommended_id,
            b.category AS category, r.score AS score
            FROM recommendations r JOIN items a ON a.row = r.row JOIN items b ON b.row = r.item_row;
        """

    /// Writes the database of a build. The same lists give the same bytes.
    ///
    /// - Parameters:
    ///   - calibration: what turns the scores of candidates into compatibilities.
    ///   - depth: how many candidates of each adjacent category to keep for look-ups by category.
    static func write(
        to url: URL, catalog: OutfitCatalog, lists: RecommendationLists, candidates: [CandidateFiles],
        calibration: ScoreCalibration, depth: Int
    ) throws {
        var configuration = Configuration()
        configuration.journalMode = .default
        configuration.prepareDatabase { database in
            // The file is written once and made durable as a whole by the artifact store.
            try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        }
        let queue = try DatabaseQueue(path: url.path, configuration: configuration)
        try queue.write { database in
            try database.execute(sql: schema)
            try database.execute(sql: "INSERT INTO settings VALUES ('format', ?)", arguments: ["\(format)"])
            try writeItems(of: catalog, database)
            let insert = try database.makeStatement(sql: "INSERT INTO recommendations VALUES (?, ?, ?, ?)")
            for row in 0..<lists.anchorCount {
                for (rank, entry) in (lists.offsets[row]..<lists.offsets[row + 1]).enumerated() {
                    try insert.execute(arguments: [row, rank + 1, Int(lists.items[entry]), Double(lists.scores[entry])])
                }
            }
            let variants = VariantGroups(catalog)
            for shard in candidates {
                try write(try shard.read(), of: catalog, variants, calibration, depth: depth, database)
            }
        }
        try queue.vacuum()
        try queue.close()
    }

    private static func writeItems(of catalog: OutfitCatalog, _ database: Database) throws {
        let insert = try database.makeStatement(sql: "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)")
        for (row, item) in catalog.items.enumerated() {
            try insert.execute(arguments: [
                row, item.id.rawValue, item.categoryPath[0], item.title, item.price, item.isAvailable,
            ])
        }
    }

    private static func write(
        _ candidates: CandidateLists, of catalog: OutfitCatalog, _ variants: VariantGroups,
        _ calibration: ScoreCalibration, depth: Int, _ database: Database
    ) throws {
        let insert = try database.makeStatement(sql: "INSERT INTO category_recommendations VALUES (?, ?, ?, ?, ?)")
        for item in candidates.items {
            for list in candidates.lists(of: item) {
                for (rank, candidate) in variants.oneOfEachFirst(list.candidates, count: depth).enumerated() {
                    let score = calibration.calibrated(
                        candidate.score, source: catalog.categoryOfItem[item], target: list.target)
                    try insert.execute(arguments: [
                        item, catalog.categories[list.target], rank + 1, Int(candidate.index), Double(score),
                    ])
                }
            }
        }
    }
}
