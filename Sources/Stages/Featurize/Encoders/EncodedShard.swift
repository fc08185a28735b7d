internal import Encoders
internal import Foundation
internal import LinearAlgebra

/// The folder of one finished shard of an encoder.
///
///     digests.txt     digests of the pictures or texts that were encoded, one a line, in the order of the rows
///     rows.npy        float32, digests x the encoder's dimension; every row finite and not all zeros
///     refused.jsonl   what gave no vector: digest and reason
///     probe.json      what the encoder made of known inputs
struct EncodedShard {
    let files: ArtifactFiles

    init(_ folder: URL) {
        files = ArtifactFiles(folder)
    }

    func write(
        _ encoded: [(digest: String, vector: [Float])], dimension: Int, refused: [PictureShard.Refused],
        probe: EncoderProbe
    ) throws {
        var values: [Float] = []
        values.reserveCapacity(encoded.count * dimension)
        for entry in encoded { values += entry.vector }
        try files.write("digests.txt", Data(encoded.map { $0.digest + "\n" }.joined().utf8))
        try files.write("rows.npy", Matrix(rowCount: encoded.count, columnCount: dimension, values: values))
        try files.writeJSONLines("refused.jsonl", refused)
        try files.writeJSON("probe.json", probe)
    }

    func digests() throws(ArtifactFileError) -> [String] {
        String(decoding: try files.read("digests.txt"), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func refused() throws(ArtifactFileError) -> [PictureShard.Refused] { try files.readJSONLines("refused.jsonl") }

    func rows() throws(ArtifactFileError) -> Matrix { try files.readMatrix("rows.npy") }

    func probe() throws(ArtifactFileError) -> EncoderProbe { try files.readJSON("probe.json") }
}
