private import Foundation

/// How a model's output becomes one vector an input.
package enum VectorPooling: String, Sendable, Codable, CaseIterable {
    /// The output is a vector already, or is taken as one, all its places in a row.
    case none
    /// The mean over places (of a picture) or tokens (of a text, padding left out).
    case mean
    /// The generalised mean with exponent 3 over places: between the mean and the greatest (Radenović et al. 2018).
    case generalisedMean
    /// The first token: a class token.
    case first
    /// The token that ends a text (CLIP).
    case endOfText
}

extension VectorPooling {
    /// Pools a block of `placeCount` x `dimension` values (each place's values side by side) or, where `isPlanar`, of
    /// `dimension` x `placeCount`.
    ///
    /// - Parameters:
    ///   - counted: which places take part in a mean; nil for all.
    ///   - endOfText: the place that `.endOfText` takes.
    func pooled(
        _ values: ArraySlice<Float>, placeCount: Int, dimension: Int, isPlanar: Bool = false, counted: [Bool]? = nil,
        endOfText: Int = 0
    ) -> [Float] {
        let start = values.startIndex
        func value(_ place: Int, _ column: Int) -> Float {
            values[start + (isPlanar ? column * placeCount + place : place * dimension + column)]
        }
        switch self {
        case .none: return Array(values)
        case .first: return (0..<dimension).map { value(0, $0) }
        case .endOfText: return (0..<dimension).map { value(endOfText, $0) }
        case .mean, .generalisedMean:
            let places = (0..<placeCount).filter { counted?[$0] ?? true }
            let share = 1 / Double(max(1, places.count))
            return (0..<dimension).map { column in
                var sum = 0.0
                for place in places {
                    let term = Double(value(place, column))
                    sum += self == .mean ? term : max(term, 1e-6) * max(term, 1e-6) * max(term, 1e-6)
                }
                return self == .mean ? Float(sum * share) : Float(cbrt(sum * share))
            }
        }
    }
}

/// Checks and finishes the vectors of one run.
enum EncodedVector {
    /// The vector at length 1 where asked for.
    ///
    /// - Throws: `.unusableVector` where a value is not finite or all are zero.
    static func finished(
        _ vector: [Float], isNormalised: Bool, model: String, index: Int
    ) throws(EncoderError) -> [Float] {
        var square = 0.0
        for value in vector { square += Double(value) * Double(value) }
        guard square.isFinite else { throw .unusableVector(model: model, index: index, isFinite: false) }
        guard square > 0 else { throw .unusableVector(model: model, index: index, isFinite: true) }
        guard isNormalised else { return vector }
        let scale = 1 / square.squareRoot()
        return vector.map { Float(Double($0) * scale) }
    }
}
