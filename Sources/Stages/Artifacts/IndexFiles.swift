internal import Compatibility
internal import Foundation
internal import LinearAlgebra

/// The `index` artifact.
///
///     embeddings.npy              float32, items x dimension
///     category-<number>.rows.npy  int32, ascending: the rows of a category that may be recommended
///     index.json                  categories, their counts, and the adjacent categories of each
struct IndexFiles {
    struct Summary: Codable, Sendable, Equatable {
        struct Category: Codable, Sendable, Equatable {
            var name: String
            var items: Int
            /// The most frequent first.
            var adjacent: [String]
        }

        var dimension: Int
        var categories: [Category]
        var adjacency: CategoryAdjacency
    }

    static let embeddingsName = "embeddings.npy"
    let files: ArtifactFiles

    init(_ files: ArtifactFiles) {
        self.files = files
    }

    private static func rowsName(_ category: Int) -> String {
        "category-\(category < 10 ? "0" : "")\(category).rows.npy"
    }

    func write(embeddings: Matrix, indexes: CategoryIndexes, adjacency: CategoryAdjacency, categories: [String]) throws
    {
        try files.write(Self.embeddingsName, embeddings)
        var summary = Summary(dimension: embeddings.columnCount, categories: [], adjacency: adjacency)
        for (category, name) in categories.enumerated() {
            try files.write(Self.rowsName(category), vector: indexes[category].rows)
            summary.categories.append(
                Summary.Category(
                    name: name, items: indexes[category].count,
                    adjacent: adjacency[category].map { categories[$0.category] }))
        }
        try files.writeJSON("index.json", summary)
    }

    func read() throws(ArtifactFileError) -> (
        embeddings: Matrix, indexes: CategoryIndexes, adjacency: CategoryAdjacency
    ) {
        let embeddings = try files.readMatrix(Self.embeddingsName)
        let summary = try files.readJSON("index.json", as: Summary.self)
        var indexes: [FlatIndex] = []
        for category in summary.categories.indices {
            let rows = try files.readVector(Self.rowsName(category), of: Int32.self)
            guard rows.allSatisfy({ $0 >= 0 && Int($0) < embeddings.rowCount }) else {
                throw .malformed(path: files.url(Self.rowsName(category)).path, reason: "a row beyond the embeddings")
            }
            indexes.append(FlatIndex(rows: rows, of: embeddings))
        }
        return (embeddings, CategoryIndexes(indexes), summary.adjacency)
    }
}

extension ArtifactFiles {
    /// A model whose probe gives the recorded outputs.
    func readModel(_ name: String) throws(ArtifactFileError) -> CompatibilityModel {
        let bytes = [UInt8](try read(name))
        do {
            return try CompatibilityModel(safetensors: bytes)
        } catch {
            throw .malformed(path: url(name).path, reason: "\(error)")
        }
    }
}
