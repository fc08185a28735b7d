internal import Compatibility
internal import Foundation

/// The `lists` artifact: the final list of each item, best first, in compressed rows.
///
///     offsets.npy              int64, items + 1
///     items.npy                int32, rows of the catalogue
///     scores.npy               float32, compatibility: standard deviations above a random pair of the same categories
///     marginal_relevances.npy  float32, at which each was chosen; descending within a list
///     calibration.json         what turns scores of the model into those
///     shortfalls.jsonl
struct ListFiles {
    /// Lists being gathered.
    struct Columns {
        private(set) var offsets = [0]
        private(set) var items: [Int32] = []
        private(set) var scores: [Float] = []
        private(set) var marginalRelevances: [Float] = []

        var listCount: Int { offsets.count - 1 }

        mutating func append(_ list: some Sequence<Recommendation>) {
            for entry in list {
                items.append(entry.row)
                scores.append(entry.score)
                marginalRelevances.append(entry.marginalRelevance)
            }
            offsets.append(items.count)
        }
    }

    static let calibrationName = "calibration.json"

    let files: ArtifactFiles

    init(_ files: ArtifactFiles) {
        self.files = files
    }

    func write(_ lists: Columns) throws {
        try files.write("offsets.npy", vector: lists.offsets.map(Int64.init))
        try files.write("items.npy", vector: lists.items)
        try files.write("scores.npy", vector: lists.scores)
        try files.write("marginal_relevances.npy", vector: lists.marginalRelevances)
    }

    func read() throws(ArtifactFileError) -> RecommendationLists {
        let lists = RecommendationLists(
            offsets: try files.readVector("offsets.npy", of: Int64.self).map(Int.init),
            items: try files.readVector("items.npy"), scores: try files.readVector("scores.npy"))
        guard let lists else {
            throw .malformed(path: files.folder.path, reason: "the arrays of the lists do not fit together")
        }
        return lists
    }

    func readCalibration() throws -> ScoreCalibration { try files.readJSON(Self.calibrationName) }
}
