/// The examples of one step: for each, its anchors, and its positive followed by its negatives.
///
/// Items are named by their place among the batch's distinct items, since the tower runs once for each of those.
struct TrainingBatch: Sendable {
    /// The positive and its negatives: entries of an example in `candidates`.
    let candidateCount: Int
    private(set) var exampleCount = 0

    /// Catalogue rows of the distinct items.
    private(set) var items: [Int32] = []
    /// Of each distinct item.
    private(set) var categories: [Int32] = []
    /// `exampleCount * candidateCount` distinct items, the positive first; -1 where no negative was found.
    private(set) var candidates: [Int32] = []
    /// What is added to a candidate's score before the loss: the logQ correction.
    private(set) var corrections: [Float] = []
    /// The anchors of example `x` are `anchors[anchorOffsets[x]..<anchorOffsets[x + 1]]`: places in `anchorItems`.
    private(set) var anchorOffsets: [Int32] = [0]
    private(set) var anchors: [Int32] = []

    /// The distinct items that serve as anchors, by category.
    private(set) var anchorItems: [Int32] = []
    /// For each category, its part of `anchorItems`.
    private(set) var anchorRanges: [Range<Int>] = []

    /// The places in `candidates` of item `i` are `uses[useOffsets[i]..<useOffsets[i + 1]]`, ascending.
    private(set) var useOffsets: [Int32] = []
    private(set) var uses: [Int32] = []
    /// The same for the examples of an anchor.
    private(set) var anchorUseOffsets: [Int32] = []
    private(set) var anchorUses: [Int32] = []

    private var placeOfRow: [Int32]

    /// - Parameter itemCount: of the catalogue.
    init(candidateCount: Int, itemCount: Int) {
        self.candidateCount = candidateCount
        placeOfRow = [Int32](repeating: -1, count: itemCount)
    }

    mutating func removeAll() {
        for row in items { placeOfRow[Int(row)] = -1 }
        exampleCount = 0
        items.removeAll(keepingCapacity: true)
        candidates.removeAll(keepingCapacity: true)
        corrections.removeAll(keepingCapacity: true)
        anchors.removeAll(keepingCapacity: true)
        anchorOffsets.removeAll(keepingCapacity: true)
        anchorOffsets.append(0)
    }

    /// - Parameter candidates: rows, the positive first, -1 for none; `candidateCount` of them.
    mutating func append(anchors rows: [Int32], candidates candidateRows: [Int32], corrections values: [Float]) {
        exampleCount += 1
        for row in rows { anchors.append(place(of: row)) }
        anchorOffsets.append(Int32(anchors.count))
        for row in candidateRows { candidates.append(row < 0 ? -1 : place(of: row)) }
        corrections.append(contentsOf: values)
    }

    private mutating func place(of row: Int32) -> Int32 {
        let known = placeOfRow[Int(row)]
        if known >= 0 { return known }
        let place = Int32(items.count)
        placeOfRow[Int(row)] = place
        items.append(row)
        return place
    }

    /// Orders the anchors by category and lists the uses of every item. Call once, after the last `append`.
    mutating func seal(categoryOfItem: [Int32], categoryCount: Int) {
        categories = items.map { categoryOfItem[Int($0)] }
        var isAnchor = [Bool](repeating: false, count: items.count)
        for anchor in anchors { isAnchor[Int(anchor)] = true }
        var byCategory = [[Int32]](repeating: [], count: categoryCount)
        for place in items.indices where isAnchor[place] { byCategory[Int(categories[place])].append(Int32(place)) }
        anchorItems.removeAll(keepingCapacity: true)
        anchorRanges.removeAll(keepingCapacity: true)
        for members in byCategory {
            anchorRanges.append(anchorItems.count..<anchorItems.count + members.count)
            anchorItems.append(contentsOf: members)
        }
        var anchorOfItem = [Int32](repeating: -1, count: items.count)
        for (anchor, item) in anchorItems.enumerated() { anchorOfItem[Int(item)] = Int32(anchor) }
        for index in anchors.indices { anchors[index] = anchorOfItem[Int(anchors[index])] }

        (useOffsets, uses) = Self.inverse(of: candidates, targetCount: items.count) { Int32($0) }
        var exampleOfEntry: [Int32] = []
        exampleOfEntry.reserveCapacity(anchors.count)
        for example in 0..<exampleCount {
            for _ in anchorOffsets[example]..<anchorOffsets[example + 1] { exampleOfEntry.append(Int32(example)) }
        }
        (anchorUseOffsets, anchorUses) = Self.inverse(of: anchors, targetCount: anchorItems.count) {
            exampleOfEntry[$0]
        }
    }

    private static func inverse(
        of places: [Int32], targetCount: Int, value: (Int) -> Int32
    ) -> (offsets: [Int32], values: [Int32]) {
        var offsets = [Int32](repeating: 0, count: targetCount + 1)
        for place in places where place >= 0 { offsets[Int(place) + 1] += 1 }
        for target in 0..<targetCount { offsets[target + 1] += offsets[target] }
        var next = offsets
        var values = [Int32](repeating: 0, count: Int(offsets[targetCount]))
        for (index, place) in places.enumerated() where place >= 0 {
            values[Int(next[Int(place)])] = value(index)
            next[Int(place)] += 1
        }
        return (offsets, values)
    }
}
