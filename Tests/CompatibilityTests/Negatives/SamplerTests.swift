import Compatibility
import Foundation
import LinearAlgebra
import Testing

@Suite struct SamplerTests {
    @Test(arguments: [NegativeSource.random, .sameCategory, .sameFamily, .sameContext, .inCluster, .colourMatched])
    func noSourceGivesAPartnerOrAnItemOfTheOutfit(_ source: NegativeSource) throws {
        let planted = PlantedOutfits(itemCount: 60, outfitCount: 120)
        var data = planted.data()
        data.groups.context = ItemGroups(groupOfItem: (0..<60).map { planted.category($0) * 2 + $0 / 30 })
        data.groups.colour = ColourMatches(
            similarity: RowDistance(), groups: ItemGroups(groupOfItem: data.categoryOfItem), perItem: 12)
        let sampler = NegativeSampler(data: data)
        var random = RandomStream(seed: 3)
        var found = 0
        for outfit in data.training {
            let positive = outfit.items[0]
            let anchors = outfit.items.dropFirst().map(Int32.init)
            for _ in 0..<10 {
                guard
                    let item = sampler.draw(
                        source, positive: Int32(positive), anchors: anchors, outfit: outfit.items, random: &random)
                else { continue }
                found += 1
                #expect(!outfit.items.contains(Int(item)))
                for anchor in anchors {
                    #expect(!data.partners.arePartners(Int(anchor), Int(item)))
                }
                if source != .random { #expect(data.categoryOfItem[Int(item)] == data.categoryOfItem[positive]) }
                if source == .sameContext { #expect(Int(item) / 30 == positive / 30) }
            }
        }
        #expect(found > 300)
    }

    @Test func aSourceWithoutItsGroupsCountsAsWhatItComesDownTo() throws {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.epochs = 1
        configuration.negatives.random = 1
        configuration.negatives.sameFamily = 0
        configuration.negatives.sameContext = 2
        configuration.negatives.colourMatched = 1
        func sources(_ groups: NegativeGroups) throws -> Set<String> {
            var data = planted.data()
            data.groups = groups
            let trainer = try Trainer(configuration: configuration, data: data)
            _ = try trainer.run()
            return Set(try #require(trainer.curve.first).negatives.keys)
        }
        var groups = NegativeGroups()
        #expect(try sources(groups) == ["random", "same_category"])
        groups.family = ItemGroups(groupOfItem: (0..<planted.itemCount).map(planted.category))
        #expect(try sources(groups) == ["random", "same_family", "same_category"])
        groups.context = ItemGroups(groupOfItem: (0..<planted.itemCount).map { planted.category($0) * 2 + $0 / 60 })
        groups.colour = ColourMatches(
            similarity: RowDistance(), groups: ItemGroups(groupOfItem: planted.data().categoryOfItem), perItem: 12)
        #expect(try sources(groups) == ["random", "same_context", "colour_matched"])
    }

    /// Without any other score a negative of the batch counts for one over how much more often it is drawn than by chance:
    /// here twice, since half of the items are in no outfit (sampled softmax; Bengio and Senécal, 2008).
    @Test func negativesOfTheBatchAreCorrectedForHowOftenTheyAreDrawn() throws {
        let planted = PlantedOutfits()
        let outfits = (0..<20).map { Outfit(id: "\($0)", items: [3 * $0, 3 * $0 + 1, 3 * $0 + 2]) }
        let data = TrainingData(
            features: planted.features(), categories: ["a", "b", "c"],
            categoryOfItem: (0..<120).map(planted.category), training: outfits)
        var configuration = planted.configuration()
        configuration.calibration = 0
        configuration.negatives.random = 0
        configuration.negatives.sameFamily = 0
        configuration.negatives.sameContext = 0
        configuration.negatives.inBatch = 4
        let trainer = try Trainer(configuration: configuration, data: data)
        trainer.parameterValues = [Float](repeating: 0, count: trainer.parameterValues.count)
        let loss = trainer.lossAndGradients(exampleCount: 60, dropsOut: false).loss
        #expect(abs(loss - log(1 + 4 / 2)) < 1e-5, "\(loss)")
    }

    @Test func anExhaustedGroupGivesNothing() {
        // Items 0 and 1 are partners of 2 and the only ones of their family.
        let data = TrainingData(
            features: FeatureSet(itemCount: 4, blocks: []), categories: ["a", "b"], categoryOfItem: [0, 0, 1, 1],
            training: [Outfit(id: "1", items: [0, 2]), Outfit(id: "2", items: [1, 2])])
        var random = RandomStream(seed: 1)
        let sampler = NegativeSampler(data: data)
        #expect(sampler.draw(.sameCategory, positive: 0, anchors: [2], outfit: [0, 2], random: &random) == nil)
        #expect(sampler.draw(.random, positive: 0, anchors: [2], outfit: [0, 2], random: &random) == 3)
    }

    @Test func aPoolHoldsWhatItsBatchDrawsWhereItHasEnoughOfTheGroup() throws {
        // Group 0 has 990 items, group 1 ten: of these a pool of 100 draws holds about one.
        let data = TrainingData(
            features: FeatureSet(itemCount: 1000, blocks: []), categories: ["a", "b"],
            categoryOfItem: (0..<1000).map { $0 < 990 ? 0 : 1 }, training: [Outfit(id: "1", items: [0, 995])])
        let sampler = NegativeSampler(data: data)
        var random = RandomStream(seed: 2)
        let pool = try #require(sampler.pool(of: 100, random: &random))
        #expect(pool.items.count > 80 && pool.items.count <= 100)
        #expect(zip(pool.items, pool.items.dropFirst()).allSatisfy { $0 < $1 })
        var drawn: [NegativeSource: Set<Int32>] = [:]
        for source in [NegativeSource.random, .sameCategory, .sameFamily, .sameContext] {
            for _ in 0..<2000 {
                let item = sampler.draw(
                    source, positive: 5, anchors: [995], outfit: [5, 995], pool: pool, random: &random)
                drawn[source, default: []].insert(try #require(item))
            }
        }
        let expected = Set(pool.items).subtracting([0, 5, 995])
        #expect(drawn[.random] == expected)
        let ofGroup = expected.filter { $0 < 990 }
        #expect(drawn[.sameCategory] == ofGroup && drawn[.sameFamily] == ofGroup && drawn[.sameContext] == ofGroup)
        let rare = (0..<500).map { _ in
            sampler.draw(.sameCategory, positive: 995, anchors: [1], outfit: [1, 995], pool: pool, random: &random)
        }
        #expect(Set(rare.compactMap { $0 }) == Set((990..<1000).filter { $0 != 995 }.map(Int32.init)))
        #expect(sampler.pool(of: 0, random: &random) == nil && sampler.pool(of: 1000, random: &random) == nil)
    }

    @Test func partnersAreThePairsOfTheOutfits() {
        var random = RandomStream(seed: 5)
        let outfits = (0..<50).map { number -> Outfit in
            var rows = Array(0..<30)
            random.shuffle(&rows)
            return Outfit(id: "\(number)", items: Array(rows.prefix(2 + number % 4)))
        }
        let index = PartnerIndex(outfits: outfits, itemCount: 30)
        for a in 0..<30 {
            let expected = Set(outfits.filter { $0.items.contains(a) }.flatMap(\.items)).subtracting([a])
            #expect(index.partners(of: a).map(Int.init) == expected.sorted())
            for b in 0..<30 { #expect(index.arePartners(a, b) == expected.contains(b)) }
        }
    }

    @Test func colourMatchesAreTheNearestOfTheGroup() {
        let groups = ItemGroups(groupOfItem: (0..<100).map { $0 % 2 })
        let matches = ColourMatches(similarity: RowDistance(), groups: groups, perItem: 2, sample: 1000)
        #expect(matches.matches(of: 50).sorted() == [48, 52])
        #expect(matches.matches(of: 0) == [2, 4])
    }

    @Test func groupsByLevelShareTheirPath() {
        let items = [["a", "x", "1"], ["a", "x", "2"], ["a", "y"], ["b", "x"]].enumerated().map {
            CatalogItem(id: ItemID("\($0.offset)"), categoryPath: $0.element)
        }
        #expect(ItemGroups(items: items, level: 1).groupOfItem == [0, 0, 0, 1])
        #expect(ItemGroups(items: items, level: 2).groupOfItem == [0, 0, 1, 2])
        let halves = ItemGroups(groupOfItem: [0, 1, 0, 1])
        #expect(ItemGroups(items: items, level: 1).divided(by: halves).groupOfItem == [0, 1, 0, 2])
    }

    @Test func absentKeysOfAConfigurationKeepTheirDefaults() throws {
        let text = #"{"same_family": 4, "easy_to_hard": 10}"#
        let decoded = try TrainingTestJSON.decode(NegativeConfiguration.self, text)
        #expect(decoded.sameFamily == 4)
        #expect(decoded.easyToHard == 10)
        #expect(decoded.random == NegativeConfiguration().random)
        let whole = try TrainingTestJSON.decode(TrainingConfiguration.self, #"{"learning_rate": 0.5}"#)
        #expect(whole.learningRate == 0.5)
        #expect(whole.itemEmbedding == ItemEmbeddingConfiguration())
    }
}

/// Nearer rows are more alike.
private struct RowDistance: PairScorer {
    func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        for (row, a) in anchors.enumerated() {
            for (column, b) in candidates.enumerated() { scores[row, column] = -Float(abs(a - b)) }
        }
        return scores
    }
}
