private import Foundation
internal import LinearAlgebra

/// What the header of a model file says beside its tensors.
private struct ModelDescription: Codable {
    var categories: [String]
    var shapes: [ModelShape]
    var itemCounts: [Int]
    var probeBlocks: [ModelShape.Block]
    /// Nil without a completion model.
    var completion: CompletionModel.Description?

    enum CodingKeys: String, CodingKey {
        case categories, shapes, completion
        case itemCounts = "item_counts"
        case probeBlocks = "probe_blocks"
    }
}

/// A model is one `.safetensors` file, version 8.
///
/// | tensor | type | what |
/// |---|---|---|
/// | `member-<m>.parameters` | F32 | in the order of `ModelShape` |
/// | `member-<m>.seen` | I32 | rows of the items with embeddings of their own |
/// | `member-<m>.variants` | I32 | for each item the place of its variants' embedding, or -1; empty without any |
/// | `member-<m>.block-<b>.mean`, `.scale` | F32 | the normalisation of a block |
/// | `company.temperature`, `.offsets` | F32 | the company term, where there is one: one value, one an item |
/// | `company.pair-offsets`, `.partners`, `.values` | I32, I32, F32 | its pairs in compressed rows |
/// | `completion.*` | I32, F32 | the completion model, where there is one: `CompletionModel+Format.swift` |
/// | `probe.rows`, `probe.outputs` | I32, F32 | known inputs' rows, and the recorded embeddings |
/// | `probe.<block>.values` (dense), `.offsets`, `.columns`, `.values` (sparse), `.present` | | the known inputs |
///
/// Metadata: `format`, `version`, `description` (JSON: categories, shapes) and `digest`, FNV-1a over everything else, so
/// that a flipped bit is noticed.
extension CompatibilityModel {
    private static let format = "atelier-compatibility-model"
    private static let version = "8"

    /// Version 2 knew no completion model, and those of versions 3 to 7 saw less or were put otherwise: they cannot be run
    /// any more.
    private static func canRead(_ file: SafeTensors, version: String) -> Bool {
        switch version {
        case Self.version: true
        case "2", "3", "4", "5", "6", "7": !file.tensors.keys.contains { $0.hasPrefix("completion.") }
        default: false
        }
    }

    package func safetensors() -> [UInt8] {
        var file = SafeTensors()
        var description = ModelDescription(
            categories: categories, shapes: members.map(\.shape), itemCounts: members.map(\.itemCount), probeBlocks: [])
        for (number, member) in members.enumerated() {
            file.tensors["member-\(number).parameters"] = Tensor(member.parameters)
            file.tensors["member-\(number).seen"] = Tensor(member.seenItems)
            file.tensors["member-\(number).variants"] = Tensor(member.variantOfItem)
            for (block, normalisation) in member.normalisation.enumerated() {
                file.tensors["member-\(number).block-\(block).mean"] = Tensor(normalisation.mean)
                file.tensors["member-\(number).block-\(block).scale"] = Tensor(normalisation.scale)
            }
        }
        company?.store(in: &file)
        completion?.store(in: &file)
        description.completion = completion?.description
        if let probe {
            file.tensors["probe.rows"] = Tensor(probe.rows)
            file.tensors["probe.outputs"] = Tensor(probe.outputs)
            for block in probe.blocks {
                block.store(in: &file)
                description.probeBlocks.append(block.description)
            }
        }
        file.metadata["format"] = Self.format
        file.metadata["version"] = Self.version
        file.metadata["description"] = CanonicalJSON.text(of: description)
        file.metadata["digest"] = TensorDigest.text(of: file)
        return file.encoded()
    }

    /// - Throws: also where the bytes are sound but the network does not give the recorded outputs for the known inputs.
    package init(safetensors bytes: [UInt8]) throws(ModelError) {
        let file: SafeTensors
        do { file = try SafeTensors(decoding: bytes) } catch { throw .container(error) }
        let version = file.metadata["version"] ?? "none"
        guard file.metadata["format"] == Self.format, Self.canRead(file, version: version) else {
            throw .unknownVersion(version)
        }
        guard file.metadata["digest"] == TensorDigest.text(of: file) else { throw .damagedTensors }
        guard let text = file.metadata["description"],
            let description = try? JSONDecoder().decode(ModelDescription.self, from: Data(text.utf8)),
            description.shapes.count == description.itemCounts.count, !description.shapes.isEmpty
        else { throw .damagedDescription("description") }
        do {
            var members: [ModelMember] = []
            for (number, shape) in description.shapes.enumerated() {
                members.append(
                    try ModelMember(
                        file: file, number: number, shape: shape, itemCount: description.itemCounts[number],
                        categoryCount: description.categories.count))
            }
            var probe: ModelProbe?
            if file.tensors["probe.rows"] != nil {
                var blocks: [ProbeBlock] = []
                let rows = try file.values("probe.rows", as: Int32.self)
                for block in description.probeBlocks {
                    blocks.append(try ProbeBlock(file: file, description: block, rowCount: rows.count))
                }
                probe = ModelProbe(
                    rows: rows, blocks: blocks, outputs: try file.matrix("probe.outputs", rows: rows.count))
            }
            self.init(
                categories: description.categories, members: members, probe: probe,
                company: try CompanyTerm(file: file),
                completion: try description.completion.map { try CompletionModel(file: file, description: $0) })
        } catch let error as ModelError {
            throw error
        } catch let error as SafeTensorsError {
            throw .container(error)
        } catch {
            throw .damagedTensors
        }
        try probe?.check(self)
    }
}

extension ModelMember {
    fileprivate init(
        file: SafeTensors, number: Int, shape: ModelShape, itemCount: Int, categoryCount: Int
    ) throws {
        guard shape.isSound, shape.categoryCount == categoryCount else {
            throw ModelError.damagedDescription("shape of member \(number)")
        }
        let parameters = try file.values("member-\(number).parameters", as: Float.self, count: shape.parameterCount)
        guard parameters.allSatisfy(\.isFinite) else { throw ModelError.notFinite(member: number) }
        let seen = try file.values("member-\(number).seen", as: Int32.self, count: shape.seenItemCount)
        guard zip(seen, seen.dropFirst()).allSatisfy({ $0 < $1 }), seen.allSatisfy({ $0 >= 0 && $0 < itemCount }) else {
            throw ModelError.damagedDescription("seen items of member \(number)")
        }
        let variants = try file.values("member-\(number).variants", as: Int32.self)
        guard variants.count == (shape.variantCount == 0 ? 0 : itemCount),
            variants.allSatisfy({ $0 >= -1 && Int($0) < shape.variantCount })
        else {
            throw ModelError.damagedDescription("variants of member \(number)")
        }
        var normalisation: [BlockNormalisation] = []
        for (index, block) in shape.blocks.enumerated() {
            let name = "member-\(number).block-\(index)"
            normalisation.append(
                BlockNormalisation(
                    mean: try file.values("\(name).mean", count: block.isSparse ? 0 : block.dimension),
                    scale: try file.values("\(name).scale", count: block.isSparse ? 1 : block.dimension)))
        }
        self.init(
            shape: shape, normalisation: normalisation, itemCount: itemCount, seenItems: seen,
            variantOfItem: variants, parameters: parameters)
    }
}

extension ModelShape {
    /// Whether sizes are in range, so that the number of parameters cannot overflow.
    fileprivate var isSound: Bool {
        (1...4096).contains(dimension) && (1...16384).contains(hidden) && (1...10_000).contains(categoryCount)
            && (0...1_000_000_000).contains(seenItemCount)
            && (0...1_000_000_000).contains(variantCount) && blocks.count <= 10_000
            && blocks.allSatisfy { (0...10_000_000).contains($0.dimension) }
    }
}

extension ProbeBlock {
    fileprivate var description: ModelShape.Block {
        ModelShape.Block(name: name, dimension: block.dimension, isSparse: sparse != nil)
    }

    fileprivate func store(in file: inout SafeTensors) {
        file.tensors["probe.\(name).present"] = Tensor(isPresent.map { $0 ? UInt8(1) : 0 })
        if let dense { file.tensors["probe.\(name).values"] = Tensor(dense) }
        if let sparse {
            file.tensors["probe.\(name).offsets"] = Tensor(sparse.rowOffsets)
            file.tensors["probe.\(name).columns"] = Tensor(sparse.columns)
            file.tensors["probe.\(name).values"] = Tensor(sparse.values)
        }
    }

    fileprivate init(file: SafeTensors, description: ModelShape.Block, rowCount: Int) throws {
        let name = description.name
        let present = try file.values("probe.\(name).present", as: UInt8.self, count: rowCount).map { $0 != 0 }
        if description.isSparse {
            let sparse = SparseMatrix(
                columnCount: description.dimension,
                rowOffsets: try file.values("probe.\(name).offsets", count: rowCount + 1),
                columns: try file.values("probe.\(name).columns"), values: try file.values("probe.\(name).values"))
            guard let sparse else { throw ModelError.damagedDescription("probe block \(name)") }
            self.init(name: name, dense: nil, sparse: sparse, isPresent: present)
        } else {
            let dense = try file.matrix("probe.\(name).values", rows: rowCount, columns: description.dimension)
            self.init(name: name, dense: dense, sparse: nil, isPresent: present)
        }
    }
}
