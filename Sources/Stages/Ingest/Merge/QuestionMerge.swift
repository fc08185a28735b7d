internal import Compatibility
internal import Foundation

/// Turns the datasets' own questions, whose items are places in outfits, into questions of items.
///
/// The right answer of a fill-in-the-blank question is the one of its own outfit: its position is shuffled in one variant
/// of Polyvore Outfits and always first in the other.
struct QuestionMerge {
    struct QuestionCounts: Codable, Sendable, Equatable {
        var questions = 0
        /// Questions that an earlier archive asked already.
        var repeated = 0
    }

    private(set) var summary = QuestionCounts()
    private let outfits: OutfitMerge

    init(
        archives: [MergedArchive], outfits: OutfitMerge, into catalog: CatalogWriter, tally: QuarantineTally,
        checkCancellation: () throws -> Void
    ) throws {
        self.outfits = outfits
        var asked: Set<AskedQuestion> = []
        for archive in archives {
            var askedHere: [AskedQuestion] = []
            try checkCancellation()
            try RecordReader<QuestionRecord>(ShardFile.questions.url(in: archive.folder)).forEach { record, _ in
                guard let split = Split(rawValue: record.split) else { return }
                let resolved = record.kind == .compatibility ? compatibility(record) : fillInTheBlank(record)
                switch resolved {
                case .refused(let reason):
                    try tally.refuse(
                        reason, archive: archive.name, member: record.member, subject: "question \(record.number)")
                case .question(let question):
                    let key = AskedQuestion(question: question, split: record.split)
                    if asked.contains(key) {
                        summary.repeated += 1
                    } else {
                        try catalog.add(question, split: split)
                        askedHere.append(key)
                    }
                }
            }
            asked.formUnion(askedHere)
        }
        summary.questions = catalog.questionCount
    }

    private struct AskedQuestion: Hashable {
        let question: StoredQuestion
        let split: String
    }

    private enum Resolved {
        case question(StoredQuestion)
        case refused(QuarantineReason)
    }

    private func compatibility(_ record: QuestionRecord) -> Resolved {
        let items = record.items.compactMap { outfits.place(named: $0)?.item }
        guard items.count == record.items.count else { return .refused(.unresolvedQuestion) }
        return .question(StoredQuestion(items: items, isOutfit: record.isOutfit))
    }

    private func fillInTheBlank(_ record: QuestionRecord) -> Resolved {
        let given = record.items.compactMap { outfits.place(named: $0) }
        let answers = (record.answers ?? []).compactMap { outfits.place(named: $0) }
        guard given.count == record.items.count, answers.count == record.answers?.count, let set = given.first?.set
        else {
            return .refused(.unresolvedQuestion)
        }
        let own = answers.indices.filter { answers[$0].set == set }
        guard own.count == 1, given.allSatisfy({ $0.set == set }) else { return .refused(.ambiguousAnswer) }
        return .question(
            StoredQuestion(
                items: given.map(\.item), answers: answers.map(\.item), correct: own[0], outfit: String(set)))
    }
}
