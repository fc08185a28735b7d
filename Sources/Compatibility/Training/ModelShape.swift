/// What decides the number and the places of a model's parameters.
///
/// All parameters lie in one vector, so that the optimizer, averaging, checkpoints and the checks by finite differences
/// treat them alike. In order: the weights of the dense blocks (their columns one after another, each x hidden), of each
/// sparse block, the stand-ins of missing blocks, the hidden biases, the output weights (hidden x outputs), the output
/// biases, the projections of the unordered pairs of categories (as differences from the identity), the logarithm of the
/// scale, the item embeddings, the variant embeddings.
package struct ModelShape: Sendable, Equatable, Codable {
    package struct Block: Sendable, Equatable, Codable {
        package var name: String
        package var dimension: Int
        package var isSparse: Bool
    }

    /// Ascending by name.
    package var blocks: [Block]
    package var hidden: Int
    /// Width of the shared space.
    package var dimension: Int
    package var categoryCount: Int
    /// Items with an embedding of their own.
    package var seenItemCount: Int
    /// Groups of variants (the colours of one model) with an embedding of their own.
    package var variantCount: Int
    package var projection: ProjectionKind
    package var normalised: Bool
    package var itemBias: Bool

    enum CodingKeys: String, CodingKey {
        case blocks, hidden, dimension, projection, normalised
        case categoryCount = "category_count"
        case seenItemCount = "seen_item_count"
        case variantCount = "variant_count"
        case itemBias = "item_bias"
    }

    /// The shared space and the bias.
    var outputCount: Int { dimension + 1 }
    var pairCount: Int { categoryCount * (categoryCount + 1) / 2 }
    var projectionSize: Int { dimension * dimension }

    var denseBlocks: [Int] { blocks.indices.filter { !blocks[$0].isSparse } }
    var sparseBlocks: [Int] { blocks.indices.filter { blocks[$0].isSparse } }
    var denseColumnCount: Int { denseBlocks.reduce(0) { $0 + blocks[$1].dimension } }

    /// The first of a dense block's columns among the columns of all dense blocks.
    func denseColumn(ofBlock block: Int) -> Int {
        denseBlocks.prefix { $0 < block }.reduce(0) { $0 + blocks[$1].dimension }
    }

    var denseWeights: Range<Int> { 0..<denseColumnCount * hidden }

    /// The weights of a block, dense or sparse: its dimension x hidden.
    func weights(ofBlock block: Int) -> Range<Int> {
        var start: Int
        if blocks[block].isSparse {
            start = denseWeights.upperBound
            for other in sparseBlocks where other < block { start += blocks[other].dimension * hidden }
        } else {
            start = denseColumn(ofBlock: block) * hidden
        }
        return start..<start + blocks[block].dimension * hidden
    }

    /// Of all blocks: block x hidden.
    var standIns: Range<Int> {
        let start = blocks.reduce(0) { $0 + $1.dimension } * hidden
        return start..<start + blocks.count * hidden
    }

    var hiddenBias: Range<Int> { standIns.upperBound..<standIns.upperBound + hidden }
    var outputWeights: Range<Int> { hiddenBias.upperBound..<hiddenBias.upperBound + hidden * outputCount }
    var outputBias: Range<Int> { outputWeights.upperBound..<outputWeights.upperBound + outputCount }
    var projections: Range<Int> { outputBias.upperBound..<outputBias.upperBound + pairCount * projectionSize }
    var scale: Int { projections.upperBound }
    var items: Range<Int> { scale + 1..<scale + 1 + seenItemCount * outputCount }
    var variants: Range<Int> { items.upperBound..<items.upperBound + variantCount * outputCount }
    package var parameterCount: Int { variants.upperBound }

    /// The position of the unordered pair among all pairs.
    func pair(_ a: Int, _ b: Int) -> Int {
        let low = min(a, b)
        return low * categoryCount - low * (low - 1) / 2 + max(a, b) - low
    }

    /// Columns of `embeddings`: the shared space, and the bias with its counterpart where there is one.
    package var embeddingWidth: Int { dimension + (itemBias ? 2 : 0) }
}
