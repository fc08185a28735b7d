import Compatibility
import Foundation
import LinearAlgebra
import Pipeline
import Samples
import Stages
import Testing

/// A whole job over archives whose right answers are known: outfits follow a style that no single attribute names, and
/// colour and popularity mislead with known strength.
@Suite(.serialized) struct PlantedStyleTests {
    private static let universe: SampleUniverse = {
        var parameters = SampleParameters()
        parameters.itemCount = 480
        parameters.outfitCount = 2400
        parameters.colourConfound = 0.6
        parameters.popularityConfound = 0.6
        parameters.pictureWidth = 96
        parameters.includesBadMembers = false
        return SampleUniverse(parameters)
    }()

    private static let job = """
        version: 1
        stages:
          ingest:
            archives: [planted.tar]
            tables:
              products:
                members: [products.csv]
                id: item_id
                category: [category, family]
                title: [title]
                picture: image
                variant_of: {column: item_id, separator: "-", take: prefix}
                attributes: [material, season, colour_group]
              outfits: {members: [outfits.csv], outfit: outfit_id, item: item_id}
          featurize: {picture_side: 96, text: {dimension: 512}}
          label: {season_attribute: season, test_fraction: 0}
          warmup: {epochs: 4, hidden: 64, dimension: 24}
          mine: {lowest_rank: 11, highest_rank: 40}
          train: {epochs: 12, hidden: 64, dimension: 24, context_attribute: season}
          topk: {candidates: 20}
          evaluate: {recall: false, bootstrap_replicates: 50, colour_attribute: colour_group}
          export: {files: []}
        """

    private static let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "atelier-planted-\(UUID().uuidString)")

    /// The job is run once; both tests look at what came of it.
    private static let run: Result<(workspace: Workspace, summary: RunSummary), any Error> = Result {
        atexit { try? FileManager.default.removeItem(at: PlantedStyleTests.folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try SampleArchive(layout: .tables, universe: universe).write(
            to: folder.appendingPathComponent("planted.tar").path)
        let file = folder.appendingPathComponent("job.yaml")
        try Data(job.utf8).write(to: file)
        let workspace = Workspace(folder: folder.appendingPathComponent("workspace"))
        let graph = try StageGraph(
            stages: try StageRegistry.stages(for: try JobFile.load(path: file.path, environment: [:])))
        let summary = try Executor(workspace: workspace, graph: graph, options: RunOptions(job: "planted", jobs: 2))
            .run().summary
        return (workspace, summary)
    }

    /// Questions that colour and popularity answer wrongly: the right answer shares the style of the rest, each wrong one
    /// the rest's colour, and wrong ones are at least as popular.
    private static func questions(_ catalog: OutfitCatalog) -> [FillInTheBlankQuestion] {
        let items = universe.items
        var random = RandomStream(seed: 99)
        var questions: [FillInTheBlankQuestion] = []
        // Outfits of the same world that no archive holds.
        var unseen = universe.parameters
        unseen.firstOutfit = 1_000_000
        for outfit in SampleUniverse(unseen).outfits where outfit.items.count > 2 && questions.count < 400 {
            let place = random.index(below: outfit.items.count)
            let answer = outfit.items[place]
            let rest = outfit.items.filter { $0 != answer }
            guard items[answer].style == outfit.style, rest.allSatisfy({ items[$0].style == outfit.style }) else {
                continue
            }
            let colours = Set(rest.map { SampleColour.all[items[$0].colour].group })
            guard !colours.contains(SampleColour.all[items[answer].colour].group) else { continue }
            let wrong = items.indices.filter {
                items[$0].garment.category == items[answer].garment.category && items[$0].season == items[answer].season
                    && items[$0].style != outfit.style && colours.contains(SampleColour.all[items[$0].colour].group)
                    && items[$0].popularity >= items[answer].popularity
            }
            guard wrong.count >= 3 else { continue }
            var chosen = wrong
            random.shuffle(&chosen)
            func row(_ index: Int) -> Int? { catalog.row(of: items[index].id) }
            questions.append(
                FillInTheBlankQuestion(
                    question: rest.compactMap(row), answers: ([answer] + chosen.prefix(3)).map(row), correct: 0))
        }
        return questions
    }

    @Test func theModelFindsTheStyleWhereColourAndPopularityFail() throws {
        let (workspace, summary) = try Self.run.get()
        #expect(summary.status == .succeeded)
        let folder = try #require(BuildStore(workspace: workspace).currentFolder)
        let build = PublishedBuild(folder: folder)
        let published = try build.scorer()
        let questions = Self.questions(published.catalog)
        #expect(questions.count >= 100)
        var baselines: [String: Double] = [:]
        for scorer in try build.scorers(published.scorer, of: published.catalog) {
            baselines[scorer.name] =
                FillInTheBlankEvaluator().evaluate(
                    questions, by: scorer.outfits, parallelism: Parallelism(width: 2)
                ).accuracy ?? 0
        }
        let found = baselines.removeValue(forKey: "model")
        let model = try #require(found)
        let (colour, popularity) = (try #require(baselines["colour"]), try #require(baselines["popularity"]))
        // The stated margin: 40 points over either.
        #expect(model > colour + 0.4 && model > popularity + 0.4, "model \(model), baselines \(baselines)")
        #expect(model > 0.7, "model \(model), baselines \(baselines)")
        print("planted styles: model \(model), baselines \(baselines), questions \(questions.count)")
    }

    @Test func minedNegativesLieAtTheRanksTheyClaim() throws {
        let (workspace, summary) = try Self.run.get()
        func folder(_ artifact: String) throws -> ArtifactFiles {
            let digest = try #require(summary.stages.compactMap { $0.outputs[artifact] }.first)
            return ArtifactFiles(
                workspace.artifactsFolder.appendingPathComponent(String(digest.prefix(2)))
                    .appendingPathComponent(String(digest.dropFirst(2))))
        }
        let catalog = try CatalogReader(folder: folder("catalog").folder).catalog(attributes: .none)
        let warmup = try folder("warmup")
        let model = try CompatibilityModel(safetensors: [UInt8](warmup.read("model.safetensors")))
        let scorer = EmbeddingScorer(
            model: model, embeddings: try warmup.readMatrix("embeddings.npy"), categoryOfItem: catalog.categoryOfItem)
        let mined = try folder("mined")
        let anchors = try mined.readVector("anchors.npy", of: Int32.self)
        let positives = try mined.readVector("positives.npy", of: Int32.self)
        let negatives = try mined.readVector("negatives.npy", of: Int32.self)
        let ranks = try mined.readVector("ranks.npy", of: Int32.self)
        let sources = try mined.readVector("sources.npy", of: UInt8.self)
        #expect(anchors.count > 1000)
        let rows = catalog.rowsByCategory()
        var outside = 0
        for index in stride(from: 0, to: anchors.count, by: anchors.count / 500) {
            let anchor = Int(anchors[index])
            let pool = rows[catalog.categoryOfItem[Int(positives[index])]].filter { $0 != anchor }
            #expect(catalog.categoryOfItem[Int(negatives[index])] == catalog.categoryOfItem[Int(positives[index])])
            let scores = scorer.scores(anchors: [anchor], candidates: pool).values
            let own = try #require(pool.firstIndex(of: Int(negatives[index])))
            let rank =
                1
                + pool.indices.count { scores[$0] > scores[own] || (scores[$0] == scores[own] && pool[$0] < pool[own]) }
            // Sums of another block size may round a tie the other way.
            #expect(abs(rank - Int(ranks[index])) <= 1)
            let highest = min(40, pool.count)
            let lowest = pool.count < 40 ? max(1, (11 * pool.count + 39) / 40) : 11
            if sources[index] == NegativeSource.ranked.rawValue, !(lowest...highest).contains(Int(ranks[index])) {
                outside += 1
            }
        }
        #expect(outside == 0)
    }
}
