internal import Foundation
internal import GRDB
internal import Synchronization

/// What the engine remembers: runs, stage runs, shards and digests of files, in `ledger.sqlite`.
///
/// SQLite with a rollback journal (TRUNCATE) and synchronous EXTRA, so that what is committed survives a power cut; one
/// connection writes, and only the process that holds the run lock has one. Readers open it read-only.
package final class Ledger: Sendable {
    let path: String
    private let connection: DatabaseQueue
    private let commits = Atomic<Int>(0)

    private init(path: String, connection: DatabaseQueue) {
        self.path = path
        self.connection = connection
    }

    /// Transactions that wrote, so far.
    var commitCount: Int { commits.load(ordering: .relaxed) }

    /// Opens the ledger for writing, and makes it where there is none.
    /// - Throws: `LedgerError.damaged` where SQLite's own check or a seal finds something wrong.
    static func open(in workspace: Workspace) throws(LedgerError) -> Ledger {
        let path = workspace.ledgerFile.filePath
        return try translating(path) {
            try checkLength(in: workspace)
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = EXTRA")
            }
            let connection = try DatabaseQueue(path: path, configuration: configuration)
            try connection.writeWithoutTransaction { database in
                let findings = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
                if findings != ["ok"] {
                    throw LedgerError.damaged(path: path, cause: findings.joined(separator: "; "))
                }
                try LedgerSchema.migrate(database, path: path)
            }
            return Ledger(path: path, connection: connection)
        }
    }

    /// SQLite takes a file shorter than its header for an empty database.
    private static func checkLength(in workspace: Workspace) throws {
        guard let status = try FileSystem.status(workspace.ledgerFile.filePath) else { return }
        let byteCount = status.signature.byteCount
        let isNew = try byteCount == 0 && ArtifactStore(workspace: workspace).digests().isEmpty
        if byteCount < 512 && !isNew {
            throw LedgerError.damaged(path: workspace.ledgerFile.filePath, cause: "truncated to \(byteCount) bytes")
        }
    }

    /// Opens the ledger for reading, beside a run that may be writing.
    /// - Returns: nil where there is no ledger yet.
    package static func openForReading(in workspace: Workspace) throws(LedgerError) -> Ledger? {
        let path = workspace.ledgerFile.filePath
        guard let status = try? FileSystem.status(path), status.signature.byteCount > 0 else { return nil }
        return try translating(path) {
            do {
                return try reader(path)
            } catch let error as DatabaseError
                where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK || error.resultCode == .SQLITE_CANTOPEN
            {
                // A kill left a journal: a connection that may write rolls it back, then reading is possible.
                let writer = try DatabaseQueue(path: path)
                try writer.write { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
                try writer.close()
                return try reader(path)
            }
        }
    }

    private static func reader(_ path: String) throws -> Ledger {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let connection = try DatabaseQueue(path: path, configuration: configuration)
        try connection.read { database in
            let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard found <= LedgerSchema.version else {
                throw LedgerError.newerVersion(path: path, found: found, supported: LedgerSchema.version)
            }
            // Asked for a column that is not there, rows end the program.
            if found == LedgerSchema.version { try LedgerSchema.check(database, path: path) }
        }
        return Ledger(path: path, connection: connection)
    }

    /// A ledger that knows nothing and is kept nowhere: what a dry run in a new workspace reads.
    static func empty() throws(LedgerError) -> Ledger {
        try translating(":memory:") {
            let connection = try DatabaseQueue()
            try connection.writeWithoutTransaction { try LedgerSchema.migrate($0, path: ":memory:") }
            return Ledger(path: ":memory:", connection: connection)
        }
    }

    /// Opens the ledger for writing; one that is damaged is moved aside and a new one begun. What a plan rests on is looked at
    /// before anything is written: a broken seal that comes to light later would end the run halfway, and each one after it.
    /// - Returns: also where the damaged one went and what was wrong with it.
    static func openOrRebuild(in workspace: Workspace) throws -> (
        ledger: Ledger, rebuilt: (movedTo: String, cause: String)?
    ) {
        do {
            let ledger = try open(in: workspace)
            do {
                try ledger.checkSeals()
            } catch {
                try ledger.close()
                throw error
            }
            return (ledger, nil)
        } catch LedgerError.damaged(_, let cause) {
            let moved = try moveAside(in: workspace)
            return (try open(in: workspace), (moved, cause))
        }
    }

    /// Gives a damaged ledger another name, its journal too, so that nothing of it is lost.
    static func moveAside(in workspace: Workspace) throws(FileSystemError) -> String {
        let path = workspace.ledgerFile.filePath
        var number = 1
        while FileSystem.exists("\(path).damaged-\(number)") { number += 1 }
        let target = "\(path).damaged-\(number)"
        try FileSystem.rename(path, to: target)
        if FileSystem.exists(path + "-journal") { try FileSystem.rename(path + "-journal", to: target + "-journal") }
        try FileSystem.sync(workspace.folder.filePath)
        return target
    }

    func close() throws(LedgerError) {
        try Self.translating(path) { try connection.close() }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try Self.translating(path) { try connection.read(body) }
    }

    /// One transaction, durable when this returns.
    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        let value = try Self.translating(path) { try connection.write(body) }
        commits.add(1, ordering: .relaxed)
        return value
    }

    private static func translating<Value>(_ path: String, _ body: () throws -> Value) throws(LedgerError) -> Value {
        do {
            return try body()
        } catch let error as LedgerError {
            throw error
        } catch let error as DatabaseError {
            let message = error.message ?? "unknown error"
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw .damaged(path: path, cause: message)
            case .SQLITE_BUSY: throw .busy(path: path)
            default: throw .failed(path: path, code: Int(error.extendedResultCode.rawValue), message: message)
            }
        } catch {
            throw .damaged(path: path, cause: String(describing: error))
        }
    }
}

extension Ledger {
    /// SQLite's own check of the whole file, indexes included.
    /// - Returns: what it found; nil where all is well.
    func check() throws(LedgerError) -> String? {
        let findings = try read { try String.fetchAll($0, sql: "PRAGMA integrity_check(1)") }
        return findings == ["ok"] ? nil : findings.joined(separator: "; ")
    }
}
