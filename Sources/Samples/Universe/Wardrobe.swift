internal import LinearAlgebra

/// The items of a universe by what an outfit may ask for, each list with its running popularity.
struct Wardrobe: Sendable {
    struct Key: Hashable, Sendable {
        var category: String
        var season: String
        var style: Int
        /// Nil: any colour.
        var group: String?
    }

    private struct Shelf {
        var items: [Int] = []
        /// `cumulative[i]`: popularity of the items up to and with `i`.
        var cumulative: [Double] = []
    }

    private var shelves: [Key: Shelf] = [:]

    init(items: [SampleItem]) {
        for (index, item) in items.enumerated() {
            var key = Key(
                category: item.garment.category, season: item.season, style: item.style,
                group: SampleColour.all[item.colour].group)
            add(index, item.popularity, to: key)
            key.group = nil
            add(index, item.popularity, to: key)
        }
    }

    private mutating func add(_ item: Int, _ popularity: Double, to key: Key) {
        shelves[key, default: Shelf()].items.append(item)
        let sum = shelves[key]?.cumulative.last ?? 0
        shelves[key]?.cumulative.append(sum + popularity)
    }

    /// An item of the key, by popularity; of any colour where the colour has none; nil where the style has none.
    func pick(_ key: Key, _ random: inout RandomStream) -> Int? {
        var key = key
        if shelves[key] == nil { key.group = nil }
        guard let shelf = shelves[key], let sum = shelf.cumulative.last else { return nil }
        let target = Double(random.uniform()) * sum
        var low = 0
        var high = shelf.cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if shelf.cumulative[middle] <= target { low = middle + 1 } else { high = middle }
        }
        return shelf.items[low]
    }
}
