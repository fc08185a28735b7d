internal import Compatibility
internal import LinearAlgebra

/// What lists are held to in colour: the share of one colour group where an attribute names groups, and the likeness of
/// palettes where pictures were measured. By groups alone, lists go on to agree in shade more than stylists' pairs; by
/// palettes alone, groups are matched at the price of shades that stylists do wear together.
struct ColourMeasure {
    enum Name: String, Codable, Sendable {
        case groups
        case palettes
    }

    /// What one measure takes out, in standard deviations of a random pair's score.
    struct Strength: Codable, Sendable, Equatable {
        var measure: Name
        var strength: Float
    }

    let name: Name
    let likeness: any PairScorer
    private let attribute: String

    /// - Parameter attribute: the attribute that names an item's colour group; empty for none.
    static func all(_ catalog: OutfitCatalog, attribute: String, palette: PaletteSimilarity?) -> [ColourMeasure] {
        var measures: [ColourMeasure] = []
        if !attribute.isEmpty {
            measures.append(
                ColourMeasure(
                    name: .groups, likeness: ColourGroups(catalog, attribute: attribute), attribute: attribute))
        }
        if let palette { measures.append(ColourMeasure(name: .palettes, likeness: palette, attribute: attribute)) }
        return measures
    }

    /// The mean likeness of pairs, as `ColourAgreement` counts it; nil without a pair that can be measured.
    func agreement(of pairs: ItemPairs, _ catalog: OutfitCatalog, _ parallelism: Parallelism) -> Double? {
        switch name {
        case .groups: ColourAgreement.sameShare(of: pairs, attribute: attribute, catalog: catalog)
        case .palettes: ColourAgreement.mean(pairs.scores(by: likeness, parallelism: parallelism))
        }
    }
}

/// `rerank.json`: what the lists were made with.
struct RerankSummary: Codable, Sendable, Equatable {
    /// What colour lost, by measure; empty for nothing.
    var colour: [ColourMeasure.Strength]
    /// The attribute that named colour groups; empty for none.
    var colourAttribute: String
    /// Items that no list shows, within the depth of `rerank.exposure`.
    var unshownItems: Int

    static let fileName = "rerank.json"

    enum CodingKeys: String, CodingKey {
        case colour
        case colourAttribute = "colour_attribute"
        case unshownItems = "unshown_items"
    }

    /// What was taken out; nil where nothing was.
    func damping(_ catalog: OutfitCatalog, palette: PaletteSimilarity?) -> ColourDamping? {
        let measures = ColourMeasure.all(catalog, attribute: colourAttribute, palette: palette)
        let terms = colour.compactMap { part in
            measures.first { $0.name == part.measure && part.strength > 0 }.map {
                ColourDamping.Term($0.likeness, strength: part.strength)
            }
        }
        return terms.isEmpty ? nil : ColourDamping(terms)
    }
}
