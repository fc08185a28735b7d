internal import LinearAlgebra

extension CompletionFeatures {
    static let ownNames = [
        "own_outfits_item", "items_own_outfit", "own_share", "own_outfits", "others_outfits", "new", "without_own",
        "most_without_own", "rare_without_own", "most_rare_without_own",
    ]

    /// What outfits were made for: an item that had its own is mostly asked for to complete another's.
    func addOwnOutfits(to rows: inout Matrix, rest: [Int], candidates: [Int]) {
        let own = counts.own
        let ofCandidate = own.ofSecond.scores(anchors: rest, candidates: candidates)
        let ofItem = own.ofFirst.scores(anchors: rest, candidates: candidates)
        var (sum, most, rareSum, mostRare) = (Float(0), Float(0), Float(0), Float(0))
        for item in rest {
            let without = 1 - own.greatest[item]
            let rare = without / (1 + counts.outfits[item] / share)
            sum += without
            most = max(most, without)
            rareSum += rare
            mostRare = max(mostRare, rare)
        }
        let part = 1 / Float(rest.count)
        let (width, first) = (count, ownColumn)
        rows.values.withUnsafeMutableBufferPointer { values in
            for (column, candidate) in candidates.enumerated() {
                guard let row = values.baseAddress.map({ $0 + column * width + first }) else { return }
                var (candidates, items) = (Float(0), Float(0))
                for place in rest.indices {
                    candidates += ofCandidate[place, column]
                    items += ofItem[place, column]
                }
                row[0] = candidates * part
                row[1] = items * part
                row[2] = own.greatest[candidate]
                row[3] = logOwnOutfits[candidate]
                row[4] = logOtherOutfits[candidate]
                row[5] = counts.outfits[candidate] == 0 ? 1 : 0
                row[6] = sum
                row[7] = most
                row[8] = rareSum
                row[9] = mostRare
            }
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
