internal import Compatibility
private import Foundation
internal import LinearAlgebra

/// A seeded world of items and outfits whose right answers are known.
///
/// Two items go together where they share a style and a season. Outfits follow that, but also, with stated strengths,
/// the colour of their first item and the popularity of items: shortcuts that a model may take, and that tests catch.
package struct SampleUniverse: Sendable {
    package let parameters: SampleParameters
    /// Ascending by id.
    package let items: [SampleItem]
    package let outfits: [SampleOutfit]

    package init(_ parameters: SampleParameters) {
        self.parameters = parameters
        let items = (0..<parameters.itemCount).map { Self.item(parameters.firstItem + $0, parameters) }
        self.items = items
        let wardrobe = Wardrobe(items: items)
        outfits = (0..<parameters.outfitCount).map {
            Self.outfit(parameters.firstOutfit + $0, items, wardrobe, parameters)
        }
    }

    /// The planted truth: whether a stylist of this world would wear the two together.
    package func goTogether(_ a: Int, _ b: Int) -> Bool {
        items[a].style == items[b].style && items[a].season == items[b].season
            && items[a].garment.category != items[b].garment.category
    }

    // MARK: Items

    private static let variantCount = 2

    private static func item(_ index: Int, _ parameters: SampleParameters) -> SampleItem {
        let modelNumber = index / variantCount
        var model = RandomStream(seed: parameters.seed, stream: UInt64(modelNumber))
        var own = RandomStream(seed: parameters.seed, stream: 1 << 40 | UInt64(index))
        let garment = Garment.allCases[model.index(below: Garment.allCases.count)]
        let styleIndex = model.index(below: SampleStyle.all.count)
        let style = SampleStyle.all[styleIndex]
        let season = model.uniform() < 0.5 ? "SS26" : "AW26"
        // One item in eight hides its style behind another's pattern or material, as real ones do.
        let patternStyle = model.uniform() < 0.125 ? SampleStyle.all[model.index(below: SampleStyle.all.count)] : style
        let pattern = patternStyle.patterns[model.index(below: patternStyle.patterns.count)]
        let materialStyle = model.uniform() < 0.125 ? SampleStyle.all[model.index(below: SampleStyle.all.count)] : style
        let material = materialStyle.materials[model.index(below: materialStyle.materials.count)]
        let cut = SampleItem.Cut(
            width: style.width + 0.25 * model.normal(), length: style.length + 0.25 * model.normal(),
            flare: min(1, max(0, style.flare + 0.12 * model.normal())))
        let word = style.words[model.index(below: style.words.count)]
        let firstColour = model.index(below: SampleColour.all.count)
        // The variants of a model have distinct colours.
        let variant = index % variantCount
        let colour =
            (firstColour + variant * (1 + model.index(below: SampleColour.all.count - 1))) % SampleColour.all.count
        let u = max(0.002, Double(own.uniform()))
        let names = TitleWords(
            word: word, pattern: pattern, material: material, garment: garment, colour: SampleColour.all[colour].name)
        let digits = String(modelNumber)
        let modelID = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        return SampleItem(
            id: ItemID(modelID + "-" + (variant < 9 ? "0" : "") + String(variant + 1)), model: modelID,
            garment: garment,
            style: styleIndex, colour: colour, season: season, material: material,
            title: names.title(own.index(below: 12)), price: Double(9 + own.index(below: 190)) + 0.99,
            isAvailable: own.uniform() >= 0.03, popularity: pow(u, -parameters.popularityConfound), pattern: pattern,
            cut: cut)
    }

    // MARK: Outfits

    private static func outfit(
        _ index: Int, _ items: [SampleItem], _ wardrobe: Wardrobe, _ parameters: SampleParameters
    ) -> SampleOutfit {
        var random = RandomStream(seed: parameters.seed, stream: 1 << 41 | UInt64(index))
        let style = random.index(below: SampleStyle.all.count)
        let season = random.uniform() < 0.5 ? "SS26" : "AW26"
        var wanted = random.uniform() < 0.35 ? ["dresses", "shoes"] : ["tops", "bottoms", "shoes"]
        if random.uniform() < 0.6 { wanted.append("bags") }
        if random.uniform() < 0.5 { wanted.append("outerwear") }
        var chosen: [Int] = []
        for category in wanted {
            let follows = Double(random.uniform()) >= parameters.styleNoise
            let itsStyle = follows ? style : random.index(below: SampleStyle.all.count)
            let group = chosen.first.map { SampleColour.all[items[$0].colour].group }
            let matches = Double(random.uniform()) < parameters.colourConfound
            let key = Wardrobe.Key(category: category, season: season, style: itsStyle, group: matches ? group : nil)
            if let item = wardrobe.pick(key, &random), !chosen.contains(item) { chosen.append(item) }
        }
        let part = random.uniform()
        let digits = String(index)
        return SampleOutfit(
            id: "2" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits, items: chosen, style: style,
            split: part < 0.8 ? .train : part < 0.9 ? .validation : .test)
    }
}
