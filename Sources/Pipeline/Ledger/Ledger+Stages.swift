internal import Foundation
internal import GRDB

extension Ledger {
    private static let columns = """
        id, run, stage, fingerprint, signature, reasons, outputs, status, error, started, ended, cpu_seconds, peak_bytes,
        attempts, shards, shards_reused, family, seal
        """

    /// Records that a stage began, as `running`.
    /// - Returns: the record's id.
    func beginStage(_ record: StageRecord) throws(LedgerError) -> Int64 {
        try write { database in
            var record = record
            let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM stage_runs") ?? 0
            record.id = last + 1
            try Self.put(record, in: database)
            return record.id
        }
    }

    /// Records how a stage ended; where it succeeded, it becomes the stage's current state. One transaction with the
    /// digests that were learnt meanwhile.
    func finishStage(_ record: StageRecord, digests: [CachedDigest]) throws(LedgerError) {
        try write { database in
            try Self.put(record, in: database)
            if record.status == .succeeded {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO stage_states(stage, stage_run) VALUES(?, ?)",
                    arguments: [record.stage.rawValue, record.id])
            }
            try Self.put(digests, in: database)
        }
    }

    /// The last successful run of each stage, or the earlier one that became valid again.
    package func currentStates() throws(LedgerError) -> [StageName: StageRecord] {
        try read { database in
            let records = try self.records(
                database, "WHERE id IN (SELECT stage_run FROM stage_states) ORDER BY id")
            return Dictionary(records.map { ($0.stage, $0) }, uniquingKeysWith: { _, last in last })
        }
    }

    /// The current state of one stage.
    package func currentState(of stage: StageName) throws(LedgerError) -> StageRecord? {
        try read { database in
            try self.records(
                database, "WHERE id = (SELECT stage_run FROM stage_states WHERE stage = ?)", [stage.rawValue]
            ).first
        }
    }

    /// Reads the current state of each stage and the last attempt at it.
    /// - Throws: `LedgerError.damaged` where the seal of one is broken.
    func checkSeals() throws(LedgerError) {
        _ = try read { database in
            try self.records(
                database,
                "WHERE id IN (SELECT stage_run FROM stage_states UNION SELECT max(id) FROM stage_runs GROUP BY stage)")
        }
    }

    /// The last successful run of exactly this fingerprint. One whose seal is broken is left out: the stage runs again.
    func success(of stage: StageName, fingerprint: String) throws(LedgerError) -> StageRecord? {
        try read { database in
            do {
                return try self.records(
                    database, "WHERE stage = ? AND fingerprint = ? AND status = 'succeeded' ORDER BY id DESC LIMIT 1",
                    [stage.rawValue, fingerprint]
                ).first
            } catch LedgerError.damaged {
                return nil
            }
        }
    }

    /// The last attempt at a stage, however it ended.
    package func lastAttempt(at stage: StageName) throws(LedgerError) -> StageRecord? {
        try read { database in
            try self.records(
                database, "WHERE stage = ? ORDER BY id DESC LIMIT 1", [stage.rawValue]
            ).first
        }
    }

    /// The stages that a run executed, in the order of their starts.
    package func stageRecords(of run: RunID) throws(LedgerError) -> [StageRecord] {
        try read { database in
            try self.records(database, "WHERE run = ? ORDER BY id", [run.rawValue])
        }
    }

    /// The same for who looks back, without the records whose seal is broken: nothing rests on those of long ago.
    /// - Returns: also how many these are.
    package func intactStageRecords(of run: RunID) throws(LedgerError) -> (records: [StageRecord], damagedCount: Int) {
        try read { database in
            let rows = try rows(database, "WHERE run = ? ORDER BY id", [run.rawValue])
            let records = rows.compactMap { try? record($0) }
            return (records, rows.count - records.count)
        }
    }

    private func records(
        _ database: Database, _ condition: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> [StageRecord] {
        try rows(database, condition, arguments).map(record)
    }

    private func rows(
        _ database: Database, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Row] {
        try Row.fetchAll(database, sql: "SELECT \(Self.columns) FROM stage_runs \(condition)", arguments: arguments)
    }

    private func record(_ row: Row) throws -> StageRecord {
        let values = Self.texts(row)
        guard Self.seal(values.dropLast()) == values.last else {
            throw LedgerError.damaged(
                path: path, cause: "the seal of stage run \(values.first ?? "?") is broken")
        }
        return try Self.record(row)
    }

    private static func record(_ row: Row) throws -> StageRecord {
        let status: String = row["status"]
        let started: Double = row["started"]
        let ended: Double? = row["ended"]
        return StageRecord(
            id: row["id"], run: RunID(rawValue: row["run"]),
            signature: try JSONText.value(StageSignature.self, from: row["signature"]), fingerprint: row["fingerprint"],
            reasons: try JSONText.value([RunReason].self, from: row["reasons"]),
            outputs: try JSONText.value([String: String].self, from: row["outputs"]),
            status: StageStatus(rawValue: status) ?? .failed, error: row["error"],
            startedAt: Date(timeIntervalSince1970: started), endedAt: ended.map(Date.init(timeIntervalSince1970:)),
            cpuSeconds: row["cpu_seconds"], peakByteCount: row["peak_bytes"], attemptCount: row["attempts"],
            shardCount: row["shards"], reusedShardCount: row["shards_reused"], family: row["family"])
    }

    private static func put(_ record: StageRecord, in database: Database) throws {
        let values: [(any DatabaseValueConvertible)?] = [
            record.id, record.run.rawValue, record.stage.rawValue, record.fingerprint,
            try JSONText.line(record.signature), try JSONText.line(record.reasons), try JSONText.line(record.outputs),
            record.status.rawValue, record.error, record.startedAt.timeIntervalSince1970,
            record.endedAt?.timeIntervalSince1970, record.cpuSeconds, record.peakByteCount, record.attemptCount,
            record.shardCount, record.reusedShardCount, record.family,
        ]
        let seal = seal(values.map { text($0?.databaseValue ?? .null) })
        try database.execute(
            sql: "INSERT OR REPLACE INTO stage_runs(\(columns)) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            arguments: StatementArguments(values + [seal]))
    }

    static func texts(_ row: Row) -> [String] { row.databaseValues.map(text) }

    private static func text(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "null"
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): text
        case .blob(let data): "\(data.count)"
        }
    }

    static func seal(_ values: some Collection<String>) -> String {
        ContentDigest.sha256(ofFields: Array(values))
    }
}
