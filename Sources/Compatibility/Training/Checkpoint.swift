private import Foundation
internal import LinearAlgebra

/// What a later process goes on from: vectors, a position, which is what is no vector, and an origin, which is what they
/// belong to.
///
/// A `.safetensors` file; position (JSON), origin and a digest are in its metadata.
struct Checkpoint<Position: Codable> {
    var vectors: [String: [Float]] = [:]
    var position: Position
    /// Configuration and data.
    var origin: String

    private static var version: String { "1" }

    /// - Parameter format: what kind of state it is.
    func encoded(format: String) -> [UInt8] {
        var file = SafeTensors()
        for (name, vector) in vectors { file.tensors[name] = Tensor(vector) }
        file.metadata["format"] = format
        file.metadata["version"] = Self.version
        file.metadata["position"] = CanonicalJSON.text(of: position)
        file.metadata["origin"] = origin
        file.metadata["digest"] = TensorDigest.text(of: file)
        return file.encoded()
    }

    init(vectors: [String: [Float]] = [:], position: Position, origin: String) {
        self.vectors = vectors
        self.position = position
        self.origin = origin
    }

    /// Nil for the bytes of anything else, and for damaged ones.
    init?(decoding bytes: [UInt8], format: String) {
        guard let file = try? SafeTensors(decoding: bytes), file.metadata["format"] == format,
            file.metadata["version"] == Self.version, file.metadata["digest"] == TensorDigest.text(of: file),
            let text = file.metadata["position"],
            let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8)),
            let origin = file.metadata["origin"]
        else { return nil }
        self.init(position: position, origin: origin)
        for name in file.tensors.keys {
            guard let vector = try? file.values(name, as: Float.self) else { return nil }
            vectors[name] = vector
        }
    }

    /// A vector of so many values, or nil.
    func vector(_ name: String, count: Int) -> [Float]? { vectors[name].flatMap { $0.count == count ? $0 : nil } }
}
