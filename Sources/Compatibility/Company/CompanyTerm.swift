/// What the outfits of the training split add to an embedding's score: `CompanyWeights`, worked out for each item and each
/// pair that met.
package struct CompanyTerm: Sendable, Equatable {
    /// What the embedding's score is multiplied by.
    package let temperature: Float
    /// Of each item.
    package let offsets: [Float]
    /// Of each pair that met; never negative.
    package let pairs: PairTable

    package var itemCount: Int { offsets.count }

    /// - Parameters:
    ///   - pairs: of the training outfits.
    ///   - outfitCounts: for each item, its number of training outfits.
    package init(_ weights: CompanyWeights, pairs: PairSet, outfitCounts: [Int]) {
        temperature = Float(weights.temperature)
        offsets = outfitCounts.map { Float(weights.offsets[CompanyWeights.outfitClass($0)]) }
        self.pairs = PairTable(pairs, itemCount: outfitCounts.count) { first, second, count in
            let met = CompanyWeights.meetings(count, outfits: outfitCounts[first], outfitCounts[second])
            return Float(
                weights.meetings[0] * met.0 + weights.meetings[1] * met.1 + weights.meetings[2] * met.2)
        }
    }

    /// The term of stored parts, or nil where they do not fit together.
    package init?(temperature: Float, offsets: [Float], pairs: PairTable) {
        guard temperature.isFinite, temperature > 0, offsets.count == pairs.itemCount,
            offsets.allSatisfy(\.isFinite), pairs.values.allSatisfy({ $0 >= 0 })
        else { return nil }
        self.temperature = temperature
        self.offsets = offsets
        self.pairs = pairs
    }
}
