import Compatibility
import Foundation
import LinearAlgebra
import Pipeline
import Stages
import Testing

/// What the gate looks at besides questions: lists that hold nothing, and drift since the published build.
@Suite(.serialized) struct PublishGateTests {
    /// What these tests read of `builds/verdicts/<id>.json`.
    private struct Verdict: Decodable {
        struct Lists: Decodable {
            var filled: Int
            var published: Int?
            var available: Int

            enum CodingKeys: String, CodingKey {
                case filled = "filled_lists"
                case published = "published_filled_lists"
                case available = "available_items"
            }
        }
        struct Questions: Decodable {
            var questions: Int
            var left_out: Int
            var comparison: BuildComparison?

            func units(_ metric: String) -> Int? {
                comparison?.entries.first { $0.metric == metric }?.comparison.units
            }
        }
        struct Catalogue: Decodable {
            var published_items: Int
            var gone_items: Int
        }
        var against: String?
        var catalogue: Catalogue?
        var questions: Questions?
        var refusal: String?
        var lists: Lists
        var drift: BuildDrift?
    }

    private func verdict(of build: String, _ job: SampleJob) throws -> Verdict {
        let file = BuildStore(workspace: job.workspace).verdictFile(of: build)
        return try JSONDecoder().decode(Verdict.self, from: Data(contentsOf: file))
    }

    private func warnings(of run: RunSummary, _ job: SampleJob) throws -> [Substring] {
        try String(contentsOf: job.workspace.logFile(run: run.run, stage: "publish"), encoding: .utf8)
            .split(separator: "\n").filter { $0.contains(" warning ") }
    }

    private func refusedBuild(_ job: SampleJob) throws -> Build {
        try #require(try BuildStore(workspace: job.workspace).list().first { $0.verdict == .refused })
    }

    @Test func aBuildOfEmptyListsIsRefusedBeforeAndAfterAGoodOneAndMayBeForced() throws {
        let job = try SampleJob()
        let whole = ["ingest.archives=[\(job.archive("catalogue.tar.gz").path)]"]
        let empty = whole + ["ingest.tables.products.available.values=[never]"]
        let first = try job.run(empty)
        #expect(first.status == .refused && first.currentBuild == nil)
        let reason = try #require(first["publish"]?.error)
        #expect(reason.contains("no list of the new build holds an item: none of its "), "\(reason)")
        #expect(reason.contains("ingest.tables.products.available"))
        let seen = try verdict(of: refusedBuild(job).id, job)
        #expect(seen.against == nil && seen.refusal == reason && seen.lists.filled == 0 && seen.lists.available == 0)

        let good = try job.run(whole)
        #expect(good.status == .succeeded && good.publishedBuild != nil)
        let again = try job.run(empty)
        #expect(again.status == .refused && again.currentBuild == good.publishedBuild)
        let forced = try job.run(empty, forced: ["publish"])
        #expect(forced.status == .succeeded && forced.publishedBuild != nil)
    }

    @Test func aBuildOfFarFewerListsIsRefusedByTheShareThatTheJobAsksFor() throws {
        let job = try SampleJob()
        let first = try job.run()
        let fewer = ["ingest.archives=[\(job.archive("catalogue.tar.gz").path)]", "publish.margin=1"]
        let refused = try job.run(fewer + ["publish.minimum_list_share=1"])
        #expect(refused.status == .refused && refused.currentBuild == first.publishedBuild)
        let reason = try #require(refused["publish"]?.error)
        #expect(reason.contains("publish.minimum_list_share (1.0)"), "\(reason)")
        let lists = try verdict(of: refusedBuild(job).id, job).lists
        let published = try #require(lists.published)
        #expect(lists.filled > 0 && lists.filled < published)
        let accepted = try job.run(fewer + ["publish.minimum_list_share=0"])
        #expect(accepted.publishedBuild != nil)
    }

    /// Other outfits are held out: what the published build was trained on is nothing to ask it.
    @Test func whatThePublishedBuildWasTrainedOnIsNotAsked() throws {
        let job = try SampleJob()
        let same = try #require(try job.run(["train.epochs=1"]).currentBuild)
        let still = try #require(try job.run(["train.epochs=2", "publish.margin=1"]).currentBuild)
        let all = try #require(try verdict(of: still, job).questions)
        #expect(still != same && all.questions > 20 && all.left_out == 0, "\(all)")
        let other = try #require(try job.run(["train.epochs=2", "label.seed=9", "publish.margin=1"]).currentBuild)
        let few = try #require(try verdict(of: other, job).questions)
        // Outfits whose side an archive states stay where they are.
        #expect(other != still && few.left_out > 20 && few.questions > 20, "\(few)")
        // A false outfit is left out with the one that it was made of, and each of these has a question of random answers.
        let outfits = try #require(few.units("compatibility.auc"))
        let questions = try #require(few.units("fill_in_the_blank.random"))
        #expect(outfits > 0 && outfits % 2 == 0 && outfits <= 2 * questions, "\(outfits), \(questions)")
    }

    @Test func lostPicturesAndMovedScoresAreWarnedOfAndPublished() throws {
        let job = try SampleJob()
        let first = try job.run()
        let before = try #require(first.publishedBuild)
        // No picture may be decoded, as where a supplier changed their format.
        let second = try job.run([
            "featurize.maximum_pixels=10", "featurize.quarantine_fraction_limit=1", "publish.margin=1",
        ])
        let build = try #require(second.publishedBuild)
        let seen = try verdict(of: build, job)
        #expect(seen.against == before && seen.refusal == nil)
        let drift = try #require(seen.drift)
        #expect(drift.losses().contains { $0.block == "palette" }, "\(drift)")

        let store = BuildStore(workspace: job.workspace)
        let old = try ArtifactFiles(store.folder(of: before)).readJSON("metrics.json", as: EvaluationReport.self)
        let lists = ArtifactFiles(try #require(job.artifact("lists", of: second)))
        let scores = try lists.readVector("scores.npy", of: Float.self)
        let index = try #require(old.scoreDistribution?.stabilityIndex(of: scores))
        #expect(abs(try #require(drift.scores).stabilityIndex - index) < 1e-9)

        // Colours that nothing measured are no figures, and no baseline.
        let new = try ArtifactFiles(store.folder(of: build)).readJSON("metrics.json", as: EvaluationReport.self)
        #expect(old.scorers.contains { $0.name == "colour" } && !new.scorers.contains { $0.name == "colour" })
        #expect(new.colour?.lists.similarity == Figure(nil) && new.colour?.scoreCorrelation == Figure(nil))

        let warnings = try warnings(of: second, job)
        #expect(warnings.contains { $0.contains("feature block 'palette' is ") }, "\(warnings)")
        #expect(warnings.contains { $0.contains("population stability index") } == (index > 0.25))
        // The first build had none to be held against, and a build that is gone leaves no verdict.
        #expect(try verdict(of: before, job).drift == nil)
        for depth in 2...4 { try job.run(["publish.category_depth=\(depth)", "publish.margin=1"]) }
        let removed = try store.retain(2)
        #expect(removed.count == 3)
        for gone in removed {
            #expect(!FileManager.default.fileExists(atPath: store.verdictFile(of: gone.id).path))
        }
    }

    @Test func aCatalogueOfOtherItemsIsWarnedOf() throws {
        let job = try SampleJob()
        // The second archive's items have neither of the attributes that the job names.
        func run(_ archive: String, _ more: [String] = []) throws -> RunSummary {
            try job.run(
                more + [
                    "ingest.archives=[\(job.archive(archive).path)]", "publish.minimum_list_share=0",
                    "label.season_attribute=''", "evaluate.colour_attribute=''",
                ])
        }
        let before = try #require(try run("catalogue.tar.gz").publishedBuild)
        let second = try run("polyvore.zip")
        let seen = try verdict(of: try #require(second.publishedBuild), job)
        let catalogue = try #require(seen.catalogue)
        #expect(catalogue.published_items > 0 && catalogue.gone_items == catalogue.published_items)
        let questions = try #require(seen.questions)
        #expect(questions.questions == 0 && questions.left_out > 0)
        let warnings = try warnings(of: second, job)
        let (gone, asked) = (catalogue.gone_items, questions.left_out)
        #expect(warnings.contains { $0.contains("\(gone) of \(gone) items of build \(before) are gone") })
        #expect(warnings.contains { $0.contains("none of \(asked) questions can be put to build \(before)") })
        // A night later all is as it was.
        let third = try run("polyvore.zip", ["rerank.length=7"])
        #expect(try self.warnings(of: third, job).isEmpty)
    }

    @Test func aBuildThatNoQuestionIsAskedOfIsWarnedOf() throws {
        let job = try SampleJob()
        let before = try #require(try job.run().publishedBuild)
        let second = try job.run([
            "label.honour_stated_splits=false", "label.validation_fraction=0", "publish.margin=1",
        ])
        let build = try #require(second.publishedBuild)
        let seen = try #require(try verdict(of: build, job).questions)
        #expect(seen.questions == 0 && seen.left_out == 0)
        let warnings = try warnings(of: second, job)
        #expect(warnings.contains { $0.contains("ask no question") && $0.contains("build \(before)") }, "\(warnings)")
    }

    @Test func categoriesWithoutAnItemToRecommendAreNamed() {
        func catalogue(_ categories: [String: Int], without unavailable: String = "") -> OutfitCatalog {
            OutfitCatalog(
                items: categories.flatMap { category, count in
                    (0..<count).map {
                        CatalogItem(
                            id: ItemID("\(category) \($0)"), categoryPath: [category], title: "",
                            isAvailable: category != unavailable)
                    }
                })
        }
        let before = catalogue(["bags": 30, "coats": 30, "shoes": 40])
        #expect(CatalogueChange(of: before, since: before).warnings(since: "b1").isEmpty)
        // A fifth of the items may go without a word.
        let fewer = CatalogueChange(of: catalogue(["bags": 20, "coats": 20, "shoes": 40]), since: before)
        #expect(fewer.goneItems == 20 && fewer.warnings(since: "b1").isEmpty)
        let sold = CatalogueChange(
            of: catalogue(["bags": 30, "coats": 30, "shoes": 40], without: "shoes"), since: before)
        #expect(sold.goneItems == 0 && sold.emptiedCategories == ["shoes": 40])
        #expect(sold.warnings(since: "b1").count == 1 && sold.warnings(since: "b1")[0].contains("'shoes' (40)"))
        let renamed = CatalogueChange(of: catalogue(["Bags": 30, "Shoes": 40]), since: before)
        #expect(renamed.warnings(since: "b1").count == 2)
    }

    @Test func lookUpsByCategoryShowOneVariantOfEachModelFirst() throws {
        let job = try SampleJob()
        try job.run()
        let build = PublishedBuild(folder: try #require(BuildStore(workspace: job.workspace).currentFolder))
        var (listCount, repeatCount) = (0, 0)
        try build.forEachList { item, _ in
            for category in try build.categories(for: item.id) {
                let entries = try build.recommendations(for: item.id, category: category, count: 20).map(\.item.id)
                let models = entries.map { $0.contains("-") ? $0.split(separator: "-")[0] : Substring($0) }
                let distinctCount = Set(models).count
                #expect(Set(models.prefix(distinctCount)).count == distinctCount, "\(item.id), \(category): \(entries)")
                listCount += 1
                repeatCount += distinctCount < models.count ? 1 : 0
            }
        }
        #expect(listCount > 100 && repeatCount > 10, "\(repeatCount) of \(listCount)")
    }
}
