private import Foundation
package import LinearAlgebra

/// What a list of outfits says of items, of their variants and of their families: how often each occurs, and how often two
/// of them meet.
package struct CompanyCounts: Sendable, Equatable {
    /// In how many outfits each item occurs.
    let outfits: [Float]
    /// In how many outfits two items meet.
    package let meetings: PairTable
    /// In how many outfits the variants of one item occur, by number of `ItemTraits.variants`.
    let variantOutfits: [Float]
    /// log(1 + outfits in which some variant of one item meets some variant of another).
    let variantMeetings: PairTable
    /// Of `ItemTraits.families`.
    let families: GroupLift
    /// Of each of `ItemTraits.pairedGroups`.
    let lifts: [GroupLift]
    let own: OwnOutfits

    package init(outfits: [Outfit], traits: ItemTraits) {
        let pairs = PairSet(outfits: outfits)
        let counts = outfits.outfitCounts(itemCount: traits.itemCount)
        meetings = PairTable(pairs, itemCount: traits.itemCount) { _, _, count in Float(count) }
        self.outfits = counts.map(Float.init)

        let groups = traits.variants.map(Int.init)
        let groupCount = (groups.max() ?? -1) + 1
        let groupOutfits = outfits.map { outfit in
            Outfit(id: outfit.id, items: Set(outfit.items.map { groups[$0] }).sorted())
        }
        variantOutfits = groupOutfits.outfitCounts(itemCount: groupCount).map(Float.init)
        variantMeetings = PairTable(PairSet(outfits: groupOutfits), itemCount: groupCount) { _, _, count in
            Float(log1p(Double(count)))
        }

        families = GroupLift(groups: traits.families, pairs: pairs, counts: counts)
        lifts = traits.pairedGroups.map { GroupLift(groups: $0, pairs: pairs, counts: counts) }
        own = OwnOutfits(outfits: outfits, meetings: meetings, occurrences: self.outfits)
    }

    /// The counts of stored parts, or nil where they do not fit together or the traits.
    init?(
        outfits: [Float], meetings: PairTable, variantOutfits: [Float], variantMeetings: PairTable,
        families: GroupLift, lifts: [GroupLift], own: OwnOutfits, traits: ItemTraits
    ) {
        guard outfits.count == traits.itemCount, meetings.itemCount == traits.itemCount,
            variantOutfits.count == variantMeetings.itemCount,
            traits.variants.allSatisfy({ Int($0) < variantOutfits.count }),
            families.covers(traits.families), lifts.count == traits.pairedGroups.count,
            zip(lifts, traits.pairedGroups).allSatisfy({ $0.covers($1) }),
            own.counts.count == traits.itemCount, own.greatest.count == traits.itemCount
        else { return nil }
        self.outfits = outfits
        self.meetings = meetings
        self.variantOutfits = variantOutfits
        self.variantMeetings = variantMeetings
        self.families = families
        self.lifts = lifts
        self.own = own
    }

    /// Company over two steps, anchors x candidates: Σ over k of m(a, k) m(k, c) / n(k) / √(n(a) n(c)), which is high where
    /// two items are worn with the same others, whether or not they ever met.
    package func sharedCompany(anchors: [Int], candidates: [Int]) -> Matrix {
        var shared = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        // Few candidates are merged with the anchor one by one; for many the anchor's company is spread out once.
        var spread = candidates.count > Self.mergedCandidates ? [Float](repeating: 0, count: meetings.itemCount) : []
        for (row, anchor) in anchors.enumerated() where outfits[anchor] > 0 {
            if spread.isEmpty {
                for (column, candidate) in candidates.enumerated() {
                    shared[row, column] = merged(anchor, candidate)
                }
            } else {
                spreadOut(anchor, into: &spread)
                for (column, candidate) in candidates.enumerated() { shared[row, column] = spread[candidate] }
                forEachStep(of: anchor) { _, candidate, _ in spread[candidate] = 0 }
            }
            for (column, candidate) in candidates.enumerated() where outfits[candidate] > 0 {
                shared[row, column] /= (outfits[anchor] * outfits[candidate]).squareRoot()
            }
        }
        return shared
    }

    private static let mergedCandidates = 64

    private func spreadOut(_ anchor: Int, into spread: inout [Float]) {
        forEachStep(of: anchor) { share, candidate, count in spread[candidate] += share * count }
    }

    /// Calls `body` with every item that is two steps away, once for each way, the items between them ascending.
    private func forEachStep(of anchor: Int, _ body: (_ share: Float, _ candidate: Int, _ count: Float) -> Void) {
        for first in meetings.range(of: anchor) {
            let between = Int(meetings.partners[first])
            let share = meetings.values[first] / outfits[between]
            for second in meetings.range(of: between) {
                body(share, Int(meetings.partners[second]), meetings.values[second])
            }
        }
    }

    /// The same sum in the same order, over the partners that two items share.
    private func merged(_ anchor: Int, _ candidate: Int) -> Float {
        let (first, second) = (meetings.range(of: anchor), meetings.range(of: candidate))
        var (i, j) = (first.lowerBound, second.lowerBound)
        var sum: Float = 0
        while i < first.upperBound, j < second.upperBound {
            let (a, b) = (meetings.partners[i], meetings.partners[j])
            if a == b { sum += meetings.values[i] / outfits[Int(a)] * meetings.values[j] }
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
        return sum
    }
}
