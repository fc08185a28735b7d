/// Gives items that no list shows a place in the lists that suit them best.
///
/// Most of a long tail is nobody's best candidate, so that lists by relevance alone never show it, and what is never shown
/// can never be bought. The last `places` of the first `depth` entries of each list may go to such an item, where the entry
/// that makes way is shown elsewhere too. It moves behind the first `depth`, and the last entry of the list drops out.
package struct Exposure: Sendable {
    /// The entries from the top of a list that count as shown.
    package let depth: Int
    /// How many of them each list may give away.
    package let places: Int
    /// For each item, the lists that show it.
    package private(set) var showings: [Int]
    private var given: [UInt8]
    private let variants: VariantGroups?

    /// - Parameter variants: of which a list takes none in beside another; nil to take any.
    package init(depth: Int, places: Int, lists: [[Recommendation]], variants: VariantGroups? = nil) {
        precondition(places >= 0 && places <= depth && places < 256, "\(places) of \(depth) places")
        self.depth = depth
        self.places = places
        var showings = [Int](repeating: 0, count: lists.count)
        for list in lists { for entry in list.prefix(depth) { showings[Int(entry.row)] += 1 } }
        self.showings = showings
        given = [UInt8](repeating: 0, count: lists.count)
        self.variants = variants
    }

    /// An item's wish for a list: to stand in that of `anchor`, with this entry.
    package struct Wish: Sendable {
        package var anchor: Int
        package var entry: Recommendation

        package init(anchor: Int, entry: Recommendation) {
            self.anchor = anchor
            self.entry = entry
        }
    }

    /// Places an item that no list shows by the first of its wishes that can be met.
    ///
    /// - Parameter wishes: best first, all for the same item.
    /// - Returns: whether it found a place.
    package mutating func place(_ wishes: [Wish], in lists: inout [[Recommendation]]) -> Bool {
        for wish in wishes {
            guard given[wish.anchor] < places, let place = freePlace(in: lists[wish.anchor]),
                !isVariant(wish.entry, of: lists[wish.anchor])
            else { continue }
            insert(wish.entry, at: place, into: &lists[wish.anchor])
            given[wish.anchor] += 1
            return true
        }
        return false
    }

    /// The last of the places that may be given whose entry is shown elsewhere too.
    private func freePlace(in list: [Recommendation]) -> Int? {
        guard list.count >= depth else { return nil }
        return (depth - places..<depth).last { showings[Int(list[$0].row)] > 1 }
    }

    private func isVariant(_ entry: Recommendation, of list: [Recommendation]) -> Bool {
        guard let variants else { return false }
        return list.contains { variants.areVariants($0.row, entry.row) }
    }

    private mutating func insert(_ entry: Recommendation, at place: Int, into list: inout [Recommendation]) {
        // Marginal relevances belong to places: they go on descending, whoever stands there.
        let relevances = list.map(\.marginalRelevance)
        let moved = list.remove(at: place)
        showings[Int(moved.row)] -= 1
        showings[Int(entry.row)] += 1
        if let other = list.firstIndex(where: { $0.row == entry.row }) { list.remove(at: other) }
        list.insert(entry, at: place)
        if relevances.count > depth { list.insert(moved, at: depth) }
        list.removeLast(list.count - relevances.count)
        for index in list.indices { list[index].marginalRelevance = relevances[index] }
    }
}
