internal import GRDB

/// The tables of `ledger.sqlite`, format 1. `PRAGMA user_version` holds the format.
///
/// | table | one row for |
/// |---|---|
/// | runs | each run; `summary` is why it failed |
/// | stage_runs | each attempt at a stage within a run: signature, reasons, outputs, cost |
/// | stage_states | each stage: its last successful run, or the earlier one that became valid again |
/// | shards | each finished shard that is kept |
/// | file_digests | each file whose digest is remembered; a cache |
///
/// `seal` is the SHA-256 of the other columns: a flipped byte that SQLite cannot see is seen here.
/// Version history: 1, the first.
enum LedgerSchema {
    static let version = 1

    /// Step i leads from format i to format i + 1.
    static let migrations = [
        """
        CREATE TABLE runs(
            id TEXT PRIMARY KEY, job TEXT NOT NULL, process INTEGER NOT NULL, started REAL NOT NULL, ended REAL,
            status TEXT NOT NULL, summary TEXT) WITHOUT ROWID;
        CREATE TABLE stage_runs(
            id INTEGER PRIMARY KEY, run TEXT NOT NULL, stage TEXT NOT NULL, fingerprint TEXT NOT NULL,
            signature TEXT NOT NULL, reasons TEXT NOT NULL, outputs TEXT NOT NULL, status TEXT NOT NULL, error TEXT,
            started REAL NOT NULL, ended REAL, cpu_seconds REAL NOT NULL, peak_bytes INTEGER NOT NULL,
            attempts INTEGER NOT NULL, shards INTEGER NOT NULL, shards_reused INTEGER NOT NULL, family TEXT,
            seal TEXT NOT NULL);
        CREATE INDEX stage_runs_by_fingerprint ON stage_runs(stage, fingerprint);
        CREATE INDEX stage_runs_by_run ON stage_runs(run);
        CREATE TABLE stage_states(stage TEXT PRIMARY KEY, stage_run INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE shards(
            stage TEXT NOT NULL, fingerprint TEXT NOT NULL, family TEXT NOT NULL, key TEXT NOT NULL,
            digest TEXT NOT NULL, weight INTEGER NOT NULL, last_used INTEGER NOT NULL, seal TEXT NOT NULL,
            PRIMARY KEY(stage, fingerprint)) WITHOUT ROWID;
        CREATE INDEX shards_by_family ON shards(stage, family);
        CREATE TABLE file_digests(
            device INTEGER NOT NULL, inode INTEGER NOT NULL, bytes INTEGER NOT NULL, modified INTEGER NOT NULL,
            changed INTEGER NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL,
            PRIMARY KEY(device, inode)) WITHOUT ROWID;
        """
    ]

    /// Brings a database up to `version`, in one transaction.
    /// - Throws: `LedgerError.newerVersion`, or what SQLite throws.
    static func migrate(_ database: Database, path: String) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw LedgerError.newerVersion(path: path, found: found, supported: version)
        }
        if found == version { return try check(database, path: path) }
        try database.inTransaction(.immediate) {
            for step in migrations[max(0, found)...] { try database.execute(sql: step) }
            try database.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// A flipped byte in the text of the schema passes SQLite's own check: it is compared with what would be made now.
    static func check(_ database: Database, path: String) throws {
        let expected = try DatabaseQueue().write { fresh in
            for step in migrations { try fresh.execute(sql: step) }
            return try texts(fresh)
        }
        guard try texts(database) == expected else {
            throw LedgerError.damaged(path: path, cause: "the schema is not the one of format \(version)")
        }
    }

    private static func texts(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database, sql: "SELECT type || name || tbl_name || coalesce(sql, '') FROM sqlite_master ORDER BY name")
    }
}
