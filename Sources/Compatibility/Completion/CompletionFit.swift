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

    let data: TrainingData
    let traits: ItemTraits
    let configuration: Configuration
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
    /// - Throws: also `TrainingError.completionDiverged`: outfits scored without the networks would be another model.
    package func run(
        _ model: CompatibilityModel, members: [CompatibilityModel], folds: [Fold], seed: UInt64,
        parallelism: Parallelism = .serial, checkpoint: [UInt8]? = nil,
        onCheckpoint: (_ state: [UInt8]) throws -> Void = { _ in }, afterBatch: (Int) -> Bool = { _ in true }
    ) throws -> (model: CompatibilityModel, report: CompletionReport)? {
        precondition(members.count == folds.count, "a member for each fold")
        var state = CompletionFitState(origin: "")
        var fitted: [(head: CompletionHead, choices: Int, losses: [[Double]])] = []
        let content = try content(of: model)
        for rests in kinds {
            // One kind's table at a time: each is most of what the fit keeps in memory.
            let table = try table(
                of: rests, members: members, folds: folds, content: content, seed: seed, parallelism: parallelism)
            guard table.count >= Self.minimumChoices else { break }
            let scales = table.scales
            if fitted.isEmpty {
                state = CompletionFitState(origin: origin(scales, choices: table.count, seed: seed))
                if let checkpoint, let earlier = CompletionFitState(decoding: checkpoint),
                    earlier.origin == state.origin
                {
                    state = earlier
                }
            }
            let networks = (fitted.count + 1) * configuration.networks
            guard
                try train(
                    on: table, scales, until: networks, &state, seed: seed, parallelism: parallelism,
                    onCheckpoint: onCheckpoint, afterBatch: afterBatch)
            else { return nil }
            let head = CompletionHead(
                scales: scales,
                networks: state.networks[..<networks].suffix(configuration.networks).map {
                    CompletionNetwork(shape: configuration.shape(of: table), parameters: $0)
                })
            fitted.append((head, table.count, Array(state.losses[..<networks].suffix(configuration.networks))))
        }
        guard let outfits = fitted.first else { return nil }
        let single = fitted.dropFirst().first
        let embeddings = try model.embeddings(
            of: data.features, categoryOfItem: data.categoryOfItem, parallelism: parallelism)
        let resemblance = OutfitResemblance(
            outfits: data.training, neighbours: neighbours(embeddings, of: model, parallelism: parallelism))
        var completion = CompletionModel(
            traits: traits, counts: CompanyCounts(outfits: data.training, traits: traits), resemblance: resemblance,
            content: content, outfits: outfits.head, single: single?.head)
        let blends = [Rests.whole, .single(share: 1)].prefix(fitted.count).map {
            blend(of: completion, $0, model, embeddings: embeddings, seed: seed, parallelism: parallelism)
        }
        completion.outfits.blend = blends[0]
        if let blend = blends.dropFirst().first { completion.single?.blend = blend }
        let report = CompletionReport(
            choices: outfits.choices, features: CompletionFeatures.names(of: traits),
            pairFeatures: CompletionFeatures.pairNames(of: traits), contentColumns: content.columnCount,
            losses: outfits.losses, blend: blends[0],
            single: single.map { CompletionReport.Single(choices: $0.choices, losses: $0.losses, blend: blends[1]) })
        return (model.with(completion: completion), report)
    }

    /// What is asked beside: the whole rest of an outfit, and one item of it, as lists of recommendations do.
    private var kinds: [Rests] {
        configuration.singleFraction > 0 ? [.whole, .single(share: configuration.singleFraction)] : [.whole]
    }

    /// Trains networks on the choices of a table until there are so many of all tables.
    ///
    /// - Returns: whether to go on: false after a stop.
    private func train(
        on table: ChoiceTable, _ scales: CompletionScales, until networks: Int, _ state: inout CompletionFitState,
        seed: UInt64, parallelism: Parallelism, onCheckpoint: (_ state: [UInt8]) throws -> Void,
        afterBatch: (Int) -> Bool
    ) throws -> Bool {
        while state.networks.count < networks {
            let training = CompletionTraining(
                table: table, scales: scales, configuration: configuration,
                seed: seed &+ UInt64(state.networks.count), parallelism: parallelism)
            var current = state.current ?? training.start()
            while !training.isFinished(current) {
                let order = training.order(ofEpoch: current.position.epoch)
                repeat {
                    training.advance(&current, order: order)
                    state.current = current
                    state.batches += 1
                    guard afterBatch(state.batches) else {
                        try onCheckpoint(state.encoded())
                        return false
                    }
                } while current.position.batch > 0
                guard current.parameters.allSatisfy(\.isFinite), current.position.losses.allSatisfy(\.isFinite) else {
                    throw TrainingError.completionDiverged(epoch: current.position.epoch - 1)
                }
                try onCheckpoint(state.encoded())
            }
            state.networks.append(current.parameters)
            state.losses.append(current.position.losses)
            state.current = nil
        }
        return true
    }

    /// How much the networks' score and the mean over pairs weigh, by what held-out outfits chose (a conditional logit).
    ///
    /// The choices that networks learn from see one member's score, not the whole model's; where the whole model's pairs know
    /// better than the networks, as on few outfits, this leaves them their say.
    private func blend(
        of completion: CompletionModel, _ rests: Rests, _ model: CompatibilityModel, embeddings: Matrix, seed: UInt64,
        parallelism: Parallelism
    ) -> CompletionBlend {
        let choices = choices(
            of: data.validation, stream: 0x7_FFFF_FFFF, limit: configuration.choices, rests: rests, seed: seed)
        guard choices.count >= Self.minimumChoices else { return CompletionBlend() }
        let scorer = EmbeddingScorer(
            model: model.with(completion: completion), embeddings: embeddings, categoryOfItem: data.categoryOfItem)
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

    /// - Parameter scales: of whole rests; all others follow from what they do.
    private func origin(_ scales: CompletionScales, choices: Int, seed: UInt64) -> String {
        var digest = FNV1a()
        for value in [scales.whole, scales.pairs].flatMap({ $0.mean + $0.scale }) { digest.add("\(value.bitPattern);") }
        return CanonicalJSON.text(of: configuration) + " \(choices) \(seed) " + String(digest.value, radix: 16)
    }
}
