package import Compatibility
internal import Foundation
internal import LinearAlgebra

extension PublishedBuild {
    /// A line of a table of scorers.
    package struct Scorer: Sendable {
        package let name: String
        package let pairs: any PairScorer
        package let outfits: any OutfitScorer
    }

    /// The model, and beside it random, popularity, colour and co-occurrence over the training outfits of the build.
    package func scorers(_ model: EmbeddingScorer, of catalog: OutfitCatalog) throws -> [Scorer] {
        let files = ArtifactFiles(folder)
        let labelled = try LabelFiles(files).read()
        var palette: PaletteSimilarity?
        if Self.paletteNames.allSatisfy(files.exists) {
            palette = PaletteSimilarity(
                palette: FeatureBlock(
                    name: PaletteRow.blockName, values: .dense(try files.readMatrix(Self.paletteNames[0])),
                    isPresent: try files.readVector(Self.paletteNames[1], of: UInt8.self).map { $0 != 0 }))
        }
        return ScorerTable(catalog: catalog, labelled: labelled, palette: palette, seed: 1).withModel(model).map {
            Scorer(name: $0.name, pairs: $0.scorer, outfits: $0.outfits)
        }
    }

    /// How question files may name the items of the build: by id, and by outfit and place as their dataset counts.
    package func questionTokens(of catalog: OutfitCatalog) throws -> QuestionTokens {
        QuestionTokens(catalog: catalog, numbered: try CatalogReader(folder: folder).outfitPlaces())
    }

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
            throw ArtifactFileError.malformed(
                path: folder.path, reason: "catalogue, model and embeddings do not fit together")
        }
        try model.requireItems(catalog.items.count)
        return (
            catalog, EmbeddingScorer(model: model, embeddings: embeddings, categoryOfItem: catalog.categoryOfItem)
        )
    }
}
