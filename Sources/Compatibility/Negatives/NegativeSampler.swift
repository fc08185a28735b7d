package import LinearAlgebra

/// Draws items that do not go with an anchor, as far as any outfit tells: never the anchor, an item of the same outfit or
/// a known partner.
package struct NegativeSampler: Sendable {
    private let category: ItemGroups
    private let groups: NegativeGroups
    private let partners: PartnerIndex
    private let mined: MinedLookup?

    /// Draws before a source is given up for this negative.
    static let tryCount = 16

    package init(data: TrainingData) {
        category = ItemGroups(groupOfItem: data.categoryOfItem)
        groups = data.groups
        partners = data.partners
        mined = data.groups.mined.map(MinedLookup.init)
    }

    package var hasMined: Bool { mined != nil }

    /// The source that a wanted one comes down to: where its groups are not known, the next easier one.
    package func known(_ source: NegativeSource) -> NegativeSource {
        switch source {
        case .sameContext where groups.context == nil: known(.sameFamily)
        case .sameFamily where groups.family == nil, .inCluster where groups.cluster == nil,
            .colourMatched where groups.colour == nil:
            .sameCategory
        default: source
        }
    }

    /// Whether an item may serve as a negative of these anchors.
    ///
    /// - Parameter outfit: the items of the example's outfit, the positive among them.
    package func isAllowed(_ item: Int32, anchors: [Int32], outfit: [Int]) -> Bool {
        if outfit.contains(Int(item)) { return false }
        return !anchors.contains { $0 == item || partners.arePartners(Int($0), Int(item)) }
    }

    /// What the examples of one batch share as negatives; nil where the whole catalogue is no larger.
    package func pool(of count: Int, random: inout RandomStream) -> NegativePool? {
        guard count > 0, count < category.groupOfItem.count else { return nil }
        return NegativePool(count: count, category: category, groups: groups, random: &random)
    }

    /// An item of the wanted source, or nil where none was found.
    ///
    /// - Parameter pool: what the batch draws from where it holds enough of the wanted kind.
    package func draw(
        _ source: NegativeSource, positive: Int32, anchors: [Int32], outfit: [Int], pool: NegativePool? = nil,
        random: inout RandomStream
    ) -> Int32? {
        let group: ItemGroups
        switch source {
        case .random, .ranked, .inBatch:
            for _ in 0..<Self.tryCount {
                let item =
                    pool.map { $0.items[random.index(below: $0.items.count)] }
                    ?? Int32(random.index(below: category.groupOfItem.count))
                if isAllowed(item, anchors: anchors, outfit: outfit) { return item }
            }
            return nil
        case .colourMatched:
            if let colour = groups.colour {
                let matches = colour.matches(of: Int(positive))
                guard !matches.isEmpty else { return nil }
                for _ in 0..<Self.tryCount {
                    let item = matches[random.index(below: matches.count)]
                    if isAllowed(item, anchors: anchors, outfit: outfit) { return item }
                }
                return nil
            }
            group = category
        case .sameCategory: group = category
        case .sameFamily: group = groups.family ?? category
        case .sameContext: group = groups.context ?? groups.family ?? category
        case .inCluster: group = groups.cluster ?? category
        }
        if let pool {
            for _ in 0..<Self.tryCount {
                guard let item = pool.draw(source, from: group, positive: positive, random: &random) else { break }
                if isAllowed(item, anchors: anchors, outfit: outfit) { return item }
            }
        }
        let number = Int(group.groupOfItem[Int(positive)])
        let start = group.offsets[number]
        let count = group.offsets[number + 1] - start
        for _ in 0..<Self.tryCount {
            let item = group.members[start + random.index(below: count)]
            if isAllowed(item, anchors: anchors, outfit: outfit) { return item }
        }
        return nil
    }

    /// A mined negative of this pair and how it was mined, or nil where none is left.
    package func mined(
        anchor: Int32, positive: Int32, anchors: [Int32], outfit: [Int], random: inout RandomStream
    ) -> (item: Int32, source: NegativeSource)? {
        guard let mined else { return nil }
        let range = mined.entries(anchor: anchor, positive: positive)
        guard !range.isEmpty else { return nil }
        for _ in 0..<4 {
            let found = mined.negative(range.lowerBound + random.index(below: range.count))
            if isAllowed(found.item, anchors: anchors, outfit: outfit) { return found }
        }
        return nil
    }
}
