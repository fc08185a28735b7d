package import LinearAlgebra

/// Every place of every outfit of two or more items: what an epoch of training asks for, once each.
package struct TrainingSlots: Sendable {
    package let slots: [(outfit: Int32, place: Int32)]
    /// The slots of each outfit.
    private let outfits: [Range<Int>]

    package init(_ training: [Outfit]) {
        var slots: [(outfit: Int32, place: Int32)] = []
        var outfits: [Range<Int>] = []
        for (number, outfit) in training.enumerated() where outfit.items.count > 1 {
            outfits.append(slots.count..<slots.count + outfit.items.count)
            for place in outfit.items.indices { slots.append((Int32(number), Int32(place))) }
        }
        self.slots = slots
        self.outfits = outfits
    }

    /// The order of the slots in an epoch.
    ///
    /// - Parameter byOutfit: whether the slots of an outfit stand together, so that a batch has few distinct items.
    package func order(byOutfit: Bool, random: inout RandomStream) -> [Int32] {
        guard byOutfit else {
            var order = slots.indices.map(Int32.init)
            random.shuffle(&order)
            return order
        }
        var outfits = outfits
        random.shuffle(&outfits)
        return outfits.flatMap { $0.map(Int32.init) }
    }

    /// What an item is asked for beside: the rest of its outfit, or one item of it, as in a list.
    ///
    /// - Parameter singleFraction: how often it is one item.
    package static func anchors(
        of outfit: [Int], place: Int, singleFraction: Double, random: inout RandomStream
    ) -> [Int32] {
        var rest = outfit.map(Int32.init)
        rest.remove(at: place)
        guard random.uniform() < Float(singleFraction) else { return rest }
        return [rest[random.index(below: rest.count)]]
    }
}
