internal import Compatibility
internal import Foundation

/// Candidates as `.npy` files: for a range of items, one list for each adjacent category.
///
///     range.npy          int64, first row and the row after the last
///     list_offsets.npy   int64, items + 1: which lists are an item's
///     targets.npy        int32, the category of each list
///     entry_offsets.npy  int64, lists + 1
///     rows.npy           int32, best first within a list
///     scores.npy         float32
struct CandidateFiles {
    let files: ArtifactFiles

    init(_ files: ArtifactFiles) {
        self.files = files
    }

    func write(_ lists: CandidateLists) throws {
        try files.write("range.npy", vector: [Int64(lists.items.lowerBound), Int64(lists.items.upperBound)])
        try files.write("list_offsets.npy", vector: lists.listOffsets.map(Int64.init))
        try files.write("targets.npy", vector: lists.targets)
        try files.write("entry_offsets.npy", vector: lists.entryOffsets.map(Int64.init))
        try files.write("rows.npy", vector: lists.rows)
        try files.write("scores.npy", vector: lists.scores)
    }

    func read() throws(ArtifactFileError) -> CandidateLists {
        let range = try files.readVector("range.npy", of: Int64.self)
        let lists = CandidateLists(
            items: range.count == 2 && range[0] <= range[1] ? Int(range[0])..<Int(range[1]) : 0..<0,
            listOffsets: try files.readVector("list_offsets.npy", of: Int64.self).map(Int.init),
            targets: try files.readVector("targets.npy"),
            entryOffsets: try files.readVector("entry_offsets.npy", of: Int64.self).map(Int.init),
            rows: try files.readVector("rows.npy"), scores: try files.readVector("scores.npy"))
        guard let lists else {
            throw .malformed(path: files.folder.path, reason: "the arrays of the candidates do not fit together")
        }
        return lists
    }
}
