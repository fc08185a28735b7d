import Compatibility
import Foundation
import LinearAlgebra
import Testing

/// What outfits say of items and of pairs that met, beside the embedding.
@Suite struct CompanyTests {
    private func trained() throws -> (model: CompatibilityModel, data: TrainingData) {
        let planted = PlantedOutfits()
        let data = planted.data()
        let trainer = try Trainer(configuration: planted.configuration(), data: data)
        return (try #require(try trainer.run()), data)
    }

    private func fitted() throws -> (weights: CompanyWeights, model: CompatibilityModel, data: TrainingData) {
        let (model, data) = try trained()
        let fit = CompanyFit(model: model, data: data, configuration: CompanyFit.Configuration())
        let result = try #require(try fit.run(seed: 1))
        return (result.weights, result.model, data)
    }

    @Test func pairTableHoldsEveryPairBothWays() {
        let outfits = [[0, 2, 5], [2, 5], [1, 5], [3]].enumerated().map { Outfit(id: "\($0)", items: $1) }
        let table = PairTable(PairSet(outfits: outfits), itemCount: 6) { _, _, count in Float(count) }
        for a in 0..<6 {
            for b in 0..<6 where a != b {
                let together = outfits.count { $0.items.contains(a) && $0.items.contains(b) }
                #expect(table.value(a, b) == Float(together))
            }
        }
        #expect(table.range(of: 3).isEmpty && table.range(of: 4).isEmpty)
    }

    @Test(arguments: [3, 200]) func tableAddsTheSameToFewCandidatesAndToMany(_ candidateCount: Int) {
        var random = RandomStream(seed: 3)
        let outfits = (0..<60).map { number in
            Outfit(id: "\(number)", items: (0..<4).map { _ in random.index(below: 90) })
        }
        let table = PairTable(PairSet(outfits: outfits), itemCount: 90) { _, _, count in Float(count) }
        let candidates = (0..<candidateCount).map { _ in random.index(below: 90) }
        var scores = Matrix(rowCount: 2, columnCount: candidateCount)
        scores[1, 0] = 10
        table.add(to: &scores, anchors: [7, 8], candidates: candidates)
        for (column, candidate) in candidates.enumerated() {
            #expect(scores[0, column] == table.value(7, candidate))
            #expect(scores[1, column] == table.value(8, candidate) + (column == 0 ? 10 : 0))
        }
    }

    @Test func heldOutOutfitsAreTheMoreLikelyWithTheTerm() throws {
        let (weights, model, data) = try fitted()
        #expect(weights.loss < weights.lossBefore)
        #expect(weights.examples == data.validation.reduce(0) { $0 + $1.items.count })
        #expect(weights.meetings.allSatisfy { $0 >= 0 } && weights.temperature > 0)
        #expect(model.company != nil)
    }

    @Test func scoreIsTheEmbeddingsScaledAndShiftedAndWhatThePairHasSeen() throws {
        let (weights, model, data) = try fitted()
        let plain = try trained().model
        func scores(_ model: CompatibilityModel) throws -> Matrix {
            let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
            return EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
                .scores(anchors: [0, 1, 2, 3], candidates: Array(0..<120))
        }
        let (before, after) = (try scores(plain), try scores(model))
        let pairs = PairSet(outfits: data.training)
        let counts = (0..<120).map { item in data.training.count { $0.items.contains(item) } }
        for anchor in 0..<4 {
            for item in 0..<120 where item != anchor {
                let offsets = [anchor, item].map { weights.offsets[CompanyWeights.outfitClass(counts[$0])] }
                let met = Double(pairs.outfitCount(of: anchor, item))
                var expected = weights.temperature * Double(before[anchor, item]) + offsets[0] + offsets[1]
                if met > 0 {
                    expected += weights.meetings[0] * log1p(met)
                    expected +=
                        weights.meetings[1] * met / Double(counts[anchor] * counts[item]).squareRoot().squareRoot()
                    expected += weights.meetings[2]
                }
                #expect(abs(Double(after[anchor, item]) - expected) < 1e-3)
            }
        }
    }

    /// Few candidates are projected instead of many anchors, and the company term may be added afterwards.
    @Test func scoresAreTheSameWhicheverWayTheyAreMade() throws {
        let (_, model, data) = try fitted()
        let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        let scorer = EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
        let (few, all) = ([0, 1, 2, 3], Array(0..<120))
        let (wide, tall) = (scorer.scores(anchors: few, candidates: all), scorer.scores(anchors: all, candidates: few))
        var later = scorer.withoutCompany.scores(anchors: few, candidates: all)
        #expect(later != wide)
        scorer.addCompany(to: &later, anchors: few, candidates: all)
        for row in few.indices {
            for item in all {
                #expect(abs(wide[row, item] - tall[item, row]) < 1e-3)
                #expect(abs(wide[row, item] - later[row, item]) < 1e-3)
            }
        }
    }

    @Test func searchFindsTheBestByTheWholeScore() throws {
        let (_, model, data) = try fitted()
        let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        let scorer = EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
        let adjacency = CategoryAdjacency(
            outfits: data.training, categoryOfItem: data.categoryOfItem, categoryCount: 3,
            parameters: CategoryAdjacency.Parameters())
        // Of each other: items whose company would bring them back.
        var variants = [String?](repeating: nil, count: 120)
        for (number, outfit) in data.training.prefix(12).enumerated() {
            for item in outfit.items.prefix(2) { variants[item] = "g\(number)" }
        }
        let finder = CandidateFinder(
            indexes: CategoryIndexes(embeddings: embeddings, categoryOfItem: data.categoryOfItem, categoryCount: 3),
            adjacency: adjacency, categoryOfItem: data.categoryOfItem, variants: VariantGroups(variants), count: 6)
        let found = finder.candidates(for: 0..<120, queries: scorer).lists
        var changed = 0
        for item in 0..<120 {
            for list in found.lists(of: item) {
                let pool = (0..<120).filter {
                    data.categoryOfItem[$0] == list.target && $0 != item
                        && (variants[item] == nil || variants[$0] != variants[item])
                }
                let scores = scorer.scores(anchors: [item], candidates: pool)
                let all = pool.indices.map { ScoredIndex(index: Int32(pool[$0]), score: scores[0, $0]) }
                let expected = all.sorted(by: ScoredIndex.isBetter).prefix(6)
                #expect(list.candidates.count == 6 && list.candidates.allSatisfy { pool.contains(Int($0.index)) })
                for (candidate, best) in zip(list.candidates, expected) {
                    #expect(abs(candidate.score - best.score) < 1e-3)
                }
                changed += list.candidates.count { model.company?.pairs.value(item, Int($0.index)) ?? 0 > 0 }
            }
        }
        #expect(changed > 0)
    }

    /// Held-out outfits decide a dozen weights; which of their items met must never get into the table.
    @Test func noMeetingOfAHeldOutOutfitIsKnown() throws {
        let (_, model, data) = try fitted()
        let training = PairSet(outfits: data.training)
        func heldOutMeetings(in table: PairTable) -> (known: Int, all: Int) {
            let pairs = PairSet(outfits: data.validation)
            let hidden = (0..<pairs.count).map { (Int(pairs.first[$0]), Int(pairs.second[$0])) }
                .filter { training.outfitCount(of: $0.0, $0.1) == 0 }
            return (hidden.count { table.value($0.0, $0.1) != 0 }, hidden.count)
        }
        let table = try #require(model.company?.pairs)
        #expect(heldOutMeetings(in: table).known == 0)
        // The same check finds a leak that is planted.
        let leaking = PairTable(PairSet(outfits: data.training + data.validation), itemCount: 120) { _, _, _ in 1 }
        let leak = heldOutMeetings(in: leaking)
        #expect(leak.known == leak.all && leak.all > 20)
    }

    @Test func sharedSpaceHasNoBiasesOffsetsOrOnes() throws {
        let (_, model, data) = try fitted()
        let twice = try CompatibilityModel.combined([model, model])
        let embeddings = try twice.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        let single = try trained().model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        let shared = twice.sharedSpace(of: embeddings)
        #expect(shared.columnCount == 16)
        for row in 0..<shared.rowCount {
            #expect(Array(shared.row(row)) == Array(single.row(row).prefix(8)) + Array(single.row(row).prefix(8)))
        }
    }

    @Test func modelFileKeepsTheTerm() throws {
        let (_, model, _) = try fitted()
        #expect(try CompatibilityModel(safetensors: model.safetensors()) == model)
    }

    @Test func tooFewHeldOutOutfitsGiveNoTerm() throws {
        var (model, data) = try trained()
        data.validation = Array(data.validation.prefix(20))
        #expect(try CompanyFit(model: model, data: data, configuration: CompanyFit.Configuration()).run(seed: 1) == nil)
    }

    /// Items that no training outfit shows stand in held-out ones as often as others: training alone would rule them out.
    @Test func newItemsAreNotTakenForWrongOnes() throws {
        let planted = PlantedOutfits()
        var data = planted.data(validationCount: 150)
        data.training = data.training.map { outfit in
            Outfit(id: outfit.id, items: outfit.items.filter { $0 / 12 < 7 })
        }.filter { $0.items.count > 1 }
        let trainer = try Trainer(configuration: planted.configuration(), data: data)
        let model = try #require(try trainer.run())
        let fit = CompanyFit(model: model, data: data, configuration: CompanyFit.Configuration())
        let weights = try #require(try fit.run(seed: 1)).weights
        #expect(weights.offsets[0] > 0.1)
        #expect(weights.loss < weights.lossBefore - 0.01)
    }
}
