/// Which of its items each outfit was made for, as far as their rarity tells.
///
/// Shops make a look for an article and complete it with items that go with many, so the rarest item of an outfit is mostly
/// its own. An outfit is an item's own by n(i)⁻² / Σ n(j)⁻² over its items j, which occur in n(j) outfits.
struct OwnOutfits: Sendable, Equatable {
    /// Of each item its shares of outfits, added up.
    let counts: [Float]
    /// Of each item its greatest share of one outfit: close to 1 once some outfit was made for it.
    let greatest: [Float]
    /// Of two items that meet the first one's shares of the outfits that show both; not symmetric.
    let ofFirst: PairTable
    /// The second one's.
    let ofSecond: PairTable

    /// - Parameters:
    ///   - meetings: the pairs of items that meet.
    ///   - occurrences: in how many outfits each item occurs.
    init(outfits: [Outfit], meetings: PairTable, occurrences: [Float]) {
        var counts = [Double](repeating: 0, count: occurrences.count)
        var greatest = counts
        var together = [Double](repeating: 0, count: meetings.values.count)
        for outfit in outfits {
            let items = Set(outfit.items).sorted()
            let weights = items.map { item in 1 / Double(occurrences[item] * occurrences[item]) }
            let sum = weights.reduce(0, +)
            for (item, weight) in zip(items, weights) {
                let share = weight / sum
                counts[item] += share
                greatest[item] = max(greatest[item], share)
                for other in items where other != item {
                    if let place = meetings.place(item, other) { together[place] += share }
                }
            }
        }
        self.init(
            counts: counts.map(Float.init), greatest: greatest.map(Float.init), together: together.map(Float.init),
            meetings: meetings)
    }

    /// Of stored parts.
    ///
    /// - Parameter together: the values of `ofFirst`, in the places of `meetings`.
    init(counts: [Float], greatest: [Float], together: [Float], meetings: PairTable) {
        precondition(together.count == meetings.values.count, "shares of other pairs")
        self.counts = counts
        self.greatest = greatest
        ofFirst = meetings.with(together)
        ofSecond = ofFirst.transposed()
    }
}
