internal import CKernels
private import Foundation
internal import LinearAlgebra

/// One trained network: its shape, how it reads features, and its parameters.
package struct ModelMember: Sendable, Equatable {
    package let shape: ModelShape
    /// In the order of the shape's blocks.
    package let normalisation: [BlockNormalisation]
    /// Items of the catalogue that it was trained on.
    package let itemCount: Int
    /// Rows of the items with an embedding of their own, ascending.
    package let seenItems: [Int32]
    /// For each item the place of its variants' embedding, or -1; empty where there are none.
    package let variantOfItem: [Int32]
    /// In the order of `ModelShape`.
    package let parameters: [Float]

    /// Columns of this member's embeddings.
    var width: Int { shape.embeddingWidth }

    /// The network over these features.
    func tower(over features: FeatureSet) throws(ModelError) -> ItemTower {
        if !(seenItems.isEmpty && variantOfItem.isEmpty), features.itemCount != itemCount {
            throw .itemCountMismatch(model: itemCount, features: features.itemCount)
        }
        let blocks = try Self.blocks(of: shape, in: features)
        var seenIndex = [Int32](repeating: -1, count: features.itemCount)
        for (index, row) in seenItems.enumerated() { seenIndex[Int(row)] = Int32(index) }
        return ItemTower(
            shape: shape, features: blocks, normalisation: normalisation, seenIndex: seenIndex,
            variantIndex: variantOfItem)
    }

    static func blocks(of shape: ModelShape, in features: FeatureSet) throws(ModelError) -> [FeatureBlock] {
        var blocks: [FeatureBlock] = []
        for wanted in shape.blocks {
            guard let block = features.blocks.first(where: { $0.name == wanted.name }),
                block.dimension == wanted.dimension, block.isSparse == wanted.isSparse
            else { throw .featureMismatch(block: wanted.name) }
            blocks.append(block)
        }
        return blocks
    }

    /// Rows q such that q · e(candidate of the target category) is the score.
    func queries(_ anchors: UnsafePointer<Float>, stride: Int, count: Int, categories: [Int], target: Int) -> Matrix {
        parameters.withUnsafeBufferPointer { values in
            var queries = Matrix(rowCount: count, columnCount: width)
            guard let base = values.baseAddress else { return queries }
            EmbeddingProjection(shape: shape, parameters: base).fill(
                &queries.values, from: anchors, stride: stride, count: count, categories: categories, target: target)
            return queries
        }
    }
}

extension FeatureBlock {
    var isSparse: Bool {
        if case .sparse = values { return true }
        return false
    }
}

/// Embeddings of all items by parameters that may still be in training.
struct ItemEmbedder: Sendable {
    let tower: ItemTower

    static let chunk = 256

    /// n x `embeddingWidth`, and how often each hidden unit was above 0.
    ///
    /// A row is e, or (e, bias, 1) where there are biases.
    func embeddings(
        rows: [Int32], parameters: UnsafePointer<Float>, parallelism: Parallelism
    ) -> (vectors: Matrix, activeCounts: [Int]) {
        let shape = tower.shape
        let tower = tower
        let pointer = ReadPointer(parameters)
        var vectors = Matrix(rowCount: rows.count, columnCount: shape.embeddingWidth)
        var active = [Int](repeating: 0, count: shape.hidden)
        vectors.values.withUnsafeMutableBufferPointer { buffer in
            let slots = DisjointSlots(base: buffer)
            let counts = parallelism.mapChunks(of: rows.count, chunkSize: Self.chunk) { _, range in
                Self.embed(Array(rows[range]), tower: tower, parameters: pointer.base) { item, output in
                    let start = (range.lowerBound + item) * shape.embeddingWidth
                    for place in 0..<shape.dimension { slots.base[start + place] = output[place] }
                    if shape.itemBias {
                        slots.base[start + shape.dimension] = output[shape.dimension]
                        slots.base[start + shape.dimension + 1] = 1
                    }
                }
            }
            for chunk in counts { for unit in 0..<shape.hidden { active[unit] += chunk[unit] } }
        }
        return (vectors, active)
    }

    private static func embed(
        _ rows: [Int32], tower: ItemTower, parameters: UnsafePointer<Float>,
        write: (_ item: Int, _ output: UnsafePointer<Float>) -> Void
    ) -> [Int] {
        let shape = tower.shape
        let count = rows.count
        let inputs = FloatBuffer(count: count * shape.denseColumnCount)
        let presence = ScratchBuffer<UInt8>(count: count * shape.blocks.count)
        let hidden = FloatBuffer(count: count * shape.hidden)
        let outputs = FloatBuffer(count: count * shape.outputCount)
        let lengths = FloatBuffer(count: count)
        let seen = ScratchBuffer<Int32>(count: count)
        let variants = ScratchBuffer<Int32>(count: count)
        rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            tower.forward(
                parameters: parameters, rows: base, count: count,
                into: TowerActivations(
                    inputs: inputs.base, presence: presence.base, hidden: hidden.base, outputs: outputs.base,
                    lengths: lengths.base, seen: seen.base, variants: variants.base))
        }
        var active = [Int](repeating: 0, count: shape.hidden)
        for item in 0..<count {
            write(item, outputs.base + item * shape.outputCount)
            for unit in 0..<shape.hidden where hidden.base[item * shape.hidden + unit] > 0 { active[unit] += 1 }
        }
        return active
    }
}

/// From the embeddings of anchors to queries for a category.
struct EmbeddingProjection {
    let shape: ModelShape
    let parameters: UnsafePointer<Float>

    /// Writes `count` queries of the embedding's width: (scale * e M, 1, bias), or scale * e M without biases.
    func fill(
        _ queries: inout [Float], from anchors: UnsafePointer<Float>, stride: Int, count: Int, categories: [Int],
        target: Int
    ) {
        let dimension = shape.dimension
        let width = shape.embeddingWidth
        let scale = exp(parameters[shape.scale])
        let matrix = FloatBuffer(count: shape.projectionSize)
        queries.withUnsafeMutableBufferPointer { buffer in
            guard let output = buffer.baseAddress else { return }
            for category in Set(categories).sorted() {
                let pair = shape.projections.lowerBound + shape.pair(category, target) * shape.projectionSize
                ProjectionMatrices.fill(
                    matrix.base, from: parameters + pair, isSymmetric: category == target, dimension: dimension)
                let rows = (0..<count).filter { categories[$0] == category }
                let isWhole = rows.count == count
                let gathered = FloatBuffer(count: isWhole ? 0 : rows.count * dimension)
                let products = FloatBuffer(count: isWhole ? 0 : rows.count * dimension)
                if !isWhole {
                    for (place, row) in rows.enumerated() {
                        (gathered.base + place * dimension).update(from: anchors + row * stride, count: dimension)
                    }
                }
                BLAS.gemm(
                    transposeB: category > target, rows: rows.count, columns: dimension, inner: dimension, alpha: scale,
                    a: isWhole ? anchors : UnsafePointer(gathered.base), lda: isWhole ? stride : dimension,
                    b: matrix.base, ldb: dimension, c: isWhole ? output : products.base,
                    ldc: isWhole ? width : dimension)
                if !isWhole {
                    for (place, row) in rows.enumerated() {
                        (output + row * width).update(from: products.base + place * dimension, count: dimension)
                    }
                }
            }
            guard shape.itemBias else { return }
            for row in 0..<count {
                output[row * width + dimension] = 1
                output[row * width + dimension + 1] = anchors[row * stride + dimension]
            }
        }
    }
}
