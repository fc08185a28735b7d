package import Compatibility
internal import Foundation
internal import GRDB

/// A dataset's own questions, their items as rows.
package struct DatasetQuestions: Sendable, Equatable {
    package struct Set: Sendable, Equatable {
        package var fillInTheBlank: [FillInTheBlankQuestion] = []
        package var compatibility: [CompatibilityQuestion] = []
        /// Mentions of items that the catalogue does not know: left out of what is given, nil among answers.
        package var unknownItemCount = 0

        package init() {}
    }

    package var train = Set()
    package var validation = Set()
    package var test = Set()

    package init() {}

    package subscript(split: Split) -> Set {
        get {
            switch split {
            case .train: train
            case .validation: validation
            case .test: test
            }
        }
        set {
            switch split {
            case .train: train = newValue
            case .validation: validation = newValue
            case .test: test = newValue
            }
        }
    }
}

extension CatalogReader {
    /// The questions that the archives brought, in their order.
    ///
    /// - Parameter catalog: what `catalog()` gave.
    package func questions(in catalog: OutfitCatalog) throws(CatalogError) -> DatasetQuestions {
        try reading { database in
            var questions = DatasetQuestions()
            let decoder = JSONDecoder()
            let rows = try Row.fetchCursor(database, sql: "SELECT split, payload FROM questions ORDER BY rowid")
            while let row = try rows.next() {
                let name: String = row[0]
                let payload: String = row[1]
                guard let split = Split(rawValue: name) else {
                    throw CatalogError.inconsistent(
                        path: CatalogSchema.fileName, problem: "questions of split '\(name)'")
                }
                let stored = try decoder.decode(StoredQuestion.self, from: Data(payload.utf8))
                questions[split].add(stored, catalog)
            }
            return questions
        }
    }
}

extension DatasetQuestions.Set {
    fileprivate mutating func add(_ stored: StoredQuestion, _ catalog: OutfitCatalog) {
        let given = stored.items.compactMap { catalog.row(of: ItemID($0)) }
        unknownItemCount += stored.items.count - given.count
        guard let ids = stored.answers else {
            compatibility.append(CompatibilityQuestion(items: given, isOutfit: stored.isOutfit ?? false))
            return
        }
        let answers = ids.map { catalog.row(of: ItemID($0)) }
        unknownItemCount += answers.count(where: { $0 == nil })
        fillInTheBlank.append(
            FillInTheBlankQuestion(
                question: given, answers: answers, correct: stored.correct ?? 0, outfitID: stored.outfit))
    }
}
