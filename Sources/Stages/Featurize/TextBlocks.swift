internal import Compatibility
internal import Features

/// The blocks that come from words and columns: hashed words, one-hots and numbers.
struct TextBlocks {
    private let settings: TextParameters

    init(_ settings: TextParameters) {
        self.settings = settings
    }

    func blocks(of catalog: OutfitCatalog, descriptions: [VisualDescription?]) -> [FeatureBlock] {
        let selection = settings.selection
        let texts = zip(catalog.items, descriptions).map {
            ItemText.text(of: $0, attributes: selection, description: $1)
        }
        var blocks = [
            TextFeatureExtractor(dimension: settings.dimension).block(of: texts),
            AttributeFeatureExtractor(
                items: catalog.items, attributes: selection, leastCount: settings.minimumCount
            ).block(of: catalog.items),
        ]
        if let numbers = NumberFeatureExtractor.block(of: catalog.items) { blocks.append(numbers) }
        return blocks
    }
}
