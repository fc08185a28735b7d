private import Foundation
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
        for (column, candidate) in candidates.enumerated() {
            var (candidates, items) = (Float(0), Float(0))
            for place in rest.indices {
                candidates += ofCandidate[place, column]
                items += ofItem[place, column]
            }
            let values = [
                candidates * part, items * part, own.greatest[candidate], log1p(own.counts[candidate]),
                logOtherOutfits[candidate], counts.outfits[candidate] == 0 ? 1 : 0, sum, most, rareSum, mostRare,
            ]
            for (place, value) in values.enumerated() { rows[column, ownColumn + place] = value }
        }
    }

    func addLifts(to rows: inout Matrix, rest: [Int], candidates: [Int]) {
        let part = 1 / Float(rest.count)
        let largest = counts.lifts.map(\.occurrences.count).max() ?? 0
        var spread = [Float](repeating: 0, count: largest)
        for (number, lift) in counts.lifts.enumerated() {
            let groups = traits.pairedGroups[number]
            let others = candidates.map { groups[$0] }
            var sums = [Float](repeating: 0, count: candidates.count)
            var least = [Float](repeating: .infinity, count: candidates.count)
            for item in rest {
                lift.forEach(of: Int(groups[item]), groups: others, spread: &spread) { place, value in
                    sums[place] += value
                    least[place] = min(least[place], value)
                }
            }
            for place in candidates.indices {
                rows[place, liftColumn + 2 * number] = sums[place] * part
                rows[place, liftColumn + 2 * number + 1] = least[place]
            }
        }
    }
}
