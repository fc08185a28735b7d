/// Writes refusals into the catalogue and counts them, so that too many can be told with their reasons.
final class QuarantineTally {
    private let catalog: CatalogWriter
    private var lineOfReason: [QuarantineReason: QuarantineSummary.Line] = [:]
    /// Records that were refused. An entry of the table may stand for many: the items of a refused outfit.
    private(set) var count = 0

    init(_ catalog: CatalogWriter) {
        self.catalog = catalog
    }

    func refuse(
        _ reason: QuarantineReason, archive: String, member: String, subject: String, recordCount: Int = 1
    ) throws {
        let entry = CatalogReader.Quarantined(
            archive: archive, member: member, subject: subject, reason: reason.rawValue
        ).shown
        try catalog.add(entry)
        count += recordCount
        let example = [entry.archive, entry.member, entry.subject].filter { !$0.isEmpty }.joined(separator: ": ")
        var line = lineOfReason[reason] ?? .init(reason: reason, count: 0, recordCount: 0, example: example)
        line.count += 1
        line.recordCount += recordCount
        lineOfReason[reason] = line
    }

    /// Reasons in the words of the table, with their counts, those of most records first.
    var lines: [QuarantineSummary.Line] {
        QuarantineReason.allCases.compactMap { lineOfReason[$0] }.enumerated()
            .sorted { ($1.element.recordCount, $0.offset) < ($0.element.recordCount, $1.offset) }.map(\.element)
    }

    /// A line for whoever looks after the data; nil where nothing was lost.
    func warning(subjectCount: Int) -> String? {
        guard count > 0, let line = lines.first else { return nil }
        return """
            \(count) of \(max(subjectCount, count)) records and pictures were refused, such as \(line.example): \
            \(line.reason.rawValue); once published, the table 'quarantine' of current/catalog.sqlite names all
            """
    }

    /// - Parameter subjectCount: how much could have been refused.
    /// - Throws: `IngestError.tooManyQuarantined`.
    func check(fractionLimit: Double, subjectCount: Int) throws(IngestError) {
        let subjects = max(subjectCount, count)
        guard Double(count) > fractionLimit * Double(subjects) else { return }
        throw .tooManyQuarantined(
            QuarantineSummary(
                refusedCount: count, subjectCount: subjects, fractionLimit: fractionLimit,
                lines: lines.filter { $0.recordCount > 0 }))
    }
}
