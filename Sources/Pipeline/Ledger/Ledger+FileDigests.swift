internal import GRDB

extension Ledger: DigestSource {
    func cachedDigest(device: UInt64, inode: UInt64) throws -> CachedDigest? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT bytes, modified, changed, sha256, path FROM file_digests WHERE device = ? AND inode = ?")
            let row = try Row.fetchOne(
                statement, arguments: [Int64(bitPattern: device), Int64(bitPattern: inode)])
            return row.flatMap { try? Self.digest($0, device: device, inode: inode) }
        }
    }

    /// - Throws: where a flipped byte made another kind of value of one.
    private static func digest(_ row: Row, device: UInt64, inode: UInt64) throws -> CachedDigest {
        CachedDigest(
            signature: FileSignature(
                device: device, inode: inode, byteCount: try row.decode(forColumn: "bytes"),
                modified: try row.decode(forColumn: "modified"), changed: try row.decode(forColumn: "changed")),
            digest: try row.decode(forColumn: "sha256"), path: try row.decode(forColumn: "path"))
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
