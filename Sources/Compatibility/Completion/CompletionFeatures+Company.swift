internal import LinearAlgebra

extension CompletionFeatures {
    static let pairOwnNames = ["own_outfits_item", "items_own_outfit", "without_own", "rare_without_own"]
    static let ownNames = [
        "most_without_own", "most_rare_without_own", "own_share", "own_outfits", "others_outfits", "new",
    ]

    /// What outfits were made for: an item that had its own is mostly asked for to complete another's.
    func addOwnOutfits(to rows: inout CompletionRows, rest: [Int], candidates: [Int]) {
        let own = counts.own
        let ofCandidate = own.ofSecond.scores(anchors: rest, candidates: candidates)
        let ofItem = own.ofFirst.scores(anchors: rest, candidates: candidates)
        let without = rest.map { 1 - own.greatest[$0] }
        let rare = rest.indices.map { without[$0] / (1 + counts.outfits[rest[$0]] / share) }
        let (most, mostRare) = (without.max() ?? 0, rare.max() ?? 0)
        let (pairColumn, wholeColumn) = (pairOwnColumn, ownColumn)
        rows.forEachPair { place, column, pair, whole in
            pair[pairColumn] = ofCandidate[place, column]
            pair[pairColumn + 1] = ofItem[place, column]
            pair[pairColumn + 2] = without[place]
            pair[pairColumn + 3] = rare[place]
            guard place == 0 else { return }
            let (row, candidate) = (whole + wholeColumn, candidates[column])
            row[0] = most
            row[1] = mostRare
            row[2] = own.greatest[candidate]
            row[3] = logOwnOutfits[candidate]
            row[4] = logOtherOutfits[candidate]
            row[5] = counts.outfits[candidate] == 0 ? 1 : 0
        }
    }

    func addLifts(to rows: inout Matrix, rest: [Int], candidates: [Int]) {
        let part = 1 / Float(rest.count)
        let width = count
        for (number, lift) in counts.lifts.enumerated() {
            let groups = traits.pairedGroups[number]
            let others = candidates.map { Int(groups[$0]) }
            let first = liftColumn + 2 * number
            rows.values.withUnsafeMutableBufferPointer { rows in
                for place in others.indices { rows[place * width + first + 1] = .infinity }
                func add(_ place: Int, _ value: Float) {
                    let column = place * width + first
                    rows[column] += value
                    rows[column + 1] = min(rows[column + 1], value)
                }
                for item in rest {
                    let group = Int(groups[item])
                    if let table = liftTables[number] {
                        table.values.withUnsafeBufferPointer { values in
                            let start = group * table.columnCount
                            for (place, other) in others.enumerated() { add(place, values[start + other]) }
                        }
                    } else {
                        for (place, other) in others.enumerated() { add(place, lift.value(group, other)) }
                    }
                }
                for place in others.indices { rows[place * width + first] *= part }
            }
        }
    }
}
