private import Foundation
package import LinearAlgebra

/// Fits a completion model on choices of outfits that the embedding behind them was not trained on.
///
/// The members of a model are trained on all training outfits but one fold each (stacking; Wolpert, 1992). A fold's outfits
/// then ask for each of their items, by features made of the member that never saw them and of the other folds' company: as
/// new to their features as an outfit of tomorrow is to the whole model's.
package struct CompletionFit {
    /// The outfits that one member was trained without.
    package struct Fold: Sendable {
        /// Positions in the training outfits.
        package let heldOut: [Int]
        package let others: [Int]
    }

    private let data: TrainingData
    private let traits: ItemTraits
    private let configuration: Configuration
    /// Fewer choices than this tell nothing.
    package static let minimumChoices = 200

    package init(data: TrainingData, traits: ItemTraits, configuration: Configuration) {
        precondition(traits.itemCount == data.features.itemCount, "traits of other items")
        self.data = data
        self.traits = traits
        self.configuration = configuration
    }

    /// Just above a half: at a half already, no two of three items of a held-out outfit could have met elsewhere, and the fit
    /// would learn that what met is wrong.
    private static let nearDuplicate = 0.51

    /// Divides outfits into folds. Near duplicates stay together: no fold repeats what another knows. An outfit keeps its
    /// fold when others arrive.
    ///
    /// Near duplicates that make more than a fiftieth of all outfits are in no fold, so every member learns from them: held
    /// out, they would take the company of their items with them, and what met would look wrong.
    package static func folds(_ outfits: [Outfit], count: Int, seed: UInt64) -> [Fold] {
        let duplicates = NearDuplicateJoin(outfits: outfits, threshold: nearDuplicate)
        let components = duplicates.components(outfitCount: outfits.count)
        let largest = max(1, outfits.count / 50)
        var foldOfOutfit = [Int](repeating: -1, count: outfits.count)
        for members in components where members.count <= largest {
            let ids = members.map { outfits[$0].id }
            let smallest = ids.min { $0.utf8.lexicographicallyPrecedes($1.utf8) } ?? ""
            let fold = Int(SeededHash.fraction(SeededHash.of(smallest, seed: seed &+ 0xF01D)) * Double(count))
            for member in members { foldOfOutfit[member] = min(fold, count - 1) }
        }
        return (0..<count).map { fold in
            Fold(
                heldOut: outfits.indices.filter { foldOfOutfit[$0] == fold },
                others: outfits.indices.filter { foldOfOutfit[$0] != fold })
        }
    }

    /// - Parameters:
    ///   - members: of each fold the model that was trained without it.
    ///   - checkpoint: the bytes of an earlier `onCheckpoint`, to go on from there; those of another fit are not used.
    ///   - onCheckpoint: called at the end of each epoch, and on a stop.
    ///   - afterBatch: gets the batches so far; the fit ends without a model when it returns false.
    /// - Returns: the model with its completion, or nil where there are too few choices or it was told to stop.
    package func run(
        _ model: CompatibilityModel, members: [CompatibilityModel], folds: [Fold], seed: UInt64,
        parallelism: Parallelism = .serial, checkpoint: [UInt8]? = nil,
        onCheckpoint: (_ state: [UInt8]) throws -> Void = { _ in }, afterBatch: (Int) -> Bool = { _ in true }
    ) throws -> (model: CompatibilityModel, report: CompletionReport)? {
        precondition(members.count == folds.count, "a member for each fold")
        var table = try table(members: members, folds: folds, seed: seed, parallelism: parallelism)
        guard table.count >= Self.minimumChoices else { return nil }
        let (scale, pairScale) = (table.scale, table.pairScale)
        table.standardise(by: scale)
        var state = State(origin: origin(scales: [scale, pairScale], choices: table.count, seed: seed))
        if let checkpoint, let earlier = State(checkpoint), earlier.origin == state.origin { state = earlier }
        while state.networks.count < configuration.networks {
            let training = CompletionTraining(
                table: table, pairScale: pairScale, configuration: configuration,
                seed: seed &+ UInt64(state.networks.count), parallelism: parallelism)
            var current = state.current ?? training.start()
            while !training.isFinished(current) {
                let order = training.order(ofEpoch: current.epoch)
                repeat {
                    training.advance(&current, order: order)
                    state.current = current
                    state.batches += 1
                    guard afterBatch(state.batches) else {
                        try onCheckpoint(state.bytes)
                        return nil
                    }
                } while current.batch > 0
                try onCheckpoint(state.bytes)
            }
            guard current.parameters.allSatisfy(\.isFinite) else { return nil }
            state.networks.append(current.parameters)
            state.losses.append(current.losses)
            state.current = nil
        }
        let shape = configuration.shape(of: table)
        let embeddings = try model.embeddings(
            of: data.features, categoryOfItem: data.categoryOfItem, parallelism: parallelism)
        let resemblance = OutfitResemblance(
            outfits: data.training, neighbours: neighbours(embeddings, of: model, parallelism: parallelism))
        let networks = CompletionModel(
            traits: traits, counts: CompanyCounts(outfits: data.training, traits: traits), resemblance: resemblance,
            scale: scale, pairScale: pairScale,
            networks: state.networks.map { CompletionNetwork(shape: shape, parameters: $0) })
        let blend = blend(of: networks, model, embeddings: embeddings, seed: seed, parallelism: parallelism)
        let report = CompletionReport(
            choices: table.count, features: CompletionFeatures.names(of: traits),
            pairFeatures: CompletionFeatures.pairNames(of: traits), losses: state.losses, blend: blend)
        return (model.with(completion: networks.with(blend)), report)
    }

    /// How much the networks' score and the mean over pairs weigh, by what held-out outfits chose (a conditional logit).
    ///
    /// The choices that networks learn from see one member's score, not the whole model's; where the whole model's pairs know
    /// better than the networks, as on few outfits, this leaves them their say.
    private func blend(
        of networks: CompletionModel, _ model: CompatibilityModel, embeddings: Matrix, seed: UInt64,
        parallelism: Parallelism
    ) -> CompletionBlend {
        let choices = choices(
            of: data.validation, stream: 0x7_FFFF_FFFF, limit: configuration.choices, singles: 0, seed: seed)
        guard choices.count >= Self.minimumChoices else { return CompletionBlend() }
        let scorer = EmbeddingScorer(
            model: model.with(completion: networks), embeddings: embeddings, categoryOfItem: data.categoryOfItem)
        let scorers: [any OutfitScorer] = [scorer.outfits, MeanPairScore(scorer)]
        let scores = parallelism.mapChunks(of: choices.count, chunkSize: 16) { _, range in
            choices[range].map { choice in
                scorers.map { $0.completionScores(rests: [choice.rest], candidates: choice.candidates).values }
            }
        }.joined()
        var logit = ConditionalLogit(featureCount: 2)
        for scores in scores {
            logit.append(candidates: scores[0].indices.map { [Double(scores[0][$0]), Double(scores[1][$0])] })
        }
        return CompletionBlend(logit)
    }

    /// What a checkpoint holds.
    private struct State: Codable {
        /// What it must agree with.
        var origin: String
        /// Parameters of the networks that are ready.
        var networks: [[Float]] = []
        var losses: [[Double]] = []
        var current: CompletionTraining.State?
        /// Of all networks so far.
        var batches = 0

        init(origin: String) { self.origin = origin }

        init?(_ bytes: [UInt8]) {
            guard let state = try? JSONDecoder().decode(State.self, from: Data(bytes)) else { return nil }
            self = state
        }

        var bytes: [UInt8] { [UInt8](CanonicalJSON.text(of: self).utf8) }
    }

    private func origin(scales: [FeatureScale], choices: Int, seed: UInt64) -> String {
        var digest = FNV1a()
        for value in scales.flatMap({ $0.mean + $0.scale }) { digest.add("\(value.bitPattern);") }
        return CanonicalJSON.text(of: configuration) + " \(choices) \(seed) " + String(digest.value, radix: 16)
    }

    /// - Parameter singles: the share of choices that see one item of the rest alone.
    private func choices(
        of outfits: [Outfit], stream: UInt64, limit: Int, singles: Double, seed: UInt64
    ) -> [HeldOutChoice] {
        var random = RandomStream(seed: seed, stream: stream)
        var outfits = outfits.filter { $0.items.count > 1 }
        random.shuffle(&outfits)
        let sampler = HeldOutChoice.Sampler(data: data, candidates: configuration.candidates)
        var choices: [HeldOutChoice] = []
        for outfit in outfits where choices.count < limit {
            for var choice in sampler.choices(of: outfit, random: &random).prefix(limit - choices.count) {
                if random.uniform() < Float(singles) {
                    choice.rest = [choice.rest[random.index(below: choice.rest.count)]]
                }
                choices.append(choice)
            }
        }
        return choices
    }

    /// The features of every fold's choices.
    private func table(
        members: [CompatibilityModel], folds: [Fold], seed: UInt64, parallelism: Parallelism
    ) throws(ModelError) -> ChoiceTable {
        var table = ChoiceTable(
            columnCount: CompletionFeatures.names(of: traits).count,
            pairColumnCount: CompletionFeatures.pairNames(of: traits).count)
        let limit = configuration.choices / max(1, folds.count)
        let asked = folds.enumerated().map { number, fold in
            choices(
                of: fold.heldOut.map { data.training[$0] }, stream: 0x7_0000_0000 + UInt64(number), limit: limit,
                singles: configuration.singleFraction, seed: seed)
        }
        table.reserve(
            rows: asked.joined().reduce(0) { $0 + $1.candidates.count },
            pairs: asked.joined().reduce(0) { $0 + $1.candidates.count * $1.rest.count })
        for (choices, (member, fold)) in zip(asked, zip(members, folds)) {
            try append(choices, to: &table, member: member, fold: fold, parallelism: parallelism)
        }
        return table
    }

    private func append(
        _ choices: [HeldOutChoice], to table: inout ChoiceTable, member: CompatibilityModel, fold: Fold,
        parallelism: Parallelism
    ) throws(ModelError) {
        let embeddings = try member.embeddings(
            of: data.features, categoryOfItem: data.categoryOfItem, parallelism: parallelism)
        let scorer = EmbeddingScorer(model: member, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
        let features = CompletionFeatures(
            traits: traits, outfits: fold.others.map { data.training[$0] },
            neighbours: neighbours(embeddings, of: member, parallelism: parallelism),
            share: Float(max(1, fold.others.count)) / Float(max(1, data.training.count)))
        for start in stride(from: 0, to: choices.count, by: Self.block) {
            let some = choices[start..<min(choices.count, start + Self.block)]
            let rows = parallelism.mapChunks(of: some.count, chunkSize: 64) { _, range in
                var shown = OutfitShares(count: features.resemblance.outfitCount)
                return range.map { place in
                    let choice = some[start + place]
                    return features.rows(
                        rest: choice.rest, candidates: choice.candidates,
                        scores: scorer.scores(anchors: choice.rest, candidates: choice.candidates), shown: &shown)
                }
            }
            for rows in rows.joined() { table.append(rows) }
        }
    }

    /// Choices whose features are worked out before they go into the table.
    private static let block = 1024

    private func neighbours(
        _ embeddings: Matrix, of model: CompatibilityModel, parallelism: Parallelism
    ) -> ItemNeighbours {
        ItemNeighbours(
            of: model.sharedSpace(of: embeddings), groups: traits.families,
            limit: OutfitResemblance.neighbourCount, parallelism: parallelism)
    }
}
