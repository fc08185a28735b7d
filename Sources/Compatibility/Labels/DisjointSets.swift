/// Sets that merge (union-find): what "transitively" means for near-duplicate outfits.
///
/// The representative of a set is its smallest member, whatever the order of the merges. Path halving without ranks:
/// O(log n) amortised (Tarjan and van Leeuwen, 1984).
struct DisjointSets {
    private var parent: [Int32]

    init(count: Int) {
        parent = (0..<Int32(count)).map { $0 }
    }

    /// The smallest member of the set that holds `element`.
    mutating func representative(of element: Int) -> Int {
        var current = element
        while Int(parent[current]) != current {
            parent[current] = parent[Int(parent[current])]
            current = Int(parent[current])
        }
        return current
    }

    mutating func merge(_ a: Int, _ b: Int) {
        let first = representative(of: a)
        let second = representative(of: b)
        if first < second {
            parent[second] = Int32(first)
        } else {
            parent[first] = Int32(second)
        }
    }

    /// The members of each set, ascending; the sets in the order of their smallest members.
    mutating func sets() -> [[Int]] {
        var place = [Int32](repeating: -1, count: parent.count)
        var sets: [[Int]] = []
        for element in parent.indices {
            let root = representative(of: element)
            if place[root] < 0 {
                place[root] = Int32(sets.count)
                sets.append([])
            }
            sets[Int(place[root])].append(element)
        }
        return sets
    }
}
