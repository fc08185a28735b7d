internal import Features
internal import Foundation
internal import LinearAlgebra
internal import Pipeline

/// The folder of one finished shard of pictures.
///
///     digests.txt          digests of the pictures that were measured, one a line, in the order of the rows
///     rows.npy             float32, pictures x `PictureFeatures.layout.dimension`
///     descriptions.jsonl   the words for each, in the same order
///     refused.jsonl        pictures that do not decode: digest and reason
struct PictureShard {
    struct Refused: Codable, Sendable, Equatable {
        var digest: String
        var reason: String
    }

    let files: ArtifactFiles

    init(_ folder: URL) {
        files = ArtifactFiles(folder)
    }

    func write(_ measured: [(digest: String, features: PictureFeatures)], refused: [Refused]) throws {
        var values: [Float] = []
        for entry in measured { values += entry.features.row }
        let rows = Matrix(rowCount: measured.count, columnCount: PictureFeatures.layout.dimension, values: values)
        try files.write("digests.txt", Data(measured.map { $0.digest + "\n" }.joined().utf8))
        try files.write("rows.npy", rows)
        try files.writeJSONLines("descriptions.jsonl", measured.map(\.features.description))
        try files.writeJSONLines("refused.jsonl", refused)
    }

    func digests() throws(ArtifactFileError) -> [String] {
        String(decoding: try files.read("digests.txt"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func refused() throws(ArtifactFileError) -> [Refused] { try files.readJSONLines("refused.jsonl") }

    func rows() throws(ArtifactFileError) -> Matrix { try files.readMatrix("rows.npy") }

    func descriptions() throws(ArtifactFileError) -> [VisualDescription] {
        try files.readJSONLines("descriptions.jsonl")
    }
}
