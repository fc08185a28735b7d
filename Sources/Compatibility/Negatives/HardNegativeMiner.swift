package import LinearAlgebra

/// Finds negatives that a warm-up model takes for good ones, without holding more than a block of scores.
///
/// For each anchor and each category of its positives, all candidates of the category are scored and ranked, the anchor
/// itself left out; known partners keep their ranks and are never taken. What is found for an anchor depends on that
/// anchor alone, so any cut into shards gives the same set.
package struct HardNegativeMiner: Sendable {
    let configuration: MiningConfiguration
    let model: CompatibilityModel
    let embeddings: Matrix
    let categoryOfItem: [Int]
    let partners: PartnerIndex
    /// What in-cluster negatives are drawn from; nil where none are wanted.
    package let clusters: ItemGroups?
    let colour: ColourMatches?
    let candidates: ItemGroups
    /// The embeddings of each category's items, in the order of `candidates`.
    let panels: [Matrix]
    private let chunkSize: Int

    /// - Parameters:
    ///   - embeddings: of all items by `model`.
    ///   - partners: pairs of the training outfits: for which negatives are mined, and of which none serves as one.
    ///   - clusters: a partition finer than the category; nil for k-means on the embeddings, where in-cluster negatives are
    ///     wanted at all.
    package init(
        configuration: MiningConfiguration, model: CompatibilityModel, embeddings: Matrix, categoryOfItem: [Int],
        partners: PartnerIndex, clusters: ItemGroups? = nil, colour: ColourMatches? = nil,
        parallelism: Parallelism = .serial
    ) {
        self.configuration = configuration
        self.model = model
        self.embeddings = embeddings
        self.categoryOfItem = categoryOfItem
        self.partners = partners
        self.colour = colour
        let candidates = ItemGroups(groupOfItem: categoryOfItem)
        self.candidates = candidates
        panels = (0..<candidates.groupCount).map { embeddings.rows(at: candidates.members(ofGroup: $0).map(Int.init)) }
        if let clusters {
            self.clusters = clusters
        } else if configuration.inCluster > 0 {
            self.clusters = ItemGroups(
                clustering: embeddings, categories: candidates, itemsPerCluster: configuration.itemsPerCluster,
                seed: configuration.seed, parallelism: parallelism)
        } else {
            self.clusters = nil
        }
        // At most 16 MiB of scores a chunk, whatever the width.
        let largest = panels.map(\.rowCount).max() ?? 1
        chunkSize = max(1, min(32, 4_194_304 / max(1, largest)))
    }

    /// Mines the pairs of a range of anchors: one shard.
    package func mine(anchors: Range<Int>, parallelism: Parallelism = .serial) -> MiningResult {
        let parts = parallelism.mapChunks(of: anchors.count, chunkSize: chunkSize) { _, range in
            mineChunk(anchors.lowerBound + range.lowerBound..<anchors.lowerBound + range.upperBound)
        }
        return parts.reduce(into: MiningResult()) { $0.add($1) }
    }

    private func mineChunk(_ anchors: Range<Int>) -> MiningResult {
        var byAnchor = [MiningResult](repeating: MiningResult(), count: anchors.count)
        for category in panels.indices {
            let asked = anchors.filter { anchor in
                partners.partners(of: anchor).contains { categoryOfItem[Int($0)] == category }
            }
            guard !asked.isEmpty else { continue }
            let queries = model.queries(
                embeddings.rows(at: asked), anchorCategories: asked.map { categoryOfItem[$0] }, targetCategory: category
            )
            let scores = queries.multiplied(byTransposeOf: panels[category])
            for (place, anchor) in asked.enumerated() {
                let ranking = CandidateRanking(
                    scores: Array(scores.row(place)), rows: candidates.members(ofGroup: category),
                    excluding: Int32(anchor))
                mine(anchor: anchor, category: category, ranking: ranking, into: &byAnchor[anchor - anchors.lowerBound])
            }
        }
        return byAnchor.reduce(into: MiningResult()) { $0.add($1) }
    }

    private func mine(anchor: Int, category: Int, ranking: CandidateRanking, into result: inout MiningResult) {
        let window = configuration.window(candidateCount: ranking.count)
        let partners = self.partners.partners(of: anchor)
        let inWindow = ranking.entries(inRanks: window.lowest, through: window.highest)
        let eligible = inWindow.filter { !partners.contains(sorted: $0.row) }
        result.report.knownPartnersInWindow += inWindow.count - eligible.count
        var summary = MiningReport.Category(candidateCount: ranking.count, window: window)
        // The pool of the category, not of one anchor: the anchor itself may be missing from it.
        summary.candidateCount = panels[category].rowCount
        summary.window = configuration.window(candidateCount: summary.candidateCount)
        for positive in partners where categoryOfItem[Int(positive)] == category {
            summary.pairs += 1
            let before = result.mined.count
            mine(anchor: Int32(anchor), positive: positive, ranking: ranking, eligible: eligible, into: &result)
            summary.mined += result.mined.count - before
        }
        var report = MiningReport()
        report.categories[model.categories[category]] = summary
        report.pairs = summary.pairs
        result.report.add(report)
    }

    private func mine(
        anchor: Int32, positive: Int32, ranking: CandidateRanking, eligible: [CandidateRanking.Entry],
        into result: inout MiningResult
    ) {
        guard let own = ranking.entry(ofRow: positive) else { return }
        if own.rank > min(configuration.hardPositiveRank, max(1, ranking.count / 2)) {
            result.report.hardPositives += 1
            result.hardPositives.append(
                HardPositive(anchor: anchor, positive: positive, rank: Int32(own.rank), score: own.score))
        }
        if own.rank <= 10 { result.report.positivesInTopTen += 1 }
        let greatest = configuration.greatestScore(positiveScore: own.score)
        var random = RandomStream(
            seed: configuration.seed,
            stream: UInt64(UInt32(bitPattern: anchor)) << 32 | UInt64(UInt32(bitPattern: positive)))
        var taken: Set<Int32> = []
        func take(_ entry: CandidateRanking.Entry, _ source: NegativeSource) {
            taken.insert(entry.row)
            result.report.minedBySource[source.name, default: 0] += 1
            result.mined.append(
                MinedNegative(
                    anchor: anchor, positive: positive, negative: entry.row, source: source, rank: Int32(entry.rank),
                    score: entry.score, positiveScore: own.score))
        }
        var ranked = eligible.filter { $0.score <= greatest }
        result.report.aboveCeiling += eligible.count - ranked.count
        for index in 0..<min(configuration.ranked, ranked.count) {
            ranked.swapAt(index, index + random.index(below: ranked.count - index))
            take(ranked[index], .ranked)
        }
        result.report.missing += max(0, configuration.ranked - ranked.count)
        let lists = [
            (NegativeSource.inCluster, configuration.inCluster, clusterMates(of: positive)),
            (.colourMatched, configuration.colourMatched, colour?.matches(of: Int(positive)) ?? []),
        ]
        for (source, count, mates) in lists {
            var left = count
            for _ in 0..<16 * count where left > 0 && !mates.isEmpty {
                let row = mates[random.index(below: mates.count)]
                guard row != positive, row != anchor, !taken.contains(row),
                    !partners.arePartners(Int(anchor), Int(row)),
                    let entry = ranking.entry(ofRow: row), entry.score <= greatest
                else { continue }
                take(entry, source)
                left -= 1
            }
            result.report.missing += left
        }
    }

    private func clusterMates(of row: Int32) -> [Int32] {
        guard let clusters else { return [] }
        return Array(clusters.members(ofGroup: Int(clusters.groupOfItem[Int(row)])))
    }
}

extension ArraySlice<Int32> {
    /// Whether an ascending slice holds a value. O(log n).
    fileprivate func contains(sorted value: Int32) -> Bool {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < endIndex && self[low] == value
    }
}
