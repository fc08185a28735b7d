internal import GRDB

extension Ledger {
    private static let shardColumns = "stage, fingerprint, family, key, digest, weight, last_used, seal"

    /// Records finished shards, with the digests that were learnt meanwhile.
    func record(_ shards: [ShardRecord], digests: [CachedDigest]) throws(LedgerError) {
        try write { database in
            for record in shards {
                let values: [any DatabaseValueConvertible] = [
                    record.stage.rawValue, record.shard.fingerprint, record.family, record.shard.key, record.digest,
                    record.shard.weight, record.lastUsed,
                ]
                let seal = Self.shardSeal(record)
                try database.execute(
                    sql: "INSERT OR REPLACE INTO shards(\(Self.shardColumns)) VALUES(?,?,?,?,?,?,?,?)",
                    arguments: StatementArguments(values + [seal]))
            }
            try Self.put(digests, in: database)
        }
    }

    func shard(of stage: StageName, fingerprint: String) throws(LedgerError) -> ShardRecord? {
        try read { database in
            try Self.shards(
                database, "WHERE stage = ? AND fingerprint = ?", [stage.rawValue, fingerprint]
            ).first
        }
    }

    /// Finished shards of a family, in the order of their keys.
    func shards(of stage: StageName, family: String) throws(LedgerError) -> [ShardRecord] {
        try read { database in
            try Self.shards(
                database, "WHERE stage = ? AND family = ? ORDER BY key, fingerprint", [stage.rawValue, family])
        }
    }

    func allShards() throws(LedgerError) -> [ShardRecord] {
        try read { try Self.shards($0, "ORDER BY stage, fingerprint", []) }
    }

    func remove(_ shards: [ShardRecord]) throws(LedgerError) {
        try write { database in
            for record in shards {
                try database.execute(
                    sql: "DELETE FROM shards WHERE stage = ? AND fingerprint = ?",
                    arguments: [record.stage.rawValue, record.shard.fingerprint])
            }
        }
    }

    /// Rows whose seal is broken are left out: their shards are computed again.
    private static func shards(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [ShardRecord] {
        try Row.fetchAll(database, sql: "SELECT \(shardColumns) FROM shards \(condition)", arguments: arguments)
            .compactMap { row in
                let values = texts(row)
                guard seal(values.dropLast()) == values.last else { return nil }
                return ShardRecord(
                    stage: StageName(rawValue: row["stage"]), family: row["family"],
                    shard: Shard(key: row["key"], fingerprint: row["fingerprint"], weight: row["weight"]),
                    digest: row["digest"], lastUsed: row["last_used"])
            }
    }

    private static func shardSeal(_ record: ShardRecord) -> String {
        seal([
            record.stage.rawValue, record.shard.fingerprint, record.family, record.shard.key, record.digest,
            String(record.shard.weight), String(record.lastUsed),
        ])
    }
}
