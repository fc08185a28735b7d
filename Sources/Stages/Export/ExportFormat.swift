/// What consumers read.
package enum ExportFormat: String, Sendable, Codable, CaseIterable {
    /// JSON Lines: `{"item_id", "recommendations": [{"category", "item_id", "rank", "score"}]}`, best first.
    case jsonl
    /// `item_id,rank,recommended_id,category,score`, best first.
    case csv
    /// The build's `recommendations.sqlite`, indexed for look-ups.
    case sqlite
    /// The embeddings as a float32 matrix, and the ids of its rows in a text file beside it (`….ids.txt`).
    case npy

    /// The format that a file's ending asks for, compression apart: `lists.jsonl.zst` is `jsonl`.
    package init?(path: String) {
        var name = path
        for ending in [".gz", ".zst", ".xz"] where name.hasSuffix(ending) { name = String(name.dropLast(ending.count)) }
        switch name.split(separator: ".").last {
        case "jsonl", "ndjson": self = .jsonl
        case "csv": self = .csv
        case "sqlite", "db": self = .sqlite
        case "npy": self = .npy
        default: return nil
        }
    }
}
