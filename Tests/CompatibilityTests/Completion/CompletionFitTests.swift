import Compatibility
import Foundation
import LinearAlgebra
import Testing

/// The network that scores whole outfits: its gradients, what it learns, and what it must not know.
@Suite struct CompletionFitTests {
    /// So many items that hardly two outfits are near duplicates.
    private let planted = PlantedOutfits(itemCount: 480, outfitCount: 500)

    private func traits() -> ItemTraits {
        ItemTraits(
            OutfitCatalog(
                items: (0..<planted.itemCount).map { row in
                    CatalogItem(
                        id: ItemID("item-\(1000 + row)"), categoryPath: ["category \(planted.category(row))"],
                        attributes: ["print": "\(planted.style(row))"])
                }), familyLevel: 0)
    }

    private func configuration() -> CompletionFit.Configuration {
        var configuration = CompletionFit.Configuration()
        configuration.hidden = 16
        configuration.epochs = 4
        configuration.networks = 2
        return configuration
    }

    private typealias Members = (
        whole: CompatibilityModel, members: [CompatibilityModel], folds: [CompletionFit.Fold], data: TrainingData
    )

    /// So many held-out outfits that their choices weigh networks and pairs.
    private func trained() throws -> Members {
        let data = planted.data(validationCount: 120)
        let folds = CompletionFit.folds(data.training, count: 2, seed: 1)
        let members = try folds.map { fold in
            let part = data.learning(from: fold.others.map { data.training[$0] })
            return try #require(try Trainer(configuration: planted.configuration(), data: part).run())
        }
        return (try CompatibilityModel.combined(members), members, folds, data)
    }

    private func fitted(
        parallelism: Parallelism = .serial
    ) throws -> (model: CompatibilityModel, report: CompletionReport, data: TrainingData) {
        let trained = try trained()
        let fit = CompletionFit(data: trained.data, traits: traits(), configuration: configuration())
        let result = try #require(
            try fit.run(
                trained.whole, members: trained.members, folds: trained.folds, seed: 1, parallelism: parallelism))
        return (result.model, result.report, trained.data)
    }

    /// Of 20 items two columns.
    private let content: ItemContent = {
        var random = RandomStream(seed: 4)
        return ItemContent(rows: Matrix(rowCount: 20, columnCount: 2, values: (0..<40).map { _ in random.normal() }))
    }()

    /// Choices of 2 to 5 candidates with 3 features, beside 1 to 3 items: pairs with 2 features.
    private func table() -> ChoiceTable {
        var random = RandomStream(seed: 9)
        var table = ChoiceTable(columnCount: 3, pairColumnCount: 2, content: content)
        for choice in 0..<50 {
            let (candidates, rest) = (2 + choice % 4, 1 + choice % 3)
            var rows = CompletionRows(
                rest: (0..<rest).map { (choice + 7 * $0) % 20 },
                candidates: (0..<candidates).map { (3 * choice + $0) % 20 },
                whole: Matrix(rowCount: candidates, columnCount: 3),
                pairs: Matrix(rowCount: candidates * rest, columnCount: 2))
            for place in rows.whole.values.indices { rows.whole.values[place] = random.normal() }
            for place in rows.pairs.values.indices { rows.pairs.values[place] = random.normal() }
            table.append(rows)
        }
        return table
    }

    @Test(arguments: [0, 0.5]) func gradientsAreThoseOfFiniteDifferences(_ calibration: Double) {
        var configuration = configuration()
        configuration.calibration = calibration
        let training = CompletionTraining(table: table(), configuration: configuration, seed: 3)
        var random = RandomStream(seed: 1)
        var network = CompletionNetwork(
            shape: CompletionNetwork.Shape(inputs: 3, pairInputs: 2, contentInputs: 2, pairUnits: 4, hidden: 8),
            random: &random)
        for part in network.shape.parts where part.name.hasSuffix("bias") {
            for place in part.range { network.parameters[place] = 0.1 * random.normal() }
        }
        for stream in [nil, 7] {
            let choices = Array(0..<40)
            let found = training.lossAndGradients(of: network, choices: choices, dropoutStream: stream).gradients
            for part in network.shape.parts {
                var (difference, length) = (0.0, 0.0)
                for place in part.range {
                    // Short steps, and a network of which no row lies near a kink: there a difference is no derivative. What
                    // pairs give is pooled, and a step that makes another one the greatest meets one too.
                    let step: Float = part.name.hasPrefix("pair") ? 1e-4 : 5e-4
                    var moved = network
                    moved.parameters[place] += step
                    let above = training.lossAndGradients(of: moved, choices: choices, dropoutStream: stream).loss
                    moved.parameters[place] -= 2 * step
                    let below = training.lossAndGradients(of: moved, choices: choices, dropoutStream: stream).loss
                    let expected = (above - below) / Double(2 * step)
                    difference += (expected - Double(found[place])) * (expected - Double(found[place]))
                    length += expected * expected
                }
                // Without the calibration no loss depends on the last bias: all scores of a choice share it.
                let floor = part.name == "last bias" && calibration == 0 ? 1e-6 : 0
                #expect(
                    difference.squareRoot() <= 0.02 * length.squareRoot() + floor + 1e-5,
                    "\(part.name), dropout \(stream != nil): \(difference.squareRoot()) of \(length.squareRoot())")
            }
        }
    }

    /// The network against its formula, in double precision and without matrices. Rows are 1 and -1 in turn, so that
    /// standardised they are the same.
    @Test func lossIsThatOfTheFormula() {
        var random = RandomStream(seed: 5)
        let shape = CompletionNetwork.Shape(inputs: 3, pairInputs: 2, contentInputs: 2, pairUnits: 4, hidden: 8)
        var network = CompletionNetwork(shape: shape, random: &random)
        for place in network.parameters.indices { network.parameters[place] = 0.4 * random.normal() }
        func part(_ name: String) -> [Double] {
            let range = shape.parts.first { $0.name == name }?.range ?? 0..<0
            return network.parameters[range].map(Double.init)
        }
        func layer(_ x: [Double], _ weights: [Double], _ bias: [Double]) -> [Double] {
            bias.indices.map { unit in
                x.indices.reduce(bias[unit]) { $0 + x[$1] * weights[$1 * bias.count + unit] }
            }
        }
        var table = ChoiceTable(columnCount: 3, pairColumnCount: 2, content: content)
        var (sign, expected): (Float, Double) = (1, 0)
        for choice in 0..<40 {
            let (candidates, rest) = (4, 1 + choice % 4)
            var rows = CompletionRows(
                rest: (0..<rest).map { (choice + 7 * $0) % 20 },
                candidates: (0..<candidates).map { (3 * choice + $0) % 20 },
                whole: Matrix(rowCount: candidates, columnCount: 3),
                pairs: Matrix(rowCount: candidates * rest, columnCount: 2))
            for candidate in 0..<candidates {
                for column in 0..<3 {
                    rows.whole[candidate, column] = (candidate >> (column == choice % 3 ? 1 : 0)) & 1 == 0 ? 1 : -1
                }
            }
            for pair in 0..<candidates * rest {
                (rows.pairs[pair, 0], rows.pairs[pair, 1]) = (sign, -sign)
                sign = -sign
            }
            table.append(rows)
            let scores = (0..<candidates).map { candidate -> Float in
                let x = rows.whole.row(candidate).map(Double.init)
                let units = (0..<rest).map { place -> [Double] in
                    let p = rows.pairs.row(candidate * rest + place).map(Double.init)
                    let c = content.rows.row((3 * choice + candidate) % 20).map(Double.init)
                    let d = content.rows.row((choice + 7 * place) % 20).map(Double.init)
                    let weights = ["", "candidate ", "candidate content ", "item content "]
                        .flatMap { part("pair \($0)weights") }
                    return layer(p + x + c + d, weights, part("pair bias")).map { max(0, $0) }
                }
                let means = (0..<4).map { unit in units.reduce(0) { $0 + $1[unit] } / Double(rest) }
                let greatest = (0..<4).map { unit in units.map { $0[unit] }.max() ?? 0 }
                let a = layer(x + means + greatest, part("first weights"), part("first bias")).map { max(0, $0) }
                let b = layer(a, part("second weights"), part("second bias")).map { max(0, $0) }
                return Float(layer(b, part("last weights"), part("last bias"))[0])
            }
            expected += CompletionLoss.of(scores, calibration: 0.5).loss / 40
        }
        let training = CompletionTraining(table: table, configuration: configuration(), seed: 3)
        let found = training.lossAndGradients(of: network, choices: Array(0..<40), dropoutStream: nil).loss
        #expect(abs(found - expected) < 1e-5, "\(found), \(expected)")
    }

    @Test(arguments: [0, 2]) func lossDerivativesAreThoseOfFiniteDifferences(_ calibration: Double) {
        let scores: [Float] = [0.3, -1.2, 2.5, 0]
        let found = CompletionLoss.of(scores, calibration: calibration).derivatives
        for place in scores.indices {
            var (above, below) = (scores, scores)
            above[place] += 0.01
            below[place] -= 0.01
            let expected =
                (CompletionLoss.of(above, calibration: calibration).loss
                    - CompletionLoss.of(below, calibration: calibration).loss) / Double(above[place] - below[place])
            #expect(abs(found[place] - expected) < 1e-3)
        }
    }

    @Test func foldsHoldEachOutfitOutOnceAndKeepNearDuplicatesTogether() {
        var outfits = planted.outfits(stream: 4, count: 200)
        outfits.append(Outfit(id: "copy", items: outfits[3].items))
        outfits.append(contentsOf: (0..<10).map { Outfit(id: "many-\($0)", items: [0, 1, 2]) })
        let folds = CompletionFit.folds(outfits, count: 3, seed: 1)
        // Too many near duplicates of each other: no fold holds them out.
        #expect(folds.flatMap(\.heldOut).sorted() == Array(0...200))
        for fold in folds {
            #expect(Set(fold.heldOut).isDisjoint(with: fold.others))
            #expect(fold.heldOut.count + fold.others.count == outfits.count)
            #expect(fold.heldOut.contains(3) == fold.heldOut.contains(200))
        }
        // An outfit keeps its fold when others arrive.
        let before = CompletionFit.folds(Array(outfits.prefix(150)), count: 3, seed: 1)
        let moved = (0..<150).count { place in
            folds.firstIndex { $0.heldOut.contains(place) } != before.firstIndex { $0.heldOut.contains(place) }
        }
        // Those whose near duplicates arrived may follow them.
        #expect(moved < 30)
    }

    @Test func modelAnswersBetterThanItsPairsAlone() throws {
        let (model, report, data) = try fitted()
        #expect(report.losses.allSatisfy { ($0.last ?? 9) < ($0.first ?? 0) })
        let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        let scorer = EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
        #expect(scorer.outfits is CompletionScorer)
        var random = RandomStream(seed: 1)
        let questions = data.validation.map { outfit -> FillInTheBlankQuestion in
            let answer = outfit.items[0]
            let wrong = (0..<3).map { _ in random.index(below: 160) * 3 + planted.category(answer) }
                .map { planted.style($0) == planted.style(answer) ? ($0 + 3) % 480 : $0 }
            return FillInTheBlankQuestion(
                question: Array(outfit.items.dropFirst()), answers: ([answer] + wrong).map { $0 }, correct: 0)
        }
        func accuracy(_ outfits: any OutfitScorer) -> Double {
            FillInTheBlankEvaluator().evaluate(questions, by: outfits, parallelism: .serial).accuracy ?? 0
        }
        let (whole, pairs) = (accuracy(scorer.outfits), accuracy(MeanPairScore(scorer)))
        #expect(whole >= pairs && whole > 0.8, "outfits \(whole), pairs \(pairs)")
    }

    /// Against the same one by one.
    @Test(arguments: [[0, 4, 8], [7]]) func anAnswerIsScoredFromBothSides(_ rest: [Int]) throws {
        let (model, _, data) = try fitted()
        let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        let scorer = EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
        let outfits = scorer.outfits
        let candidates = [2, 5, 11]
        let found = outfits.answerScores(rest: rest, candidates: candidates)
        for (column, candidate) in candidates.enumerated() {
            let own = outfits.completionScores(rests: [rest], candidates: [candidate])[0, 0]
            let others = rest.indices.map { place in
                let without = rest.indices.filter { $0 != place }.map { rest[$0] }
                return outfits.completionScores(rests: [without + [candidate]], candidates: [rest[place]])[0, 0]
            }
            // One item is asked as lists ask it.
            let expected = rest.count == 1 ? own : own + others.reduce(0, +) / Float(rest.count)
            #expect(abs(found[column] - expected) < 1e-3)
        }
        let pairs = MeanPairScore(scorer)
        #expect(
            pairs.answerScores(rest: rest, candidates: candidates)
                == pairs.completionScores(rests: [rest], candidates: candidates).values)
    }

    /// The whole score is the weighted sum of both, by weights that held-out outfits decide.
    @Test func heldOutOutfitsWeighNetworksAndPairs() throws {
        let (model, report, data) = try fitted()
        let blend = report.blend
        #expect(blend.networks != 1 || blend.pairs != 0, "nothing was fitted")
        #expect(blend.networks >= 0 && blend.pairs >= 0 && blend.networks + blend.pairs > 0)
        let single = try #require(report.single?.blend)
        var trained = try trained()
        trained.data.validation = []
        let fit = CompletionFit(data: trained.data, traits: traits(), configuration: configuration())
        let alone = try #require(
            try fit.run(trained.whole, members: trained.members, folds: trained.folds, seed: 1))
        for blend in [alone.report.blend, alone.report.single?.blend] {
            #expect(blend?.networks == 1 && blend?.pairs == 0)
        }
        func scores(_ model: CompatibilityModel) throws -> (whole: Matrix, pairs: Matrix) {
            let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
            let scorer = EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
            func of(_ outfits: any OutfitScorer) -> Matrix {
                outfits.completionScores(rests: [[0, 4], [7]], candidates: [2, 5, 8, 11])
            }
            return (of(scorer.outfits), of(MeanPairScore(scorer)))
        }
        let (whole, networks) = (try scores(model), try scores(alone.model).whole)
        for (row, blend) in [blend, single].enumerated() {
            for column in 0..<4 {
                let expected =
                    blend.networks * Double(networks[row, column]) + blend.pairs * Double(whole.pairs[row, column])
                #expect(abs(Double(whole.whole[row, column]) - expected) < 1e-3)
            }
        }
    }

    /// Lists ask beside one item, which networks of their own answer; without them those for whole rests do.
    @Test func oneItemIsAskedOfNetworksOfItsOwn() throws {
        let trained = try trained()
        func fitted(_ singleFraction: Double) throws -> (model: CompatibilityModel, report: CompletionReport) {
            var configuration = configuration()
            configuration.singleFraction = singleFraction
            let fit = CompletionFit(data: trained.data, traits: traits(), configuration: configuration)
            var batches = 0
            let result = try #require(
                try fit.run(
                    trained.whole, members: trained.members, folds: trained.folds, seed: 1,
                    afterBatch: {
                        batches = $0
                        return true
                    }))
            // What is told before the choices are drawn is near what comes.
            let expected = configuration.batchCount(training: trained.data.training)
            #expect(abs(batches - expected) < expected / 5, "\(batches) of \(expected)")
            return result
        }
        let (both, one) = (try fitted(0.5), try fitted(0))
        #expect(one.report.single == nil)
        let single = try #require(both.report.single)
        #expect(Double(single.choices) / Double(both.report.choices) > 0.4)
        #expect(Double(single.choices) / Double(both.report.choices) < 0.6)
        func scores(_ model: CompatibilityModel, _ rests: [[Int]]) throws -> Matrix {
            let embeddings = try model.embeddings(
                of: trained.data.features, categoryOfItem: trained.data.categoryOfItem)
            return EmbeddingScorer(
                model: model, embeddings: embeddings, categoryOfItem: trained.data.categoryOfItem
            ).outfits.completionScores(rests: rests, candidates: [2, 5, 8, 11])
        }
        let (with, without) = (
            try scores(both.model, [[0, 4], [0]]), try scores(one.model, [[0, 4], [0]])
        )
        #expect(with.row(0).elementsEqual(without.row(0)))
        #expect(!with.row(1).elementsEqual(without.row(1)))
    }

    @Test func sameBytesOnOneThreadAndTwo() throws {
        let one = try fitted().model.safetensors()
        #expect(try fitted(parallelism: Parallelism(width: 2)).model.safetensors() == one)
    }

    @Test func modelFileKeepsTheCompletion() throws {
        let (model, _, _) = try fitted()
        #expect(model.completion != nil)
        let bytes = model.safetensors()
        #expect(try CompatibilityModel(safetensors: bytes) == model)
        var damaged = bytes
        damaged[bytes.count - 5] ^= 1
        #expect(throws: ModelError.self) { try CompatibilityModel(safetensors: damaged) }
    }

    /// The networks of version 7 knew nothing of single items.
    @Test func anEarlierVersionIsReadWithoutACompletionModelAlone() throws {
        let model = try fitted().model
        var file = try SafeTensors(decoding: model.safetensors())
        #expect(file.metadata["version"] == "8")
        file.metadata["version"] = "7"
        #expect(throws: ModelError.unknownVersion("7")) { try CompatibilityModel(safetensors: file.encoded()) }
        file.tensors = file.tensors.filter { !$0.key.hasPrefix("completion.") }
        // What comes next is the digest, which tells that this was tampered with.
        #expect(throws: ModelError.damagedTensors) { try CompatibilityModel(safetensors: file.encoded()) }
    }

    /// What the features of a fold's outfits rest on must not know these outfits; nor any table the held-out ones.
    @Test func noMeetingOfAHeldOutOutfitIsKnown() throws {
        let data = planted.data()
        func leaks(_ heldOut: [Outfit], into others: [Outfit], known: [Outfit]) -> (known: Int, all: Int) {
            let counts = CompanyCounts(outfits: known, traits: traits())
            let (pairs, rest) = (PairSet(outfits: heldOut), PairSet(outfits: others))
            let hidden = (0..<pairs.count).map { (Int(pairs.first[$0]), Int(pairs.second[$0])) }
                .filter { rest.outfitCount(of: $0.0, $0.1) == 0 }
            return (hidden.count { counts.meetings.value($0.0, $0.1) != 0 }, hidden.count)
        }
        for fold in CompletionFit.folds(data.training, count: 3, seed: 1) {
            let (heldOut, others) = (fold.heldOut.map { data.training[$0] }, fold.others.map { data.training[$0] })
            #expect(leaks(heldOut, into: others, known: others).known == 0)
            // The same check finds a leak that is planted.
            let leak = leaks(heldOut, into: others, known: data.training)
            #expect(leak.known == leak.all && leak.all > 20)
        }
        let model = try fitted().model
        let hidden = PairSet(outfits: data.validation)
        let training = PairSet(outfits: data.training)
        let anchors = (0..<hidden.count).filter {
            training.outfitCount(of: Int(hidden.first[$0]), Int(hidden.second[$0])) == 0
        }
        #expect(anchors.count > 20)
        let completion = try #require(model.completion)
        for place in anchors {
            #expect(completion.meetings(Int(hidden.first[place]), Int(hidden.second[place])) == 0)
        }
    }

    /// What the networks learn from, by the means that standardise it. An outfit's items have hardly met in another one
    /// here; with a leak of its own fold the chosen candidate, one of twenty, would be one that met them always.
    @Test func choicesOfAFoldLookLikeThoseOfTomorrow() throws {
        let (model, report, data) = try fitted()
        let file = try SafeTensors(decoding: model.safetensors())
        let prefixes = Set(file.tensors.keys.filter { $0.hasSuffix(".pair-mean") }.map { $0.dropLast(9) })
        #expect(prefixes.count == 2)
        let counts = data.training.outfitCounts(itemCount: planted.itemCount)
        let usual = counts.reduce(0) { $0 + log1p(Double($1)) } / Double(planted.itemCount)
        for prefix in prefixes {
            let pairs = try file.values("\(prefix)pair-mean", as: Float.self, count: report.pairFeatures.count)
            let whole = try file.values("\(prefix)mean", as: Float.self, count: report.features.count)
            let met = try #require(report.pairFeatures.firstIndex(of: "met"))
            let outfits = try #require(report.features.firstIndex(of: "outfits"))
            #expect(pairs[met] > 0 && pairs[met] < 0.03, "\(pairs[met])")
            // Each member knows half of the outfits; items count as often as all outfits show them.
            #expect(abs(Double(whole[outfits]) - usual) < 0.25, "\(whole[outfits]), not \(usual)")
        }
    }

    @Test func tooFewChoicesGiveNoModel() throws {
        let trained = try trained()
        var configuration = configuration()
        configuration.choices = 100
        let fit = CompletionFit(data: trained.data, traits: traits(), configuration: configuration)
        #expect(try fit.run(trained.whole, members: trained.members, folds: trained.folds, seed: 1) == nil)
    }

    /// Stops fall into the networks of both heads.
    @Test func aFitThatDivergesIsAnErrorAndNotAModelWithoutCompletion() throws {
        let trained = try trained()
        var configuration = configuration()
        configuration.learningRate = 1e30
        let fit = CompletionFit(data: trained.data, traits: traits(), configuration: configuration)
        #expect(throws: TrainingError.completionDiverged(epoch: 0)) {
            try fit.run(trained.whole, members: trained.members, folds: trained.folds, seed: 1)
        }
    }

    @Test func aFitThatWasStoppedGoesOnToTheSameBytes() throws {
        let trained = try trained()
        let fit = CompletionFit(data: trained.data, traits: traits(), configuration: configuration())
        func run(from checkpoint: [UInt8]?, stopAt: Int) throws -> (
            model: CompatibilityModel?, state: [UInt8]?, first: Int?, last: Int
        ) {
            var (state, first, last): ([UInt8]?, Int?, Int) = (nil, nil, 0)
            let result = try fit.run(
                trained.whole, members: trained.members, folds: trained.folds, seed: 1, checkpoint: checkpoint,
                onCheckpoint: { state = $0 },
                afterBatch: {
                    first = first ?? $0
                    last = $0
                    return $0 != stopAt
                })
            return (result?.model, state, first, last)
        }
        let whole = try run(from: nil, stopAt: 0)
        let expected = try #require(whole.model).safetensors()
        for stop in stride(from: whole.last / 10, to: whole.last, by: whole.last / 10) {
            let stopped = try run(from: nil, stopAt: stop)
            #expect(stopped.model == nil && stopped.last == stop)
            let resumed = try run(from: stopped.state, stopAt: 0)
            #expect(resumed.first == stop + 1, "it began anew")
            #expect(resumed.model?.safetensors() == expected, "after batch \(stop) of \(whole.last)")
            // A damaged checkpoint is none.
            if stop == whole.last / 10, var damaged = stopped.state {
                damaged[damaged.count - 1] ^= 1
                let anew = try run(from: damaged, stopAt: 0)
                #expect(anew.first == 1)
                #expect(anew.model?.safetensors() == expected)
            }
        }
    }

    @Test func aStopEndsTheFit() throws {
        let trained = try trained()
        let fit = CompletionFit(data: trained.data, traits: traits(), configuration: configuration())
        var batches = 0
        let result = try fit.run(
            trained.whole, members: trained.members, folds: trained.folds, seed: 1,
            afterBatch: {
                batches = $0
                return $0 < 3
            })
        #expect(result == nil && batches == 3)
    }
}
