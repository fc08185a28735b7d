import Compatibility
import LinearAlgebra

/// A small catalogue whose outfits follow a planted style, for training tests.
///
/// Items have a category, a style and a colour. Outfits hold one item of each category, all of one style; colour decides
/// nothing. Features show the style with noise.
struct PlantedOutfits {
    var itemCount = 120
    var categoryCount = 3
    var styleCount = 4
    var outfitCount = 300
    var seed: UInt64 = 7

    func category(_ row: Int) -> Int { row % categoryCount }
    func style(_ row: Int) -> Int { (row / categoryCount) % styleCount }

    func features(sparseAlone: Bool = false) -> FeatureSet {
        var random = RandomStream(seed: seed, stream: 1)
        var dense = Matrix(rowCount: itemCount, columnCount: 6)
        var sparse = SparseMatrix(columnCount: 10)
        var isPresent: [Bool] = []
        for row in 0..<itemCount {
            for column in 0..<6 {
                dense[row, column] = (column == style(row) ? 2 : 0) + 0.3 * random.normal() + 5
            }
            isPresent.append(row % 11 != 3)
            var entries = [(column: category(row), value: Float(1)), (column: 3 + row % 7, value: Float(0.5))]
            if row % 5 == 0 { entries.removeLast() }
            sparse.appendRow(entries)
        }
        let all = [Bool](repeating: true, count: itemCount)
        let attributes = FeatureBlock(name: "attributes", values: .sparse(sparse), isPresent: all)
        if sparseAlone { return FeatureSet(itemCount: itemCount, blocks: [attributes]) }
        return FeatureSet(
            itemCount: itemCount,
            blocks: [attributes, FeatureBlock(name: "picture", values: .dense(dense), isPresent: isPresent)])
    }

    func outfits(stream: UInt64, count: Int) -> [Outfit] {
        var random = RandomStream(seed: seed, stream: stream)
        let perStyle = itemCount / (categoryCount * styleCount)
        return (0..<count).map { number in
            let style = random.index(below: styleCount)
            let items = (0..<categoryCount).map { category in
                (random.index(below: perStyle) * styleCount + style) * categoryCount + category
            }
            return Outfit(id: "\(stream)-\(number)", items: items)
        }
    }

    func data(validationCount: Int = 60) -> TrainingData {
        let training = outfits(stream: 2, count: outfitCount)
        return TrainingData(
            features: features(), categories: (0..<categoryCount).map { "category \($0)" },
            categoryOfItem: (0..<itemCount).map(category), training: training,
            validation: outfits(stream: 3, count: validationCount),
            groups: NegativeGroups(
                family: ItemGroups(groupOfItem: (0..<itemCount).map(category))),
            variants: VariantGroups((0..<itemCount).map { "\($0 % 12 + 12 * ($0 / 24))" }))
    }

    func configuration() -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.dimension = 8
        configuration.hidden = 16
        configuration.epochs = 4
        configuration.batch = 64
        configuration.learningRate = 0.01
        configuration.negatives.random = 3
        configuration.negatives.sameFamily = 3
        return configuration
    }
}
