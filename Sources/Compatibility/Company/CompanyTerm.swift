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
    ///   - measures: of `CompanyWeights`, over the pairs of the training outfits.
    ///   - outfitCounts: for each item, its number of training outfits.
    init(_ weights: CompanyWeights, measures: [PairTable], outfitCounts: [Int]) {
        temperature = Float(weights.temperature)
        offsets = outfitCounts.map { Float(weights.offsets[CompanyWeights.outfitClass($0)]) }
        pairs = PairTable(sumOf: zip(measures, weights.meetings).map { (table: $0, weight: $1) })
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
