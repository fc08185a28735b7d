internal import GRDB

extension Ledger: DigestSource {
    func cachedDigest(device: UInt64, inode: UInt64) throws -> CachedDigest? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT bytes, modified, changed, sha256, path FROM file_digests WHERE device = ? AND inode = ?")
            let row = try Row.fetchOne(
                statement, arguments: [Int64(bitPattern: device), Int64(bitPattern: inode)])
            return row.map { row in
                CachedDigest(
                    signature: FileSignature(
                        device: device, inode: inode, byteCount: row["bytes"], modified: row["modified"],
                        changed: row["changed"]),
                    digest: row["sha256"], path: row["path"])
            }
        }
    }

    static func put(_ digests: [CachedDigest], in database: Database) throws {
        for entry in digests {
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO file_digests(device, inode, bytes, modified, changed, sha256, path)
                    VALUES(?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Int64(bitPattern: entry.signature.device), Int64(bitPattern: entry.signature.inode),
                    entry.signature.byteCount, entry.signature.modified, entry.signature.changed, entry.digest,
                    entry.path,
                ])
        }
    }

    /// Forgets the digests of files that are not there any more.
    func forget(filesNotAt isThere: (_ device: UInt64, _ inode: UInt64, _ path: String) -> Bool) throws(LedgerError) {
        try write { database in
            let rows = try Row.fetchAll(database, sql: "SELECT device, inode, path FROM file_digests")
            for row in rows {
                let (device, inode): (Int64, Int64) = (row["device"], row["inode"])
                if isThere(UInt64(bitPattern: device), UInt64(bitPattern: inode), row["path"]) { continue }
                try database.execute(
                    sql: "DELETE FROM file_digests WHERE device = ? AND inode = ?", arguments: [device, inode])
            }
        }
    }
}
