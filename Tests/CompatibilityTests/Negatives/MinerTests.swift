import Compatibility
import LinearAlgebra
import Testing

@Suite struct MinerTests {
    struct Warmup {
        let planted: PlantedOutfits
        let data: TrainingData
        let model: CompatibilityModel
        let embeddings: Matrix

        init() throws {
            planted = PlantedOutfits(itemCount: 240, outfitCount: 250)
            data = planted.data()
            var configuration = planted.configuration()
            configuration.epochs = 2
            model = try #require(try Trainer(configuration: configuration, data: data).run())
            embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        }

        func miner(_ configuration: MiningConfiguration) -> HardNegativeMiner {
            HardNegativeMiner(
                configuration: configuration, model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem,
                partners: data.partners)
        }

        /// The candidates of the positive's category by full sort: best first, ties by row, the anchor left out.
        func order(anchor: Int, category: Int) -> [(row: Int, score: Float)] {
            let rows = (0..<planted.itemCount).filter { data.categoryOfItem[$0] == category }
            let scorer = EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
            let scores = scorer.scores(anchors: [anchor], candidates: rows)
            return rows.indices.map { (rows[$0], scores[0, $0]) }.filter { $0.0 != anchor }
                .sorted { $0.1 > $1.1 || ($0.1 == $1.1 && $0.0 < $1.0) }
        }
    }

    @Test func minedRanksAreThoseOfAFullSort() throws {
        let warmup = try Warmup()
        var configuration = MiningConfiguration()
        configuration.lowestRank = 11
        configuration.highestRank = 40
        configuration.ceiling = 1
        let result = warmup.miner(configuration).mine(anchors: 0..<warmup.planted.itemCount)
        #expect(result.mined.count > 1000)
        for index in stride(from: 0, to: result.mined.count, by: 7) {
            let mined = result.mined[index]
            let order = warmup.order(
                anchor: Int(mined.anchor), category: warmup.data.categoryOfItem[Int(mined.positive)])
            // Scores of blocks of other sizes differ in the last bits: the rank holds up to such ties.
            let place = Int(mined.rank) - 1
            #expect(abs(order[place].score - mined.score) < 1e-4)
            #expect(
                order[max(0, place - 2)...min(order.count - 1, place + 2)].contains { $0.row == Int(mined.negative) })
            if mined.source == .ranked { #expect((11...40).contains(Int(mined.rank))) }
        }
    }

    @Test func minedNegativesAreNoPartnersAndStayUnderTheCeiling() throws {
        let warmup = try Warmup()
        var configuration = MiningConfiguration()
        configuration.lowestRank = 5
        configuration.highestRank = 60
        configuration.inCluster = 2
        configuration.itemsPerCluster = 20
        let result = warmup.miner(configuration).mine(anchors: 0..<warmup.planted.itemCount)
        var sources: Set<NegativeSource> = []
        for index in 0..<result.mined.count {
            let mined = result.mined[index]
            sources.insert(mined.source)
            #expect(mined.negative != mined.anchor && mined.negative != mined.positive)
            #expect(!warmup.data.partners.arePartners(Int(mined.anchor), Int(mined.negative)))
            #expect(warmup.data.partners.arePartners(Int(mined.anchor), Int(mined.positive)))
            #expect(
                warmup.data.categoryOfItem[Int(mined.negative)] == warmup.data.categoryOfItem[Int(mined.positive)])
            let share: Float = mined.positiveScore >= 0 ? 0.95 : 1 / 0.95
            #expect(mined.score <= share * mined.positiveScore + 1e-5)
        }
        #expect(sources == [.ranked, .inCluster])
        #expect(result.report.minedBySource.values.reduce(0, +) == result.mined.count)
        #expect(result.report.knownPartnersInWindow > 0)
    }

    @Test func aSmallCategoryGetsTheSameShareOfTheWindow() throws {
        let configuration = MiningConfiguration()
        #expect(configuration.window(candidateCount: 5000) == RankWindow(lowest: 101, highest: 500, isScaled: false))
        #expect(configuration.window(candidateCount: 300) == RankWindow(lowest: 61, highest: 300, isScaled: true))
        #expect(configuration.window(candidateCount: 1) == RankWindow(lowest: 1, highest: 1, isScaled: true))
        let warmup = try Warmup()
        let report = warmup.miner(configuration).mine(anchors: 0..<40).report
        // 240 items in 3 categories.
        #expect(report.categories["category 0"]?.window == RankWindow(lowest: 17, highest: 80, isScaled: true))
    }

    @Test func shardsAndThreadsMineTheSame() throws {
        let warmup = try Warmup()
        var configuration = MiningConfiguration()
        configuration.lowestRank = 5
        configuration.highestRank = 60
        let miner = warmup.miner(configuration)
        let whole = miner.mine(anchors: 0..<240)
        #expect(miner.mine(anchors: 0..<240, parallelism: Parallelism(width: 3)) == whole)
        // Products of other shapes may round otherwise, so shards are compared by what was mined, not by score.
        var joined = miner.mine(anchors: 0..<96)
        joined.add(miner.mine(anchors: 96..<240))
        #expect(joined.mined.negatives == whole.mined.negatives)
        #expect(joined.mined.ranks == whole.mined.ranks)
        #expect(joined.report == whole.report)
    }

    @Test func hardPositivesAreThoseRankedLow() throws {
        let warmup = try Warmup()
        var configuration = MiningConfiguration()
        configuration.hardPositiveRank = 20
        let result = warmup.miner(configuration).mine(anchors: 0..<60)
        #expect(result.report.hardPositives == result.hardPositives.count)
        var expected = 0
        for anchor in 0..<60 {
            for partner in warmup.data.partners.partners(of: anchor) {
                let order = warmup.order(anchor: anchor, category: warmup.data.categoryOfItem[Int(partner)])
                if let place = order.firstIndex(where: { $0.row == Int(partner) }), place + 1 > 20 { expected += 1 }
            }
        }
        #expect(abs(result.hardPositives.count - expected) <= 2)
        #expect(result.hardPositives.allSatisfy { $0.rank > 20 })
    }

    @Test func minedNegativesAreUsedInTrainingAndCountedAsTheyWereMined() throws {
        let warmup = try Warmup()
        var mining = MiningConfiguration()
        mining.lowestRank = 5
        mining.highestRank = 60
        var data = warmup.data
        data.groups.mined = warmup.miner(mining).mine(anchors: 0..<240).mined
        var configuration = warmup.planted.configuration()
        configuration.epochs = 1
        configuration.negatives.easyToHard = 3
        let trainer = try Trainer(configuration: configuration, data: data)
        _ = try trainer.run()
        let negatives = try #require(trainer.curve.first?.negatives)
        let total = negatives.values.reduce(0, +)
        let (ranked, inCluster) = (negatives["ranked"] ?? 0, negatives["in_cluster"] ?? 0)
        let share = Double(ranked + inCluster) / Double(total)
        #expect((0.18...0.27).contains(share), "\(share)")
        let mined = try #require(data.groups.mined).sources
        let ofClusters = Double(mined.count { $0 == NegativeSource.inCluster.rawValue }) / Double(mined.count)
        #expect(ofClusters > 0.2)
        #expect(abs(Double(inCluster) / Double(ranked + inCluster) - ofClusters) < 0.1)
    }
}
