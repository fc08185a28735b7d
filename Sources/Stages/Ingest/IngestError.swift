internal import Foundation
internal import Media

/// Why ingest cannot go on. Single bad records and pictures are no errors: they are quarantined.
package enum IngestError: Error, Sendable, Equatable {
    /// An archive that was there when the run began.
    case noSuchArchive(String)
    /// Nothing in the archive is data of the layout. `examples` are names of its first members.
    case nothingRecognised(archive: String, layout: DatasetLayout, examples: [String])
    /// One archive holds data files of two layouts.
    case severalLayouts(archive: String, members: [String])
    /// A mapped column that the table's header does not have, and without which no row can be read.
    case missingColumn(archive: String, member: String, column: String, header: [String])
    /// A mapped column that no archive's table has; `key` of the job file names it.
    case unknownColumn(String, key: String, columns: [String])
    /// A data file that breaks off or cannot be cut into records at all.
    case malformedMember(archive: String, member: String, problem: String)
    /// No member of any archive is the mapped table: `products` or `outfits`. `seen` are names of files that were passed over.
    case noTable(String, patterns: [String], seen: [String])
    /// No archive gave a usable item; where `isUnmapped` no table was read, since the job file names no column of ids.
    case noItems(isUnmapped: Bool)
    /// More was refused than the job file allows.
    case tooManyQuarantined(QuarantineSummary)
    /// A file of the workspace that cannot be written or read.
    case file(path: String, operation: String, message: String)

    /// With what the system says in `errno`.
    static func system(path: String, operation: String) -> IngestError {
        .file(path: path, operation: operation, message: String(cString: strerror(errno)))
    }
}

/// How much was refused, and why.
package struct QuarantineSummary: Sendable, Equatable {
    package struct Line: Sendable, Equatable {
        package let reason: QuarantineReason
        /// Entries of the table.
        package var count: Int
        /// Records that were lost with them.
        package var recordCount: Int
        /// The first one: archive, member and subject.
        package let example: String
    }

    /// Records and pictures; all items of a refused outfit are.
    package let refusedCount: Int
    /// Items, memberships of outfits, questions and pictures that were looked at.
    package let subjectCount: Int
    package let fractionLimit: Double
    /// Those of most records first.
    package let lines: [Line]
}

extension IngestError: CustomStringConvertible {
    package var description: String {
        // Names of archives, members and columns are input. Those of the summary were cleaned, and it has lines of its own.
        if case .tooManyQuarantined(let summary) = self { return summary.description }
        return words.showingControlCharacters()
    }

    private var words: String {
        switch self {
        case .noSuchArchive(let pattern):
            return "\(pattern): \(ArchiveList.absence)"
        case .nothingRecognised(let archive, let layout, let examples):
            let found = examples.isEmpty ? "it is empty" : "it begins with \(examples.joined(separator: ", "))"
            let wanted = layout == .auto ? "a known layout" : "layout '\(layout.rawValue)'"
            return "\(archive): holds no pictures and no data of \(wanted); \(found)"
        case .severalLayouts(let archive, let members):
            return "\(archive): holds data of several layouts (\(members.joined(separator: ", "))); name the layout"
        case .missingColumn(let archive, let member, let column, let header):
            return "\(archive): entry '\(member)': no column '\(column)'" + Self.nearest(to: column, among: header)
                + " (the header has: \(header.joined(separator: ", ")))"
        case .unknownColumn(let column, let key, let columns):
            return "'\(key)' names the column '\(column)', which no table has"
                + Self.nearest(to: column, among: columns)
                + " (there are: \(columns.joined(separator: ", ")))"
        case .malformedMember(let archive, let member, let problem):
            return "\(archive): entry '\(member)': \(problem)"
        case .noTable(let table, let patterns, let seen):
            let found = seen.isEmpty ? "there is no other file" : "other files are \(seen.joined(separator: ", "))"
            let key = "ingest.tables.\(table).members"
            return "no member of the archives matches \(key) (\(patterns.joined(separator: ", "))), so there are no "
                + "\(table); \(found); set \(key) to the table's name, or add the archive that holds it to ingest.archives"
        case .noItems(isUnmapped: true):
            return "the archives hold no usable item; a table of products is read where "
                + "ingest.tables.products.id names its column of ids, and none is named"
        case .noItems(isUnmapped: false):
            return "the archives hold no usable item; see that the table of products has rows"
        case .tooManyQuarantined(let summary): return summary.description
        case .file(let path, let operation, let message):
            return "\(path): cannot \(operation): \(message)"
        }
    }

    private static func nearest(to column: String, among header: [String]) -> String {
        NearestName.suggestion(for: column, among: header).map { "; did you mean '\($0)'?" } ?? ""
    }
}

extension QuarantineSummary: CustomStringConvertible {
    package var description: String {
        let share = Double(refusedCount) / Double(max(1, subjectCount))
        let percent = { (value: Double) in String(format: "%.1f %%", value * 100) }
        let lines = lines.map { line in
            let lost = line.recordCount > line.count ? " (\(line.recordCount) records)" : ""
            return "\n  \(line.count) x \(line.reason.rawValue)\(lost), as \(line.example)"
        }
        return "\(refusedCount) of \(subjectCount) records and pictures were refused "
            + "(\(percent(share)); at most \(percent(fractionLimit)) allowed):" + lines.joined()
            + "\n  mend them at their source, or raise ingest.quarantine_fraction_limit"
    }
}
