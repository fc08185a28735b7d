/// What an encoder made of known inputs, stored beside its features, so that a model file that was swapped or damaged is
/// caught before it adds vectors of another space.
///
/// The digest of the model file is the first guard; this one also catches another library, another processor's arithmetic
/// gone wrong, and changed preprocessing.
package struct EncoderProbe: Sendable, Equatable, Codable {
    /// One vector for each known input.
    package let vectors: [[Float]]

    package init(vectors: [[Float]]) {
        self.vectors = vectors
    }

    /// Arithmetic differs by processor in the last bits: by about 1e-6 of a vector's length. Another model differs by
    /// about the whole length.
    package static let tolerance = 1e-3

    /// The greatest length of a difference, as a share of the recorded vector's length; infinite where shapes differ.
    package func relativeDifference(from other: EncoderProbe) -> Double {
        guard vectors.count == other.vectors.count else { return .infinity }
        var greatest = 0.0
        for (recorded, found) in zip(vectors, other.vectors) {
            guard recorded.count == found.count else { return .infinity }
            var (difference, length) = (0.0, 0.0)
            for (a, b) in zip(recorded, found) {
                difference += (Double(a) - Double(b)) * (Double(a) - Double(b))
                length += Double(a) * Double(a)
            }
            let share = difference == 0 ? 0 : (difference / length).squareRoot()
            greatest = share.isNaN ? .infinity : max(greatest, share)
        }
        return greatest
    }

    /// - Throws: `.probeDisagrees` where `found` lies farther off than the tolerance.
    package func check(_ found: EncoderProbe, model: String) throws(EncoderError) {
        let difference = relativeDifference(from: found)
        guard difference <= Self.tolerance else {
            throw .probeDisagrees(model: model, relativeDifference: difference)
        }
    }
}
