internal import Compatibility
internal import Foundation

/// What the gate reads of the published build.
struct PublishedEvidence {
    /// Asked by the rows of the new build's catalogue.
    let scorer: RemappedScorer
    let filledLists: Int
    let catalogue: CatalogueChange
    /// The outfits that it was trained on, by id.
    let learned: Set<String>
    let observed: Observed

    /// What `metrics.json` of a build says that drift is measured by. The rest of the file may be of another version.
    struct Observed: Decodable {
        var nullRates: NullRates?
        var scoreDistribution: ScoreDistribution?

        enum CodingKeys: String, CodingKey {
            case nullRates = "null_rates"
            case scoreDistribution = "score_distribution"
        }
    }

    /// - Throws: where a file of the build is missing, damaged or of another version.
    init(_ folder: URL, for catalog: OutfitCatalog) throws {
        let build = PublishedBuild(folder: folder)
        let other = try build.scorer()
        scorer = RemappedScorer(other.scorer, from: catalog, to: other.catalog)
        catalogue = CatalogueChange(of: catalog, since: other.catalog)
        filledLists = try build.filledListCount()
        learned = Set(try LabelFiles(ArtifactFiles(folder)).read().outfits(in: .train).map(\.id))
        observed = try ArtifactFiles(folder).readJSON(PublishedBuild.metricsName)
    }
}
