internal import Foundation
internal import GRDB
internal import Media

extension CatalogWriter {
    /// Copies a catalogue and adds to the copy's quarantine; the same rows give the same bytes.
    ///
    /// - Throws: `CatalogError.database`, and what copying throws.
    static func copy(_ source: URL, to target: URL, quarantining rows: [CatalogReader.Quarantined]) throws {
        try FileManager.default.copyItem(at: source, to: target)
        // Artifacts may be read-only, and the copy's permissions are theirs.
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: target.path)
        do {
            let queue = try DatabaseQueue(path: target.path)
            try queue.writeWithoutTransaction { database in
                // A build in the making: what a crash leaves is thrown away by the engine.
                try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
                try database.inTransaction {
                    for row in rows {
                        try database.execute(
                            sql: "INSERT INTO quarantine VALUES (?, ?, ?, ?)",
                            arguments: row.shown.arguments)
                    }
                    return .commit
                }
            }
            try queue.close()
        } catch let error as DatabaseError {
            throw CatalogError.database(path: target.path, message: error.description)
        }
    }
}

extension CatalogReader.Quarantined {
    /// As it can be shown. Names of archives, members and subjects are input, and so may words of a decoder be: a line break
    /// would break the table of whoever looks at it, and a terminal would obey the rest.
    var shown: Self {
        Self(
            archive: archive.showingControlCharacters(), member: member.showingControlCharacters(),
            subject: subject.showingControlCharacters(), reason: reason.showingControlCharacters())
    }

    var arguments: StatementArguments { [archive, member, subject, reason] }
}
