package import LinearAlgebra

/// The final lists of a range of items.
package struct FinalLists: Sendable, Equatable {
    package let items: Range<Int>
    /// `items.count + 1` positions in `entries`.
    package private(set) var offsets: [Int] = [0]
    package private(set) var entries: [Recommendation] = []
    package private(set) var shortfalls: [Shortfall] = []

    package subscript(item: Int) -> ArraySlice<Recommendation> {
        entries[offsets[item - items.lowerBound]..<offsets[item - items.lowerBound + 1]]
    }

    /// Builds the lists of all items that `candidates` covers; the same on any number of threads.
    package init(
        _ candidates: CandidateLists, builder: ListBuilder, categoryOfItem: [Int], similarity: some ItemSimilarity,
        parallelism: Parallelism = .serial
    ) {
        items = candidates.items
        let chunks = parallelism.mapChunks(of: items.count, chunkSize: 64) { _, range in
            range.map { place in
                let item = candidates.items.lowerBound + place
                return builder.list(
                    for: item, category: categoryOfItem[item], candidates: candidates.lists(of: item),
                    similarity: similarity)
            }
        }
        for list in chunks.joined() {
            entries.append(contentsOf: list.recommendations)
            offsets.append(entries.count)
            if let shortfall = list.shortfall { shortfalls.append(shortfall) }
        }
    }
}
