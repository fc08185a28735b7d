package import LinearAlgebra

/// Known inputs and the outputs that the model gave for them when it was trained.
///
/// A loaded model that does not reproduce them is not the trained one: a lost embedding table, another normalisation.
package struct ModelProbe: Sendable, Equatable {
    /// The catalogue rows that the inputs were taken from, for their own embeddings.
    package let rows: [Int32]
    /// The raw features of these rows.
    package let blocks: [ProbeBlock]
    /// Of each input its embedding: rows x dimension.
    package let outputs: Matrix

    /// The largest difference that rounding on another processor explains, relative to the largest output.
    static let tolerance: Float = 1e-3

    /// Takes up to `count` rows at even distances.
    static func inputs(from features: FeatureSet, names: [String], count: Int = 8) -> ModelProbe {
        let taken = min(count, features.itemCount)
        let rows = (0..<taken).map { $0 * features.itemCount / max(1, taken) }
        let blocks = features.blocks.filter { names.contains($0.name) }.map { ProbeBlock($0, rows: rows) }
        return ModelProbe(
            rows: rows.map(Int32.init), blocks: blocks, outputs: Matrix(rowCount: 0, columnCount: 0))
    }

    init(rows: [Int32], blocks: [ProbeBlock], outputs: Matrix) {
        self.rows = rows
        self.blocks = blocks
        self.outputs = outputs
    }

    /// The same inputs with the outputs of this model.
    func recorded(by model: CompatibilityModel) throws(ModelError) -> ModelProbe {
        ModelProbe(rows: rows, blocks: blocks, outputs: try outputs(of: model))
    }

    /// What the model's networks give for the inputs; the company term is no network.
    func outputs(of model: CompatibilityModel) throws(ModelError) -> Matrix {
        let features = FeatureSet(itemCount: rows.count, blocks: blocks.map(\.block))
        var members: [ModelMember] = []
        for member in model.members { members.append(try member.restricted(to: rows)) }
        let restricted = CompatibilityModel(categories: model.categories, members: members, probe: nil)
        return try restricted.embeddings(of: features, categoryOfItem: [Int](repeating: 0, count: rows.count))
    }

    /// - Throws: `probeMismatch` where the model's outputs are not the recorded ones.
    func check(_ model: CompatibilityModel) throws(ModelError) {
        let found = try outputs(of: model)
        guard found.rowCount == outputs.rowCount, found.columnCount == outputs.columnCount else {
            throw .probeMismatch(largestDifference: .infinity)
        }
        var largest: Float = 0
        var difference: Float = 0
        for (a, b) in zip(found.values, outputs.values) {
            largest = max(largest, abs(b))
            difference = max(difference, (a - b).isFinite ? abs(a - b) : .infinity)
        }
        if difference > Self.tolerance * max(1, largest) { throw .probeMismatch(largestDifference: difference) }
    }
}

/// The rows of one block that a probe keeps.
package struct ProbeBlock: Sendable, Equatable {
    package let name: String
    package let dense: Matrix?
    package let sparse: SparseMatrix?
    package let isPresent: [Bool]

    init(name: String, dense: Matrix?, sparse: SparseMatrix?, isPresent: [Bool]) {
        self.name = name
        self.dense = dense
        self.sparse = sparse
        self.isPresent = isPresent
    }

    init(_ block: FeatureBlock, rows: [Int]) {
        name = block.name
        isPresent = rows.map { block.isPresent[$0] }
        switch block.values {
        case .dense(let matrix):
            dense = matrix.rows(at: rows)
            sparse = nil
        case .sparse(let matrix):
            var kept = SparseMatrix(columnCount: matrix.columnCount)
            for row in rows {
                kept.appendRow(matrix.entryRange(ofRow: row).map { (Int(matrix.columns[$0]), matrix.values[$0]) })
            }
            dense = nil
            sparse = kept
        }
    }

    var block: FeatureBlock {
        if let sparse { return FeatureBlock(name: name, values: .sparse(sparse), isPresent: isPresent) }
        return FeatureBlock(
            name: name, values: .dense(dense ?? Matrix(rowCount: isPresent.count, columnCount: 0)), isPresent: isPresent
        )
    }
}

extension ModelMember {
    /// The same network over a catalogue of only these rows.
    func restricted(to rows: [Int32]) throws(ModelError) -> ModelMember {
        var kept: [Int32] = []
        var embeddings: [Float] = []
        let places = Dictionary(uniqueKeysWithValues: seenItems.enumerated().map { ($0.element, $0.offset) })
        for (row, original) in rows.enumerated() {
            guard let place = places[original] else { continue }
            kept.append(Int32(row))
            let start = shape.items.lowerBound + place * shape.outputCount
            guard start + shape.outputCount <= parameters.count else { throw .damagedTensors }
            embeddings += parameters[start..<start + shape.outputCount]
        }
        var variants: [Int32] = []
        if !variantOfItem.isEmpty {
            for (row, original) in rows.enumerated() {
                guard Int(original) < variantOfItem.count else { throw .damagedTensors }
                let variant = Int(variantOfItem[Int(original)])
                variants.append(variant < 0 ? -1 : Int32(row))
                let start = shape.variants.lowerBound + max(0, variant) * shape.outputCount
                guard start + shape.outputCount <= parameters.count else { throw .damagedTensors }
                embeddings += parameters[start..<start + shape.outputCount]
            }
        }
        var smaller = shape
        smaller.variantCount = variants.count
        smaller.seenItemCount = kept.count
        return ModelMember(
            shape: smaller, normalisation: normalisation, itemCount: rows.count, seenItems: kept,
            variantOfItem: variants,
            parameters: Array(parameters[..<shape.items.lowerBound]) + embeddings)
    }
}
