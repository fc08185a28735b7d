import Compatibility
import Foundation
import Pipeline
import Stages
import Testing

/// The questions that a job writes down, held against its catalogue and its pairs.
@Suite(.serialized) struct WrittenQuestionsTests {
    private func catalog(_ job: SampleJob, _ summary: RunSummary) throws -> OutfitCatalog {
        try CatalogReader(folder: try #require(job.artifact("catalog", of: summary))).catalog()
    }

    private func questions(
        _ kind: QuestionKind, _ labels: ArtifactFiles, _ catalog: OutfitCatalog
    ) throws -> [FillInTheBlankQuestion] {
        try FillInTheBlankFormat.read(
            [UInt8](try labels.read("fill_in_blank_validation_\(kind.rawValue).json")),
            tokens: QuestionTokens(catalog: catalog)
        ).questions
    }

    @Test func coldOnesAskForWhatNoTrainingOutfitShows() throws {
        let job = try SampleJob()
        let summary = try job.run(["label.validation_fraction=0.4", "evaluate.recall=false"], until: ["evaluate"])
        let labels = ArtifactFiles(try #require(job.artifact("labels", of: summary)))
        let pairs = try labels.readVector("pairs.npy", of: Int32.self)
        let seen = Set(pairs.indices.filter { $0 % 3 != 2 }.map { Int(pairs[$0]) })
        let questions = try questions(.season, labels, catalog(job, summary))
        let coldCount = try questions.count { !seen.contains(try #require($0.rightRow)) }
        let metrics = ArtifactFiles(try #require(job.artifact("metrics", of: summary)))
        let report = try metrics.readJSON("metrics.json", as: EvaluationReport.self)
        let figures = try #require(report.scorers.first?.fillInTheBlank["season"])
        #expect(coldCount > 0 && figures.cold.questions == coldCount)
        #expect(figures.warm.questions == questions.count - coldCount)
    }

    /// Training does not learn from what was purged, but whoever wore two items together knew that they go together.
    @Test func noWrongAnswerIsAPartnerInAPurgedOutfit() throws {
        let job = try SampleJob()
        let summary = try job.run(
            [
                "label.purge=shared_items", "label.honour_stated_splits=false", "label.test_fraction=0",
                "label.answers=3",
            ],
            until: ["label"])
        let labels = ArtifactFiles(try #require(job.artifact("labels", of: summary)))
        let catalog = try catalog(job, summary)
        let all = PairSet(outfits: catalog.outfits)
        var wrongCount = 0
        for kind in QuestionKind.allCases {
            for question in try questions(kind, labels, catalog) {
                for (place, answer) in question.answers.enumerated() where place != question.correct {
                    let answer = try #require(answer)
                    #expect(question.question.allSatisfy { all.outfitCount(of: $0, answer) == 0 })
                    wrongCount += 1
                }
            }
        }
        #expect(wrongCount > 50)
    }
}
