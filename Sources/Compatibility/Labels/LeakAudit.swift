/// What one split shares with another from which it should be apart.
///
/// Public datasets leak: the "disjoint" Polyvore test split shares 84 items with its training split. A figure measured
/// over a leak is reported with it.
package struct LeakAudit: Sendable, Equatable, Codable {
    /// What `heldOut` shares with `other`.
    package struct Overlap: Sendable, Equatable, Codable {
        package var heldOut: Split
        package var other: Split
        package var outfitCount: Int
        /// Outfits of `heldOut` with exactly the items of an outfit of `other`.
        package var identicalOutfitCount: Int
        /// Outfits of `heldOut` that overlap with one of `other` by at least the threshold; identical ones included.
        package var nearDuplicateOutfitCount: Int
        /// Distinct items of the outfits of `heldOut`.
        package var itemCount: Int
        /// How many of these occur in an outfit of `other` too.
        package var sharedItemCount: Int

        /// 0 where there is nothing to share.
        package var nearDuplicateShare: Double {
            outfitCount == 0 ? 0 : Double(nearDuplicateOutfitCount) / Double(outfitCount)
        }
        package var sharedItemShare: Double { itemCount == 0 ? 0 : Double(sharedItemCount) / Double(itemCount) }

        enum CodingKeys: String, CodingKey {
            case heldOut = "held_out"
            case other
            case outfitCount = "outfits"
            case identicalOutfitCount = "identical_outfits"
            case nearDuplicateOutfitCount = "near_duplicate_outfits"
            case itemCount = "items"
            case sharedItemCount = "shared_items"
        }
    }

    package var threshold: Double
    /// Validation against train, test against train, test against validation.
    package var overlaps: [Overlap]
    /// Training outfits that were dropped on request.
    package var purgedOutfitCount: Int

    enum CodingKeys: String, CodingKey {
        case threshold
        case overlaps
        case purgedOutfitCount = "purged_outfits"
    }

    package init(_ labelled: LabelledOutfits, threshold: Double = 0.5, purgedOutfitCount: Int = 0) {
        self.threshold = threshold
        self.purgedOutfitCount = purgedOutfitCount
        let trace = LeakTrace(labelled, threshold: threshold)
        overlaps = [(Split.validation, Split.train), (.test, .train), (.test, .validation)].map { heldOut, other in
            let positions = labelled.positions(of: heldOut)
            let items = Set(positions.flatMap { labelled.outfits[$0].items })
            return Overlap(
                heldOut: heldOut, other: other, outfitCount: positions.count,
                identicalOutfitCount: positions.count { trace.identical[$0].contains(other) },
                nearDuplicateOutfitCount: positions.count { trace.near[$0].contains(other) }, itemCount: items.count,
                sharedItemCount: items.count { trace.splitsOfItem[$0]?.contains(other) ?? false })
        }
    }

    package func overlap(of heldOut: Split, with other: Split) -> Overlap? {
        overlaps.first { $0.heldOut == heldOut && $0.other == other }
    }
}

/// Which training outfits to drop because they leak.
package enum LeakPurge: String, Sendable, Codable, CaseIterable {
    case nothing
    /// Those that are near duplicates of a validation or test outfit.
    case nearDuplicates = "near_duplicates"
    /// Those that hold an item of a validation or test outfit; the others of the near duplicates with them.
    case sharedItems = "shared_items"

    /// The outfits that remain, in their order, and the positions of those that were dropped.
    package func applied(
        to labelled: LabelledOutfits, threshold: Double = 0.5
    ) -> (kept: LabelledOutfits, purged: [Int]) {
        guard self != .nothing else { return (labelled, []) }
        let trace = LeakTrace(labelled, threshold: threshold)
        let heldOut = SplitSet([.validation, .test])
        let purged = labelled.positions(of: .train).filter { position in
            if !trace.near[position].isDisjoint(with: heldOut) { return true }
            guard self == .sharedItems else { return false }
            return labelled.outfits[position].items.contains {
                !(trace.splitsOfItem[$0] ?? SplitSet([])).isDisjoint(with: heldOut)
            }
        }
        let dropped = Set(purged)
        let kept = labelled.outfits.indices.filter { !dropped.contains($0) }
        return (
            LabelledOutfits(outfits: kept.map { labelled.outfits[$0] }, split: kept.map { labelled.split[$0] }), purged
        )
    }
}

/// A few splits, as bits.
struct SplitSet: Equatable {
    private(set) var bits: UInt8 = 0

    init(_ splits: [Split]) { for split in splits { insert(split) } }

    static func bit(_ split: Split) -> UInt8 {
        switch split {
        case .train: 1
        case .validation: 2
        case .test: 4
        }
    }

    mutating func insert(_ split: Split) { bits |= Self.bit(split) }
    mutating func formUnion(_ other: SplitSet) { bits |= other.bits }
    func contains(_ split: Split) -> Bool { bits & Self.bit(split) != 0 }
    func isDisjoint(with other: SplitSet) -> Bool { bits & other.bits == 0 }
}

/// For each outfit and item, the splits that it touches.
struct LeakTrace {
    /// For each outfit, the splits of the outfits with the same items (its own among them).
    var identical: [SplitSet]
    /// For each outfit, the splits of its near duplicates (its own among them).
    var near: [SplitSet]
    var splitsOfItem: [Int: SplitSet]

    init(_ labelled: LabelledOutfits, threshold: Double) {
        let join = NearDuplicateJoin(outfits: labelled.outfits, threshold: threshold)
        let ofGroup = join.groups.map { positions in SplitSet(positions.map { labelled.split[$0] }) }
        var nearGroup = ofGroup
        join.forEachPair { a, b in
            nearGroup[a].formUnion(ofGroup[b])
            nearGroup[b].formUnion(ofGroup[a])
        }
        identical = labelled.split.map { SplitSet([$0]) }
        near = identical
        for (group, positions) in join.groups.enumerated() {
            for position in positions {
                identical[position] = ofGroup[group]
                near[position] = nearGroup[group]
            }
        }
        splitsOfItem = [:]
        for (outfit, split) in zip(labelled.outfits, labelled.split) {
            for row in outfit.items { splitsOfItem[row, default: SplitSet([])].insert(split) }
        }
    }
}
