internal import LinearAlgebra

/// What the networks of a completion model learn from.
extension CompletionFit {
    /// Which of an outfit's other items a choice sees.
    enum Rests {
        case whole
        /// One of them alone, for a share of the outfit's items.
        case single(share: Double)
    }

    func choices(
        of outfits: [Outfit], stream: UInt64, limit: Int, rests: Rests, seed: UInt64
    ) -> [HeldOutChoice] {
        var random = RandomStream(seed: seed, stream: stream)
        var outfits = outfits.filter { $0.items.count > 1 }
        random.shuffle(&outfits)
        let sampler = HeldOutChoice.Sampler(data: data, candidates: configuration.candidates)
        var choices: [HeldOutChoice] = []
        for outfit in outfits where choices.count < limit {
            for var choice in sampler.choices(of: outfit, random: &random).prefix(limit - choices.count) {
                if case .single(let share) = rests {
                    guard random.uniform() < Float(share) else { continue }
                    choice.rest = [choice.rest[random.index(below: choice.rest.count)]]
                }
                choices.append(choice)
            }
        }
        return choices
    }

    /// The features of every fold's choices.
    func table(
        of rests: Rests, members: [CompatibilityModel], folds: [Fold], content: ItemContent, seed: UInt64,
        parallelism: Parallelism
    ) throws(ModelError) -> ChoiceTable {
        var table = ChoiceTable(
            columnCount: CompletionFeatures.names(of: traits).count,
            pairColumnCount: CompletionFeatures.pairNames(of: traits).count, content: content)
        let limit = configuration.choiceCount(of: configuration.choices, rests) / max(1, folds.count)
        let asked = folds.enumerated().map { number, fold in
            choices(
                of: fold.heldOut.map { data.training[$0] }, stream: 0x7_0000_0000 + UInt64(number), limit: limit,
                rests: rests, seed: seed)
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

    /// What single items are like, by the blocks that the embedding reads.
    func content(of model: CompatibilityModel) throws(ModelError) -> ItemContent {
        let components = configuration.contentComponents(
            ofChoices: min(configuration.choices, data.training.slotCount))
        guard components > 0, let member = model.members.first else {
            return ItemContent(rows: Matrix(rowCount: data.features.itemCount, columnCount: 0))
        }
        let wanted = configuration.contentBlocks
        let blocks = try ModelMember.blocks(of: member.shape, in: data.features)
            .filter { wanted.isEmpty || wanted.contains($0.name) }
        return ItemContent(itemCount: data.features.itemCount, blocks: blocks, components: components)
    }

    func neighbours(
        _ embeddings: Matrix, of model: CompatibilityModel, parallelism: Parallelism
    ) -> ItemNeighbours {
        ItemNeighbours(
            of: model.sharedSpace(of: embeddings), groups: traits.families,
            limit: OutfitResemblance.neighbourCount, parallelism: parallelism)
    }
}
