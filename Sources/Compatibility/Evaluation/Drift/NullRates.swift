/// For each feature block, the share of items that lack it: kept with a build and compared by the next one, since a
/// feature that is quietly missing in use costs more than a weaker model.
package struct NullRates: Sendable, Equatable, Codable {
    package var itemCount: Int
    /// By the name of the block.
    package var rates: [String: Double]

    enum CodingKeys: String, CodingKey {
        case itemCount = "items"
        case rates
    }

    package init(itemCount: Int, rates: [String: Double]) {
        self.itemCount = itemCount
        self.rates = rates
    }

    package init(_ features: FeatureSet) {
        itemCount = features.itemCount
        rates = [:]
        for block in features.blocks {
            let missing = block.isPresent.count { !$0 }
            rates[block.name] = features.itemCount == 0 ? 0 : Double(missing) / Double(features.itemCount)
        }
    }

    /// What moved since another build by more than `tolerance`, and blocks that came or went; ascending by name.
    package func changes(since earlier: NullRates, tolerance: Double = 0.01) -> [NullRateChange] {
        Set(rates.keys).union(earlier.rates.keys).sorted().compactMap { name in
            let change = NullRateChange(block: name, before: earlier.rates[name], now: rates[name])
            guard let before = change.before, let now = change.now else { return change }
            return abs(now - before) > tolerance ? change : nil
        }
    }
}

/// A feature block whose null rate moved.
package struct NullRateChange: Sendable, Equatable, Codable {
    package var block: String
    /// Nil: the earlier build had no such block.
    package var before: Double?
    /// Nil: this build has no such block.
    package var now: Double?

    package init(block: String, before: Double?, now: Double?) {
        self.block = block
        self.before = before
        self.now = now
    }
}
