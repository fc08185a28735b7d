import Compatibility
import Foundation
import FoundationXML
import Logging
import Pipeline
import Stages
import Synchronization
import Testing

/// What a build tells of its training: curves, picture, metrics, and which negatives it used.
@Suite(.serialized) struct TrainingHealthTests {
    private static let compared = ["train.compare_negatives=true"] + SampleJob.twoMembers

    @Test func thePictureHasALineForEachMemberWithAPointForEachEpoch() throws {
        let job = try SampleJob()
        // Enough held-out outfits for the company term.
        let summary = try job.run(
            [
                "train.members=2", "label.validation_fraction=0.4", "label.honour_stated_splits=false",
                "label.near_duplicate_threshold=0.9",
            ])
        #expect(summary.status == .succeeded)
        let files = ArtifactFiles(try #require(job.artifact("model", of: summary)))
        let curves = try files.readJSON("curve.json", as: [[EpochRecord]].self)
        #expect(curves.count == 2 && curves.allSatisfy { $0.count == 3 })
        let picture = String(decoding: try files.read("curve.svg"), as: UTF8.self)
        // Panels by their name, each a group of its own.
        let panels = picture.matches(of: /(?s)<g id="(loss|recall|order|gradient|rate|dead)">(.*?)<\/g>/)
        #expect(panels.count == 6)
        for panel in panels {
            let lines = panel.2.matches(of: /<polyline points="([^"]*)"/).map { points($0.1) }
            #expect(lines.map(\.count) == curves.map(\.count), "\(panel.1)")
            for line in lines {
                #expect(line.allSatisfy { (0...960).contains($0.x) && (0...540).contains($0.y) }, "\(panel.1)")
                #expect(zip(line, line.dropFirst()).allSatisfy { $0.x < $1.x }, "\(panel.1)")
            }
        }
        // The greater loss is drawn higher: y grows downward.
        let loss = try #require(panels.first { $0.1 == "loss" })
        let drawn = loss.2.matches(of: /<polyline points="([^"]*)"/).flatMap { points($0.1) }.map(\.y)
        let values = curves.flatMap { $0.map(\.loss) }
        #expect(drawn.indices.sorted { drawn[$0] < drawn[$1] } == values.indices.sorted { values[$0] > values[$1] })
        #expect(XMLParser(data: Data(picture.utf8)).parse())

        // The build holds the picture and, in its metrics, the last epoch of each member and the company weights.
        let build = ArtifactFiles(try #require(BuildStore(workspace: job.workspace).currentFolder))
        #expect(try build.read("curve.svg") == Data(picture.utf8))
        let metrics = try build.readJSON("metrics.json", as: EvaluationReport.self)
        let report = try #require(metrics.training)
        #expect(report.members.map(\.last) == curves.compactMap(\.last))
        #expect(report.members.map(\.epochs) == [3, 3])
        let company = try files.readJSON("company.json", as: CompanyWeights.self)
        #expect(report.company == company)
        #expect(report.negatives == NegativesChoice(used: .mined))
    }

    @Test func theBetterNegativesAreKeptForAllMembersAndBothFiguresAreTold() throws {
        let job = try SampleJob()
        func model(_ overrides: [String]) throws -> (ArtifactFiles, Data) {
            let summary = try job.run(overrides, until: ["train"])
            let files = ArtifactFiles(try #require(job.artifact("model", of: summary)))
            return (files, try files.read("model.safetensors"))
        }
        let labels = ArtifactFiles(try #require(job.artifact("labels", of: job.run(until: ["label"]))))
        let offsets = try labels.readVector("outfit_offsets.npy", of: Int64.self)
        let splits = try labels.readVector("outfit_splits.npy", of: UInt8.self)
        // One question for every validation outfit of two items or more.
        let heldOut = splits.indices.count { splits[$0] == 1 && offsets[$0 + 1] - offsets[$0] > 1 }
        #expect(heldOut > 10)
        // Nearly every negative is mined, or a half: both answers of the comparison are held against plain trainings.
        for ratio in ["0.01", "1.0"] {
            let share = "train.negatives.easy_to_hard=\(ratio)"
            let (files, kept) = try model(Self.compared + [share])
            let choice = try files.readJSON("negatives.json", as: NegativesChoice.self)
            let (mined, unmined) = (try #require(choice.mined), try #require(choice.unmined))
            #expect(mined.questions == heldOut && unmined.questions == heldOut)
            #expect(mined != unmined)
            #expect(NegativesChoice(mined: mined, unmined: unmined) == choice)
            let withMined = try model(SampleJob.twoMembers + [share]).1
            let without = try model(SampleJob.twoMembers + ["train.negatives.easy_to_hard=0.0"]).1
            #expect(withMined != without)
            #expect(kept == (choice.used == .mined ? withMined : without), "\(ratio)")
            print("easy to hard \(ratio): \(choice)")
        }
    }

    @Test func aComparisonThatWasInterruptedGivesTheSameBytes() throws {
        let job = try SampleJob()
        let summary = try job.run(Self.compared, until: ["train"])
        let expected = ArtifactFiles(try #require(job.artifact("model", of: summary)))
        var inputs: [ArtifactName: URL] = [:]
        for name in ["catalog", "features", "labels", "mined"] {
            let artifact: URL = try #require(job.artifact(name, of: summary))
            inputs[ArtifactName(rawValue: name)] = artifact
        }
        let found = try job.stage("train", Self.compared)
        let stage = try #require(found)
        let folder = job.folder.appendingPathComponent("by-hand")
        let scratch = folder.appendingPathComponent("scratch")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        var interruptions = 0
        var isDone = false
        while !isDone, interruptions < 200 {
            let output = folder.appendingPathComponent("model-\(interruptions)")
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
            let flag = CancellationFlag()
            let seen = Mutex(0)
            let context = StageContext(
                stage: stage.name, inputFolders: inputs, inputDigests: [:], externalDigests: [:],
                outputFolders: ["model": output], scratchFolder: scratch, width: 1 + interruptions % 2,
                cancellation: flag,
                progress: StageProgress { _, _, _ in
                    // Within an epoch, in each of the three trainings sooner or later.
                    let count = seen.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 2 { flag.cancel() }
                },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, completedShards: { _ in [] })
            do {
                try stage.run(context)
                isDone = true
                for name in ["model.safetensors", "completion.json", "curve.json", "curve.svg", "negatives.json"] {
                    #expect(try ArtifactFiles(output).read(name) == expected.read(name), "\(name)")
                }
            } catch is CancellationRequest {
                interruptions += 1
            }
        }
        #expect(isDone && interruptions > 2)
        let checkpoints = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(
            checkpoints == [
                "completion.checkpoint", "member-0-unmined.checkpoint", "member-0.checkpoint",
                "member-1.checkpoint",
            ])
    }

    /// With a handful of training outfits, one fold may hold nearly all: the members then share them, without a completion.
    @Test func aHandfulOfOutfitsStillTrains() throws {
        let job = try SampleJob()
        let summary = try job.run(
            SampleJob.twoMembers + [
                "label.validation_fraction=0.9", "label.test_fraction=0.09", "label.honour_stated_splits=false",
            ],
            until: ["train"])
        #expect(summary.status == .succeeded)
        let files = ArtifactFiles(try #require(job.artifact("model", of: summary)))
        #expect(try CompatibilityModel(safetensors: [UInt8](files.read("model.safetensors"))).members.count == 2)
    }

    @Test func aComparisonWithoutMinedNegativesIsRefused() throws {
        let job = try SampleJob()
        for overrides in [["warmup.compare_negatives=true"], Self.compared + ["train.negatives.easy_to_hard=0.0"]] {
            #expect(throws: JobFileErrors.self) { try job.stage("train", overrides) }
        }
    }

    /// Negatives of clusters came of the whole category and were counted as of a cluster, since nobody gave training any.
    @Test func trainingDrawsFromTheClustersOfMining() throws {
        let job = try SampleJob()
        let summary = try job.run(["train.negatives.in_cluster=4", "train.epochs=1"], until: ["train"])
        #expect(summary.status == .succeeded)
        let mined = ArtifactFiles(try #require(job.artifact("mined", of: summary)))
        let clusters = ItemGroups(groupOfItem: try mined.readVector("clusters.npy", of: Int32.self).map(Int.init))
        let catalog = try CatalogReader(folder: try #require(job.artifact("catalog", of: summary))).catalog()
        #expect(clusters.groupOfItem.count == catalog.items.count)
        let categories = ItemGroups(groupOfItem: catalog.categoryOfItem)
        #expect(clusters.divided(by: categories).groupCount == Set(clusters.groupOfItem).count)
        let curve = try ArtifactFiles(try #require(job.artifact("model", of: summary))).read("curve.json")
        #expect(String(decoding: curve, as: UTF8.self).contains("\"in_cluster\""))
    }

    @Test(arguments: [["warmup.negatives.in_cluster=1"], ["mine.in_cluster=0", "train.negatives.in_cluster=1"]])
    func clustersThatNobodyMakesAreRefused(_ overrides: [String]) throws {
        let job = try SampleJob()
        #expect(throws: JobFileErrors.self) { try job.stage("train", overrides) }
    }

    private func points(_ list: Substring) -> [(x: Double, y: Double)] {
        list.split(separator: " ").compactMap { point in
            let parts = point.split(separator: ",").compactMap { Double($0) }
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
    }
}

@Test func aTieBetweenNegativesGoesToTheMinedOnes() {
    func figures(_ recall: Double, _ order: Double) -> ValidationFigures {
        ValidationFigures(questions: 100, recallAt10: recall, familyOrder: order)
    }
    #expect(NegativesChoice(mined: figures(0.5, 0.8), unmined: figures(0.5, 0.8)).used == .mined)
    #expect(NegativesChoice(mined: figures(0.5, 0.8), unmined: figures(0.5, 0.81)).used == .unmined)
    #expect(NegativesChoice(mined: figures(0.51, 0.8), unmined: figures(0.5, 0.9)).used == .mined)
    #expect(NegativesChoice(mined: figures(0.5, 0.9), unmined: figures(0.51, 0.8)).used == .unmined)
}
