internal import Compatibility
internal import LinearAlgebra
internal import Stages

/// The model of a published build over the catalogue that it was made from: what its scores are.
struct PublishedModel {
    let catalog: OutfitCatalog
    let scorer: EmbeddingScorer

    init(_ build: PublishedBuild) throws {
        catalog = try CatalogReader(folder: build.folder).catalog(attributes: .none)
        let files = ArtifactFiles(build.folder)
        let model = try CompatibilityModel(safetensors: [UInt8](try files.read(PublishedBuild.modelName)))
        let embeddings = try files.readMatrix(PublishedBuild.embeddingsName)
        guard embeddings.rowCount == catalog.items.count, embeddings.columnCount == model.dimension else {
            throw CommandProblem(
                "the build's embeddings (\(embeddings.rowCount) x \(embeddings.columnCount)) do not belong to its catalogue "
                    + "of \(catalog.items.count) items and its model of dimension \(model.dimension)",
                hint: "atelier verify")
        }
        let positions = try catalog.categories.map { category in
            guard let position = model.categories.firstIndex(of: category) else {
                throw CommandProblem(
                    "the build's model does not know the category '\(category)'", hint: "atelier verify")
            }
            return position
        }
        scorer = EmbeddingScorer(
            model: model, embeddings: embeddings, categoryOfItem: catalog.categoryOfItem.map { positions[$0] })
    }
}
