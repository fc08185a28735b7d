import Compatibility
import Foundation
import LinearAlgebra
import Pipeline
import Stages
import Testing

/// The conformance suite: what holds for every registered stage.
@Suite(.serialized) struct WholeJobTests {
    static let stageCount = JobFile.stageNames.count

    /// With one member, and with two and a completion model.
    @Test(arguments: [[], SampleJob.twoMembers]) func theSameBytesOnOneAndOnTwoThreads(_ overrides: [String]) throws {
        let (one, two) = (try SampleJob(), try SampleJob())
        let first = try one.run(overrides, jobs: 1)
        let second = try two.run(overrides, jobs: 2)
        #expect(first.status == .succeeded && second.status == .succeeded)
        #expect(first.stages.count == Self.stageCount)
        for stage in first.stages {
            #expect(stage.outputs == second[stage.stage]?.outputs, "\(stage.stage)")
        }
        #expect(first.publishedBuild != nil && first.publishedBuild == second.publishedBuild)
    }

    @Test func aSecondRunExecutesNothingAndAnyStageRunAgainGivesTheSameBytes() throws {
        let job = try SampleJob()
        let first = try job.run()
        let second = try job.run()
        #expect(second.status == .upToDate && second.executedStages.isEmpty)
        for name in JobFile.stageNames {
            let again = try job.run(forced: [StageName(rawValue: name)])
            #expect(again.executedStages == [StageName(rawValue: name)], "\(name) did not cut off early")
            for stage in first.stages {
                #expect(again[stage.stage]?.outputs == stage.outputs, "\(name): \(stage.stage)")
            }
        }
    }

    @Test func scoresOfABuildAreCompatibilitiesInTheOrderOfTheRerank() throws {
        let job = try SampleJob()
        let summary = try job.run()
        let files = ArtifactFiles(try #require(job.artifact("lists", of: summary)))
        let offsets = try files.readVector("offsets.npy", of: Int64.self).map(Int.init)
        let scores = try files.readVector("scores.npy", of: Float.self)
        let marginal = try files.readVector("marginal_relevances.npy", of: Float.self)
        let build = PublishedBuild(folder: try #require(BuildStore(workspace: job.workspace).currentFolder))
        var row = 0
        try build.forEachList { item, list in
            let range = offsets[row]..<offsets[row + 1]
            #expect(list.map { Float($0.score) } == Array(scores[range]), "\(item.id)")
            // The order is that of the marginal relevances, at most lambda and descending.
            let order = marginal[range]
            #expect(zip(order, order.dropFirst()).allSatisfy { $0 >= $1 } && order.allSatisfy { $0 <= 0.7001 })
            row += 1
        }
        #expect(row == offsets.count - 1 && row > 100)
        // Beyond what lambda allows, in standard deviations: they are not marginal relevances under another name.
        #expect(scores.contains { $0 > 1 } && scores != marginal)
    }

    @Test func candidatesStandInTheOrderOfTheCompletionsScores() throws {
        let job = try SampleJob()
        let summary = try job.run(SampleJob.twoMembers)
        let folder = try #require(job.artifact("candidates", of: summary))
        let files = ArtifactFiles(folder.appendingPathComponent("shard-00000"))
        let listOffsets = try files.readVector("list_offsets.npy", of: Int64.self).map(Int.init)
        let entryOffsets = try files.readVector("entry_offsets.npy", of: Int64.self).map(Int.init)
        let rows = try files.readVector("rows.npy", of: Int32.self).map(Int.init)
        let scores = try files.readVector("scores.npy", of: Float.self)
        let build = try #require(BuildStore(workspace: job.workspace).currentFolder)
        let scorer = try PublishedBuild(folder: build).scorer().scorer
        let completion = try #require(scorer.completion)
        var moved = 0
        for item in stride(from: 0, to: listOffsets.count - 1, by: 7) {
            for list in listOffsets[item]..<listOffsets[item + 1] {
                let range = entryOffsets[list]..<entryOffsets[list + 1]
                let expected = completion.completionScores(rests: [[item]], candidates: Array(rows[range]))
                for (found, wanted) in zip(scores[range], expected.values) { #expect(abs(found - wanted) < 1e-4) }
                #expect(zip(scores[range], scores[range].dropFirst()).allSatisfy { $0 >= $1 })
                // By their pairs alone, which found them, they would stand otherwise.
                let pairs = scorer.scores(anchors: [item], candidates: Array(rows[range])).values
                if zip(pairs, pairs.dropFirst()).contains(where: { $0 < $1 }) { moved += 1 }
            }
        }
        #expect(moved > 0)
        // The pairs alone stand beside the model in the metrics.
        let metrics = try ArtifactFiles(build).readJSON("metrics.json", as: EvaluationReport.self)
        #expect(metrics.scorers.prefix(2).map(\.name) == ["model", "pairs"])
        #expect(metrics.training?.completion?.choices ?? 0 > 200)
    }

    /// Also of those that stand in a list because no other shows them: how well a beside b goes is not how well b beside a.
    @Test func everyScoreIsThatOfTheEntryBesideTheListsItem() throws {
        let job = try SampleJob()
        func lists(of summary: RunSummary) throws -> (files: ArtifactFiles, lists: RecommendationLists) {
            let files = ArtifactFiles(try #require(job.artifact("lists", of: summary)))
            let lists = RecommendationLists(
                offsets: try files.readVector("offsets.npy", of: Int64.self).map(Int.init),
                items: try files.readVector("items.npy"), scores: try files.readVector("scores.npy"))
            return (files, try #require(lists))
        }
        let plain = try lists(of: try job.run(SampleJob.twoMembers)).lists
        let summary = try job.run(SampleJob.twoMembers + ["rerank.exposure.depth=3", "rerank.exposure.places=2"])
        let (files, made) = try lists(of: summary)
        #expect(made.items != plain.items, "nothing was given a place")
        let catalog = try CatalogReader(folder: try #require(job.artifact("catalog", of: summary))).catalog()
        #expect(catalog.items.contains { !$0.isAvailable })
        #expect(made.items.allSatisfy { catalog.items[Int($0)].isAvailable })
        let build = try #require(BuildStore(workspace: job.workspace).currentFolder)
        let completion = try #require(try PublishedBuild(folder: build).scorer().scorer.completion)
        let relevance = RelevanceScorer(
            pairs: completion, calibration: try files.readJSON("calibration.json"),
            categoryOfItem: catalog.categoryOfItem)
        var wrong = 0
        for item in catalog.items.indices {
            let range = made.offsets[item]..<made.offsets[item + 1]
            let expected = relevance.scores(anchors: [item], candidates: made.items[range].map(Int.init)).values
            wrong += zip(made.scores[range], expected).count { abs($0 - $1) > 1e-3 }
        }
        #expect(wrong == 0)
    }

    @Test func whatAKilledExportLeftHalfWrittenGoesAwayWithTheNextRun() throws {
        let job = try SampleJob()
        try job.run()
        let exports = job.folder.appendingPathComponent("exports")
        let files = try FileManager.default.contentsOfDirectory(atPath: exports.path).sorted()
        let left = exports.appendingPathComponent("recommendations.csv.gz.partial")
        try Data([1, 2, 3]).write(to: left)
        let again = try job.run()
        #expect(again.executedStages == ["export"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: exports.path).sorted() == files)
        #expect(try job.run().status == .upToDate)
    }

    @Test func aChangedParameterRerunsItsStageAndWhatDependsOnIt() throws {
        let job = try SampleJob()
        try job.run()
        let change = ["rerank.lambda=0.4"]
        let explanation = try job.executor(change).explain("rerank")
        #expect(explanation.state.reasons.contains(.parameterChanged(key: "lambda", old: "0.7", new: "0.4")))
        let summary = try job.run(change)
        #expect(summary.executedStages == ["rerank", "evaluate", "publish", "export"])
    }

    @Test func aKillAtAnyPointCostsNoByte() throws {
        let expected = try SampleJob().run()
        let job = try SampleJob()
        // One run after another, each killed a few points further on, as a scheduler that starts a killed job again.
        var kills = 0
        var summary: RunSummary?
        for attempt in 0..<60 where summary == nil {
            let countdown = Countdown(3 + attempt % 5)
            do {
                summary = try job.run(
                    jobs: 1 + attempt % 2,
                    faults: FaultInjection { point in if countdown.isOver() { throw SimulatedKill(point: point) } })
            } catch is SimulatedKill {
                kills += 1
            }
        }
        #expect(kills > 5)
        let last = try #require(summary, "60 runs were not enough")
        #expect(last.currentBuild == expected.currentBuild)
        for stage in expected.stages { #expect(last[stage.stage]?.outputs == stage.outputs, "\(stage.stage)") }
    }

    @Test func damageOfAnyArtifactIsFoundAndMended() throws {
        let job = try SampleJob()
        let first = try job.run()
        for stage in first.stages {
            for name in stage.outputs.keys.sorted() {
                let folder = try #require(job.artifact(name, of: first))
                let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
                    .map { folder.appendingPathComponent($0) }
                    .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
                let victim = try #require(files.first { $0.lastPathComponent != "manifest.json" })
                // Its own copy: the bytes may be linked from elsewhere.
                var bytes = try Data(contentsOf: victim)
                try FileManager.default.removeItem(at: victim)
                if bytes.count > 1 { bytes[bytes.count / 2] ^= 0x20 } else { bytes.append(1) }
                try bytes.write(to: victim)
                let again = try job.run()
                #expect(again[stage.stage]?.status == .succeeded, "\(name): damage was not seen")
                #expect(again[stage.stage]?.outputs == stage.outputs, "\(name)")
                #expect(again.currentBuild == first.currentBuild)
            }
        }
    }

    @Test func onlyNewPicturesAreDecoded() throws {
        let job = try SampleJob()
        try job.run(until: ["featurize"])
        let archives = ["catalogue.tar.gz", "polyvore.zip", "maryland.tar.xz", "arrivals.tar.zst"]
            .map { job.archive($0).path }.joined(separator: ", ")
        let summary = try job.run(["ingest.archives=[\(archives)]"], until: ["featurize"])
        let featurize = try #require(summary["featurize"])
        #expect(featurize.status == .succeeded)
        #expect(featurize.reusedShardCount == 4)
        // 24 arrivals; their pictures make one new shard.
        #expect(featurize.shardCount - featurize.reusedShardCount == 1)
        let ingest = try #require(summary["ingest"])
        #expect(ingest.reusedShardCount == 3)
    }

    @Test func aWorseBuildIsKeptAndNotPublished() throws {
        let job = try SampleJob()
        // So many held-out outfits that chance does not explain a loss.
        let heldOut = [
            "label.validation_fraction=0.4", "label.honour_stated_splits=false", "label.near_duplicate_threshold=0.9",
        ]
        let first = try job.run(heldOut)
        // A model of one epoch at a vanishing learning rate knows nothing but company.
        let worse = try job.run(
            heldOut + [
                "train.epochs=1", "train.learning_rate=0.0000001", "train.company.enabled=false", "publish.margin=0.0",
            ])
        #expect(worse.status == .refused)
        #expect(worse.currentBuild == first.currentBuild)
        let builds = try BuildStore(workspace: job.workspace).list()
        #expect(builds.contains { $0.verdict == .refused })
        let back = try job.run(heldOut)
        #expect(back.status == .upToDate && back.currentBuild == first.currentBuild)
    }
}

/// Counts down across threads.
private final class Countdown: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int

    init(_ count: Int) { left = count }

    func isOver() -> Bool {
        lock.lock()
        defer { lock.unlock() }
        left -= 1
        return left < 0
    }
}
