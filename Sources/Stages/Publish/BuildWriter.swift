internal import Compatibility
internal import Foundation
internal import Pipeline

/// Fills the folder of a build: what `PublishedBuild` reads.
struct BuildWriter {
    let folder: URL
    /// Candidates of each adjacent category kept for look-ups.
    let depth: Int

    func write(_ catalog: OutfitCatalog, _ context: StageContext) throws {
        let lists = ListFiles(ArtifactFiles(context.input("lists")))
        try RecommendationDatabase.write(
            to: folder.appendingPathComponent(PublishedBuild.databaseName), catalog: catalog,
            lists: lists.read(), candidates: CandidateSummary.shards(of: context.input("candidates")),
            calibration: lists.readCalibration(), depth: depth)
        try link(context.input("index"), IndexFiles.embeddingsName, PublishedBuild.embeddingsName)
        try link(context.input("model"), ModelTraining.modelName, PublishedBuild.modelName)
        try link(context.input("model"), ModelTraining.pictureName, PublishedBuild.curveName)
        try link(context.input("metrics"), EvaluateStage.metricsName, PublishedBuild.metricsName)
        let features = context.input("features")
        try writeCatalog(context.input("catalog"), features)
        try link(features, "descriptions.jsonl", PublishedBuild.descriptionsName)
        try linkPictures(context.input("pictures"))
        // What the baselines know: outfits and palettes.
        for name in LabelFiles.outfitNames { try link(context.input("labels"), name, name) }
        for name in PublishedBuild.paletteNames where ArtifactFiles(features).exists(name) {
            try link(features, name, name)
        }
    }

    /// Linked, unless `featurize` refused something: one table of the build is to name all that was quarantined.
    private func writeCatalog(_ artifact: URL, _ features: URL) throws {
        let refused: [GatheredPictures.Quarantined] = try ArtifactFiles(features).readJSONLines(
            FeaturizeStage.quarantineName)
        guard !refused.isEmpty else { return try link(artifact, CatalogSchema.fileName, PublishedBuild.catalogName) }
        try CatalogWriter.copy(
            artifact.appendingPathComponent(CatalogSchema.fileName),
            to: folder.appendingPathComponent(PublishedBuild.catalogName),
            quarantining: refused.flatMap { entry in
                entry.itemIDs.map {
                    CatalogReader.Quarantined(archive: "", member: entry.digest, subject: $0, reason: entry.reason)
                }
            })
    }

    /// The packs are linked, not copied: look-ups show pictures, and the disk holds them once.
    private func linkPictures(_ artifact: URL) throws {
        let target = folder.appendingPathComponent(PublishedBuild.picturesName)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: artifact.path).sorted()
        where name.hasSuffix(".pack") || name == "pictures.tsv" {
            try linkOrCopy(artifact.appendingPathComponent(name), to: target.appendingPathComponent(name))
        }
    }

    private func link(_ artifact: URL, _ file: String, _ name: String) throws {
        try linkOrCopy(artifact.appendingPathComponent(file), to: folder.appendingPathComponent(name))
    }
}
