import Compatibility
import Features
import LinearAlgebra
import Testing

/// Pairs from Sharma, Wu and Dalal (2005), table 1, which the usual mistakes get wrong.
@Test(arguments: [
    ([50.0, 2.6772, -79.7751], [50.0, 0, -82.7485], 2.0425), ([50, -1.3802, -84.2814], [50, 0, -82.7485], 1.0000),
    ([50, -1, 2], [50, 0, 0], 2.3669), ([50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792),
    ([50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195), ([50, 2.5, 0], [73, 25, -18], 27.1492),
    ([50, 2.5, 0], [50, 3.2592, 0.3350], 1.0000),
    ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
    ([22.7233, 20.0904, -46.6940], [23.0331, 14.9730, -42.5619], 2.0373),
    ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
])
func ciede2000AgreesWithThePublishedTable(p: [Double], q: [Double], expected: Double) {
    let colours = [p, q].map { LabColour(lightness: Float($0[0]), a: Float($0[1]), b: Float($0[2])) }
    #expect(abs(ColourDistance.ciede2000(colours[0], colours[1]) - Float(expected)) < 2e-3)
    #expect(abs(ColourDistance.ciede2000(colours[1], colours[0]) - Float(expected)) < 2e-3)
}

@Test func everyColourNameIsNearestToItself() {
    for entry in ColourName.all { #expect(ColourName.nearest(to: entry.colour) == entry.name) }
    #expect(Set(ColourName.all.map(\.name)).count == ColourName.all.count)
}

private func randomPalette(_ stream: inout RandomStream) -> [WeightedColour] {
    let count = 1 + stream.index(below: 5)
    let weights = (0..<count).map { _ in 0.1 + stream.uniform() }
    let total = weights.reduce(0, +)
    return weights.map { weight in
        WeightedColour(
            colour: LabColour(
                lightness: stream.uniform() * 100, a: stream.uniform() * 100 - 50, b: stream.uniform() * 100 - 50),
            weight: weight / total)
    }
}

private func paletteBlock(_ palettes: [[WeightedColour]?]) -> FeatureBlock {
    let grey = LabColour(lightness: 50, a: 0, b: 0)
    var values: [Float] = []
    for palette in palettes {
        values +=
            palette.map { PaletteRow.encode($0, mean: grey, spread: grey) }
            ?? [Float](repeating: 0, count: PaletteRow.dimension)
    }
    return FeatureBlock(
        name: PaletteRow.blockName,
        values: .dense(Matrix(rowCount: palettes.count, columnCount: PaletteRow.dimension, values: values)),
        isPresent: palettes.map { $0 != nil })
}

@Test func paletteSimilarityEqualsThePaletteDistance() throws {
    var stream = RandomStream(seed: 11)
    let palettes = (0..<40).map { _ in randomPalette(&stream) }
    let scorer = try #require(PaletteSimilarity(palette: paletteBlock(palettes)))
    let all = Array(0..<40)
    let scores = scorer.scores(anchors: all, candidates: all)
    for p in all {
        for q in all {
            let distance = ColourDistance.palette(palettes[p], palettes[q], distance: ColourDistance.cie76)
            #expect(abs(scores[p, q] - exponential(-distance / 25)) < 1e-4)
            #expect(scores[p, q] == scores[q, p])
        }
        #expect(scores[p, p] > 0.999)
    }
}

/// e^x by its series, as an oracle of its own.
private func exponential(_ x: Float) -> Float {
    var (sum, term) = (1.0, 1.0)
    for k in 1..<60 {
        term *= Double(x) / 64 / Double(k)
        sum += term
    }
    var result = 1.0
    for _ in 0..<64 { result *= sum }
    return Float(result)
}

@Test func itemWithoutPaletteIsNeitherFirstNorLast() throws {
    var stream = RandomStream(seed: 5)
    let palettes: [[WeightedColour]?] = (0..<30).map { $0 == 7 ? nil : randomPalette(&stream) }
    let scorer = try #require(PaletteSimilarity(palette: paletteBlock(palettes)))
    let scores = scorer.scores(anchors: [0], candidates: Array(1..<30))
    let missing = scores[0, 6]
    #expect(missing == scorer.missingScore)
    #expect(scores.values.contains { $0 > missing })
    #expect(scores.values.contains { $0 < missing })
}

@Test func narrowBlockIsNoPalette() {
    let block = FeatureBlock(
        name: "palette", values: .dense(Matrix(rowCount: 2, columnCount: 3)), isPresent: [true, true])
    #expect(PaletteSimilarity(palette: block) == nil)
}

@Test func paletteThatNoItemHasIsNone() {
    #expect(PaletteSimilarity(palette: paletteBlock([nil, nil])) == nil)
}
