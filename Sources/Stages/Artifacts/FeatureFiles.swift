package import Compatibility
internal import Foundation
internal import LinearAlgebra

/// The `features` artifact: one group of `.npy` files a block, and `blocks.json` that lists them.
///
///     blocks.json              [{"name", "kind": "dense" | "sparse", "dimension", "common_scale"}], ascending by name
///     <name>.npy               dense: float32, items x dimension
///     <name>.offsets.npy       sparse: int32, items + 1
///     <name>.columns.npy       sparse: int32, one an entry
///     <name>.values.npy        sparse: float32, one an entry
///     <name>.present.npy       uint8, one an item: 0 where the item lacks the block
package struct FeatureFiles: Sendable {
    struct Entry: Codable, Equatable {
        var name: String
        var kind: String
        var dimension: Int
        /// Only where it is so.
        var commonScale: Bool?

        enum CodingKeys: String, CodingKey {
            case name, kind, dimension
            case commonScale = "common_scale"
        }
    }

    private let files: ArtifactFiles

    package init(_ files: ArtifactFiles) {
        self.files = files
    }

    package func write(_ features: FeatureSet) throws {
        var entries: [Entry] = []
        for block in features.blocks {
            switch block.values {
            case .dense(let matrix):
                try files.write("\(block.name).npy", matrix)
                entries.append(
                    Entry(
                        name: block.name, kind: "dense", dimension: matrix.columnCount,
                        commonScale: block.hasCommonScale ? true : nil))
            case .sparse(let matrix):
                try files.write("\(block.name).offsets.npy", vector: matrix.rowOffsets)
                try files.write("\(block.name).columns.npy", vector: matrix.columns)
                try files.write("\(block.name).values.npy", vector: matrix.values)
                entries.append(Entry(name: block.name, kind: "sparse", dimension: matrix.columnCount))
            }
            try files.write("\(block.name).present.npy", vector: block.isPresent.map { $0 ? UInt8(1) : 0 })
        }
        try files.writeJSON("blocks.json", entries)
    }

    /// Ascending.
    func blockNames() throws(ArtifactFileError) -> [String] {
        try files.readJSON("blocks.json", as: [Entry].self).map(\.name)
    }

    /// - Parameter names: the blocks to read; nil reads all.
    package func read(_ names: Set<String>? = nil) throws(ArtifactFileError) -> FeatureSet {
        let entries = try files.readJSON("blocks.json", as: [Entry].self)
        var blocks: [FeatureBlock] = []
        var itemCount = 0
        for entry in entries where names?.contains(entry.name) ?? true {
            let present = try files.readVector("\(entry.name).present.npy", of: UInt8.self).map { $0 != 0 }
            itemCount = present.count
            let values: FeatureBlock.Values
            if entry.kind == "dense" {
                values = .dense(try files.readMatrix("\(entry.name).npy"))
            } else {
                values = .sparse(try readSparse(entry))
            }
            let block = FeatureBlock(
                name: entry.name, values: values, isPresent: present, hasCommonScale: entry.commonScale ?? false)
            guard present.count == (blocks.first?.isPresent.count ?? present.count), block.rowCount == present.count,
                block.dimension == entry.dimension
            else {
                throw .malformed(
                    path: files.url(entry.name).path, reason: "its rows and columns are not those of the features")
            }
            blocks.append(block)
        }
        return FeatureSet(itemCount: itemCount, blocks: blocks)
    }

    private func readSparse(_ entry: Entry) throws(ArtifactFileError) -> SparseMatrix {
        let matrix = SparseMatrix(
            columnCount: entry.dimension, rowOffsets: try files.readVector("\(entry.name).offsets.npy"),
            columns: try files.readVector("\(entry.name).columns.npy"),
            values: try files.readVector("\(entry.name).values.npy"))
        guard let matrix else {
            throw .malformed(
                path: files.url(entry.name).path, reason: "offsets, columns and values do not fit together")
        }
        return matrix
    }
}

extension FeatureSet {
    /// Colour likeness by the palette block; nil where no picture was measured.
    var palette: PaletteSimilarity? {
        blocks.first { $0.name == PaletteRow.blockName }.flatMap { PaletteSimilarity(palette: $0) }
    }
}
