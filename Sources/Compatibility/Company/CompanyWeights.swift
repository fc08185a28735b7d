private import Foundation

/// How much an item's number of training outfits and a pair's meetings in them weigh beside the embedding.
///
///     score(i, j) = t · embedding score(i, j) + o(n_i) + o(n_j) + Σ_f w_f φ_f(i, j)
///
/// with n the number of training outfits of an item, in classes, and three measures of how often two items met in m of
/// them: log(1 + m), m / (n_i n_j)^¼, and whether they met at all. The weights of meetings are never negative.
///
/// Training sees every positive in a training outfit, so it cannot learn how an item that no outfit has shown yet compares
/// with the others: by itself it would take "new" for "goes with nothing". Held-out outfits tell; see `CompanyFit`.
package struct CompanyWeights: Sendable, Equatable, Codable {
    /// t.
    package var temperature: Double
    /// o, by class of n.
    package var offsets: [Double]
    /// w: for log(1 + m), m / (n_i n_j)^¼ and m > 0.
    package var meetings: [Double]
    /// Held-out positives behind the weights.
    package var examples: Int
    /// The mean negative log-likelihood of the held-out positives before and after.
    package var lossBefore: Double
    package var loss: Double

    enum CodingKeys: String, CodingKey {
        case temperature, offsets, meetings, examples, loss
        case lossBefore = "loss_before"
    }

    /// Classes of n begin at 0, 1, 2, 3, 5, 10, 20 and 50 outfits.
    package static let classStarts = [0, 1, 2, 3, 5, 10, 20, 50]
    static let measureCount = 3

    package static func outfitClass(_ outfitCount: Int) -> Int {
        (classStarts.lastIndex { $0 <= outfitCount }) ?? 0
    }

    /// φ of every pair that met: a table for each measure.
    static func measures(of pairs: PairSet, outfitCounts: [Int]) -> [PairTable] {
        func table(_ measure: @escaping (_ meetings: Double, _ outfits: Double) -> Double) -> PairTable {
            PairTable(pairs, itemCount: outfitCounts.count) { first, second, count in
                Float(measure(Double(count), Double(outfitCounts[first]) * Double(outfitCounts[second])))
            }
        }
        return [
            table { meetings, _ in log1p(meetings) },
            table { meetings, outfits in meetings / outfits.squareRoot().squareRoot() },
            table { _, _ in 1 },
        ]
    }
}
