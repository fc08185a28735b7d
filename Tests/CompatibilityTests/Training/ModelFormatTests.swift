import Compatibility
import LinearAlgebra
import Testing

@Suite struct ModelFormatTests {
    private func trained(_ seed: UInt64 = 1) throws -> (model: CompatibilityModel, data: TrainingData) {
        let planted = PlantedOutfits()
        var configuration = planted.configuration()
        configuration.epochs = 1
        configuration.seed = seed
        let data = planted.data()
        return (try #require(try Trainer(configuration: configuration, data: data).run()), data)
    }

    @Test func aModelIsTheSameAfterARoundTrip() throws {
        let (model, data) = try trained()
        let bytes = model.safetensors()
        let read = try CompatibilityModel(safetensors: bytes)
        #expect(read == model)
        #expect(read.safetensors() == bytes)
        #expect(
            try read.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
                == model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem))
        #expect(model.probe?.outputs.rowCount == 8)
    }

    @Test func damageIsNoticedWhereverItFalls() throws {
        let bytes = try trained().model.safetensors()
        for position in stride(from: 0, to: bytes.count, by: bytes.count / 41) {
            var damaged = bytes
            damaged[position] ^= 0x10
            #expect(throws: ModelError.self, "byte \(position)") { try CompatibilityModel(safetensors: damaged) }
        }
        for count in [0, 7, 100, bytes.count / 2, bytes.count - 1] {
            #expect(throws: ModelError.self) { try CompatibilityModel(safetensors: Array(bytes.prefix(count))) }
        }
    }

    @Test func featuresOfAnotherShapeAreRefused() throws {
        let (model, data) = try trained()
        let planted = PlantedOutfits()
        #expect(throws: ModelError.featureMismatch(block: "picture")) {
            try model.embeddings(of: planted.features(sparseAlone: true), categoryOfItem: data.categoryOfItem)
        }
        let larger = PlantedOutfits(itemCount: 132)
        #expect(throws: ModelError.itemCountMismatch(model: 120, features: 132)) {
            try model.embeddings(of: larger.features(), categoryOfItem: (0..<132).map(larger.category))
        }
    }

    @Test func combinedModelsScoreAsTheirMean() throws {
        let (first, data) = try trained(1)
        let (second, _) = try trained(2)
        let combined = try CompatibilityModel.combined([first, second])
        #expect(combined.dimension == first.dimension + second.dimension)
        let read = try CompatibilityModel(safetensors: combined.safetensors())
        func scores(_ model: CompatibilityModel) throws -> Matrix {
            let embeddings = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
            return EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: data.categoryOfItem)
                .scores(anchors: Array(0..<30), candidates: Array(30..<120))
        }
        let (a, b, mean) = (try scores(first), try scores(second), try scores(read))
        for index in mean.values.indices {
            #expect(abs(mean.values[index] - (a.values[index] + b.values[index]) / 2) < 1e-3)
        }
    }

    @Test func missingBlocksUseTheirStandIn() throws {
        let (model, data) = try trained()
        // Row 3 lacks the picture: whatever its row holds changes nothing.
        var blocks = data.features.blocks
        guard case .dense(var matrix) = blocks[1].values else {
            Issue.record("the picture block is dense")
            return
        }
        let before = try model.embeddings(of: data.features, categoryOfItem: data.categoryOfItem)
        for column in 0..<matrix.columnCount {
            matrix[3, column] = 99
            matrix[4, column] = 99
        }
        blocks[1] = FeatureBlock(name: "picture", values: .dense(matrix), isPresent: blocks[1].isPresent)
        let after = try model.embeddings(
            of: FeatureSet(itemCount: 120, blocks: blocks), categoryOfItem: data.categoryOfItem)
        #expect(after.row(3) == before.row(3))
        #expect(after.row(4) != before.row(4))
    }
}
