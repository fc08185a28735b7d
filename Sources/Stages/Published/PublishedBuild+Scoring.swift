package import Compatibility
internal import Foundation
internal import LinearAlgebra

extension PublishedBuild {
    /// The catalogue and the scorer of a build, the model's probe checked.
    ///
    /// - Throws: `ArtifactFileError`, `CatalogError` where a file is damaged.
    package func scorer() throws -> (catalog: OutfitCatalog, scorer: EmbeddingScorer) {
        let files = ArtifactFiles(folder)
        let catalog = try CatalogReader(folder: folder).catalog(attributes: .none)
        let embeddings = try files.readMatrix(Self.embeddingsName)
        let model = try files.readModel(Self.modelName)
        guard embeddings.rowCount == catalog.items.count, model.dimension == embeddings.columnCount,
            model.categories == catalog.categories
        else {
            throw ArtifactFileError.malformed(path: folder.path, reason: "catalogue, model and embeddings do not fit together")
        }
        return (
            catalog, EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: catalog.categoryOfItem)
        )
    }
}
