import Compatibility
import Foundation
import Media
import Pipeline
import Stages
import Testing

/// Shops whose item ids hold spaces.
@Suite(.serialized) struct SpacedIDTests {
    /// The catalogue's archive with `0000002 01` for `0000002-01`. Pictures keep their paths.
    private func spacedArchive(of job: SampleJob) throws -> String {
        let path = job.folder.appendingPathComponent("spaced.tar").path
        let reader = try ArchiveReader(path: job.archive("catalogue.tar.gz").path)
        let writer = try ArchiveWriter(path: path, format: .tar, filter: .none)
        while let member = try reader.nextMember() {
            guard let name = member.safePath, !name.contains("/.") else { continue }
            var bytes = try reader.readAll(upTo: 1 << 24)
            if name.hasSuffix("products.csv") || name.hasSuffix("outfits.csv") {
                // One row is no UTF-8; repaired, it is an item like the others.
                let text = String(decoding: bytes, as: UTF8.self)
                bytes = Array(
                    text.replacing(
                        /(?<before>^|,)(?<model>\d{7})-(?<variant>\d\d)(?<after>,|$)/.anchorsMatchLineEndings()
                    ) {
                        "\($0.before)\($0.model) \($0.variant)\($0.after)"
                    }.utf8)
            }
            try writer.add(path: name, bytes: bytes)
        }
        try writer.finish()
        return path
    }

    @Test func aJobAnswersItsOwnQuestionsOfIdsWithSpaces() throws {
        let job = try SampleJob()
        let settings = [
            "ingest.archives=['\(try spacedArchive(of: job))']", "ingest.tables.products.variant_of.separator=' '",
        ]
        let summary = try job.run(settings)
        #expect(summary.status == .succeeded, "\(summary.error ?? "")")
        let catalog = try CatalogReader(folder: try #require(job.artifact("catalog", of: summary))).catalog()
        #expect(catalog.items.count > 40 && catalog.items.allSatisfy { $0.id.rawValue.contains(" ") })
        let metrics = try ArtifactFiles(try #require(job.artifact("metrics", of: summary)))
            .readJSON("metrics.json", as: EvaluationReport.self)
        for scorer in metrics.scorers {
            let figures = try #require(scorer.compatibility)
            #expect(figures.unscorable == 0 && figures.outfits > 4, "\(scorer.name)")
        }
        // Whoever asks the job's own file of the published build gets the same answers.
        let labels = ArtifactFiles(try #require(job.artifact("labels", of: summary)))
        let read = try CompatibilityFormat.read(
            [UInt8](try labels.read("compatibility_validation.txt")), tokens: QuestionTokens(catalog: catalog))
        #expect(read.unknownItems.count == 0 && read.questions.allSatisfy { $0.items.count > 1 })
    }

    @Test func labelFilesThatNameUnknownItemsFailTheStageThatReadsThem() throws {
        let job = try SampleJob()
        let summary = try job.run(until: ["rerank"])
        let labels = try #require(job.artifact("labels", of: summary))
        for (name, says) in [
            ("compatibility_validation.txt", "1 item-from-nowhere 0000002-01\n"),
            (
                "fill_in_blank_validation_random.json",
                #"[{"question": ["0000002-01"], "answers": ["0000002-01", "item-from-nowhere"], "correct": 0}]"#
            ),
        ] {
            let folder = job.folder.appendingPathComponent("labels-\(name)")
            try FileManager.default.copyItem(at: labels, to: folder)
            let file = folder.appendingPathComponent(name)
            #expect(FileManager.default.fileExists(atPath: file.path), "\(name)")
            try FileManager.default.removeItem(at: file)
            try Data(says.utf8).write(to: file)
            let error = #expect(throws: ArtifactFileError.self) {
                try job.runByHand("evaluate", of: summary, instead: ["labels": folder])
            }
            guard case .malformed(let path, let reason)? = error else { continue }
            #expect(path == file.path && reason.contains("(1, the first 'item-from-nowhere')"), "\(reason)")
        }
    }
}
