/// Writes refusals into the catalogue and counts them, so that too many can be told with their reasons.
final class QuarantineTally {
    private let catalog: CatalogWriter
    private var countOfReason: [QuarantineReason: Int] = [:]
    private var exampleOfReason: [QuarantineReason: String] = [:]
    private(set) var count = 0

    init(_ catalog: CatalogWriter) {
        self.catalog = catalog
    }

    func refuse(_ reason: QuarantineReason, archive: String, member: String, subject: String) throws {
        // An id with a line break would break the table of whoever looks at it.
        let subject = subject.showingControlCharacters
        try catalog.addQuarantined(archive: archive, member: member, subject: subject, reason: reason.rawValue)
        count += 1
        countOfReason[reason, default: 0] += 1
        if exampleOfReason[reason] == nil {
            exampleOfReason[reason] = ([archive, member] + (subject.isEmpty ? [] : [subject])).joined(separator: ": ")
        }
    }

    /// Reasons in the words of the table, with their counts, most frequent first.
    var lines: [QuarantineSummary.Line] {
        QuarantineReason.allCases.compactMap { reason in
            countOfReason[reason].map {
                QuarantineSummary.Line(reason: reason, count: $0, example: exampleOfReason[reason] ?? "")
            }
        }
        .enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    }

    /// - Parameter subjectCount: how much could have been refused.
    /// - Throws: `IngestError.tooManyQuarantined`.
    func check(fractionLimit: Double, subjectCount: Int) throws(IngestError) {
        let subjects = max(subjectCount, count)
        guard Double(count) > fractionLimit * Double(subjects) else { return }
        throw .tooManyQuarantined(
            QuarantineSummary(
                refusedCount: count, subjectCount: subjects, fractionLimit: fractionLimit, lines: lines))
    }
}
