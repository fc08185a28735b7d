import Compatibility
import Encoders
import Foundation
import LinearAlgebra
import Pipeline
import Stages
import Testing

/// That the model of a job learns from the blocks that encoders add.
@Suite(.enabled(if: EncoderLibrary.runtime != nil, EncoderLibrary.withoutRuntime))
struct EncodedBlocksInTrainingTests {
    @Test func anItemsEmbeddingFollowsItsEncodedBlocks() throws {
        let job = try SampleJob()
        try EncoderBlockTests.writeModels(in: job.folder)
        let library = try #require(EncoderLibrary.runtime).path
        let summary = try job.run(
            ["featurize.onnxruntime=\(library)", EncoderBlockTests.images, EncoderBlockTests.texts], until: ["train"])
        #expect(summary.status == .succeeded)
        let bytes = try Data(
            contentsOf: #require(job.artifact("model", of: summary)).appendingPathComponent("model.safetensors"))
        let model = try CompatibilityModel(safetensors: [UInt8](bytes))
        let catalog = try CatalogReader(folder: #require(job.artifact("catalog", of: summary))).catalog()
        let features = try FeatureFiles(ArtifactFiles(#require(job.artifact("features", of: summary)))).read()
        func embeddings(_ blocks: [FeatureBlock]) throws -> Matrix {
            try model.embeddings(
                of: FeatureSet(itemCount: features.itemCount, blocks: blocks), categoryOfItem: catalog.categoryOfItem)
        }
        let before = try embeddings(features.blocks)
        for name in ["image-tiny", "text-table"] {
            let place = try #require(features.blocks.firstIndex { $0.name == name })
            let block = features.blocks[place]
            let item = try #require(block.isPresent.firstIndex(of: true))
            guard case .dense(let rows) = block.values else {
                Issue.record("\(name) is sparse")
                continue
            }
            /// The embeddings with another row of this item, or none.
            func changed(by amount: Float, isPresent: Bool) throws -> Matrix {
                var values = rows
                for column in 0..<rows.columnCount { values[item, column] += amount }
                var present = block.isPresent
                present[item] = isPresent
                var blocks = features.blocks
                blocks[place] = FeatureBlock(name: name, values: .dense(values), isPresent: present)
                return try embeddings(blocks)
            }
            let moved = try changed(by: 40, isPresent: true)
            #expect(moved.row(item) != before.row(item), "\(name) says nothing")
            for other in 0..<before.rowCount where other != item { #expect(moved.row(other) == before.row(other)) }
            // Where the block is missing, a learned stand-in takes its place, whatever lies in the row.
            let missing = try changed(by: 0, isPresent: false)
            #expect(try changed(by: 40, isPresent: false) == missing)
            #expect(missing.row(item) != before.row(item))
            // It is none of zeros: those are another embedding.
            var zero = rows
            for column in 0..<rows.columnCount { zero[item, column] = 0 }
            var blocks = features.blocks
            blocks[place] = FeatureBlock(name: name, values: .dense(zero), isPresent: block.isPresent)
            #expect(try embeddings(blocks).row(item) != missing.row(item))
        }
    }
}
