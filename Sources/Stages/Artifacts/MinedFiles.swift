internal import Compatibility
internal import Foundation

/// The `mined` artifact: one column a file, rows ascending by anchor.
///
///     anchors.npy, positives.npy, negatives.npy, ranks.npy    int32
///     scores.npy, positive_scores.npy                         float32
///     sources.npy                                             uint8, as `NegativeSource`
///     clusters.npy                                            int32, the cluster of each item, where `mine` makes any
///     mining.json                                             windows, counts and hard positives
struct MinedFiles {
    let files: ArtifactFiles

    init(_ files: ArtifactFiles) {
        self.files = files
    }

    func write(_ mined: MinedSet) throws {
        try files.write("anchors.npy", vector: mined.anchors)
        try files.write("positives.npy", vector: mined.positives)
        try files.write("negatives.npy", vector: mined.negatives)
        try files.write("ranks.npy", vector: mined.ranks)
        try files.write("scores.npy", vector: mined.scores)
        try files.write("positive_scores.npy", vector: mined.positiveScores)
        try files.write("sources.npy", vector: mined.sources)
    }

    func write(_ clusters: ItemGroups) throws {
        try files.write("clusters.npy", vector: clusters.groupOfItem)
    }

    func readClusters() throws(ArtifactFileError) -> ItemGroups {
        let clusters: [Int32] = try files.readVector("clusters.npy")
        guard clusters.allSatisfy({ $0 >= 0 }) else {
            throw .malformed(path: files.folder.path, reason: "an item is of no cluster")
        }
        return ItemGroups(groupOfItem: clusters.map(Int.init))
    }

    func read() throws(ArtifactFileError) -> MinedSet {
        let mined = MinedSet(
            anchors: try files.readVector("anchors.npy"), positives: try files.readVector("positives.npy"),
            negatives: try files.readVector("negatives.npy"), ranks: try files.readVector("ranks.npy"),
            scores: try files.readVector("scores.npy"), positiveScores: try files.readVector("positive_scores.npy"),
            sources: try files.readVector("sources.npy"))
        guard let mined else {
            throw .malformed(path: files.folder.path, reason: "the columns of mined negatives do not fit together")
        }
        return mined
    }
}
