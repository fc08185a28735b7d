internal import Foundation
internal import GRDB

extension Ledger {
    /// Finds a name for a run that begins now, and records it as `running`.
    func beginRun(job: String, at start: Date, processID: Int) throws(LedgerError) -> RunID {
        try write { database in
            let run = try Self.freeName(at: start, in: database)
            try database.execute(
                sql: "INSERT INTO runs(id, job, process, started, status) VALUES(?, ?, ?, ?, 'running')",
                arguments: [run.rawValue, job, processID, start.timeIntervalSince1970])
            return run
        }
    }

    /// Records how a run ended, with the digests that were learnt meanwhile and the states that became current again.
    /// A run that executed nothing was not begun and costs this one transaction.
    func finishRun(
        _ run: RunID?, job: String, startedAt start: Date, endedAt end: Date, processID: Int, status: RunStatus,
        error: String?, restored: [StageRecord], digests: [CachedDigest]
    ) throws(LedgerError) -> RunID {
        try write { database in
            let name = try run ?? Self.freeName(at: start, in: database)
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO runs(id, job, process, started, ended, status, summary)
                    VALUES(?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    name.rawValue, job, processID, start.timeIntervalSince1970, end.timeIntervalSince1970,
                    status.rawValue, error,
                ])
            for record in restored {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO stage_states(stage, stage_run) VALUES(?, ?)",
                    arguments: [record.stage.rawValue, record.id])
            }
            try Self.put(digests, in: database)
            return name
        }
    }

    /// The last runs, newest first. One that began in the future began when the clock was wrong: it comes last.
    package func runs(limit: Int) throws(LedgerError) -> [RunRecord] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM runs ORDER BY started > ?, started DESC, id DESC LIMIT ?",
                arguments: [Date().timeIntervalSince1970 + RunID.clockTolerance, limit]
            ).compactMap { try? Self.run($0) }
        }
    }

    /// - Throws: where a flipped byte made another kind of value of one: rows of runs have no seal.
    private static func run(_ row: Row) throws -> RunRecord {
        let ended = try row.decode(Double?.self, forColumn: "ended")
        return RunRecord(
            run: RunID(rawValue: try row.decode(String.self, forColumn: "id")),
            job: try row.decode(String.self, forColumn: "job"),
            processID: try row.decode(Int.self, forColumn: "process"),
            startedAt: Date(timeIntervalSince1970: try row.decode(Double.self, forColumn: "started")),
            endedAt: ended.map(Date.init(timeIntervalSince1970:)),
            status: RunStatus(rawValue: try row.decode(String.self, forColumn: "status")) ?? .failed,
            error: try row.decode(String?.self, forColumn: "summary"))
    }

    /// The jobs that ever ran here, the last one first.
    package func jobs() throws(LedgerError) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT job FROM runs GROUP BY job ORDER BY max(started) DESC, job") }
    }

    private static func freeName(at start: Date, in database: Database) throws -> RunID {
        let base = RunID(at: start).rawValue
        var name = base
        var number = 2
        while try Bool.fetchOne(database, sql: "SELECT EXISTS(SELECT 1 FROM runs WHERE id = ?)", arguments: [name])
            ?? false
        {
            name = "\(base)-\(number)"
            number += 1
        }
        return RunID(rawValue: name)
    }
}
