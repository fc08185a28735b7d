internal import Encoders
internal import Foundation
internal import LinearAlgebra

/// The rows of a shard while they are made. A row that is not finite, or all zeros, never becomes one: it is refused.
struct EncodedRows {
    private var encoded: [(digest: String, vector: [Float])] = []
    var refused: [PictureShard.Refused] = []

    /// Encodes a batch and empties it; inputs whose vector cannot be used are refused, and the others encoded without them.
    mutating func append<Input>(
        _ batch: inout [(digest: String, input: Input)], _ vectors: ([Input]) throws(EncoderError) -> Matrix
    ) throws(EncoderError) {
        while !batch.isEmpty {
            do throws(EncoderError) {
                let rows = try vectors(batch.map(\.input))
                for (index, entry) in batch.enumerated() { encoded.append((entry.digest, Array(rows.row(index)))) }
                batch.removeAll()
            } catch {
                guard case .unusableVector(_, let index, let isFinite) = error, batch.indices.contains(index) else {
                    throw error
                }
                let reason = isFinite ? "a vector of zeros" : "a vector that is not finite"
                refused.append(PictureShard.Refused(digest: batch[index].digest, reason: reason))
                batch.remove(at: index)
            }
        }
    }

    func write(to folder: URL, dimension: Int, probe: EncoderProbe) throws {
        try EncodedShard(folder).write(encoded, dimension: dimension, refused: refused, probe: probe)
    }
}
