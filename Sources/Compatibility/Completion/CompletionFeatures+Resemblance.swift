private import Foundation
internal import LinearAlgebra

extension CompletionFeatures {
    /// Once for narrow shares, once for wide ones.
    static let pairResemblanceNames = ["near", "wide"].flatMap { kind in
        ["most_together", "company", "company_of_candidate", "company_of_item"].map { kind + "_" + $0 }
    }
    static let resemblanceNames = ["near", "wide"].flatMap { kind in
        ["most_resembling", "resembling", "squared_resembling", "outfits"].map { kind + "_" + $0 }
    }

    /// What outfits that resemble the rest, item by item and as a whole, show of what resembles the candidate.
    ///
    /// - Parameter shown: of no item, before and after.
    func addResemblance(to rows: inout CompletionRows, rest: [Int], candidates: [Int], shown: inout OutfitShares) {
        let (pairColumn, wholeColumn) = (pairResemblanceColumn, resemblanceColumn)
        let (widePair, wideWhole) = (Self.pairResemblanceNames.count / 2, Self.resemblanceNames.count / 2)
        let (narrowSums, wideSums) = (resemblance.narrowSums, resemblance.wideSums)
        func write(_ together: OutfitShares.Both, of candidate: Int, to whole: UnsafeMutablePointer<Float>) {
            let row = whole + wholeColumn
            together.narrow.write(to: row, outfits: narrowSums[candidate])
            together.wide.write(to: row + wideWhole, outfits: wideSums[candidate])
        }
        for (place, item) in rest.enumerated() {
            shown.add(item, of: resemblance)
            rows.forEachCandidate(of: place) { column, pair, whole in
                let candidate = candidates[column]
                let together = shown.products(with: candidate, of: resemblance)
                let row = pair + pairColumn
                together.narrow.writePair(to: row, candidate: narrowSums[candidate], item: narrowSums[item])
                together.wide.writePair(to: row + widePair, candidate: wideSums[candidate], item: wideSums[item])
                if rest.count == 1 { write(together, of: candidate, to: whole) }
            }
            shown.remove(item, of: resemblance)
        }
        guard rest.count > 1 else { return }
        for item in rest { shown.add(item, of: resemblance) }
        rows.forEachCandidate(of: 0) { column, _, whole in
            let candidate = candidates[column]
            write(shown.products(with: candidate, of: resemblance), of: candidate, to: whole)
        }
        for item in rest { shown.remove(item, of: resemblance) }
    }
}

/// How far each outfit shows some items: the sums of their shares. As long as there are outfits, so many calls share one.
struct OutfitShares {
    private var narrow: [Float]
    private var wide: [Float]

    typealias Both = (narrow: Products, wide: Products)

    /// Of the outfits that show a candidate, the products of its share and that of the rest.
    struct Products {
        var most: Float = 0
        var sum: Float = 0
        /// Of the candidate's share and the square of the rest's.
        var squares: Float = 0

        /// What one item of the rest and the candidate have in common; each has sums of shares.
        func writePair(to row: UnsafeMutablePointer<Float>, candidate: Float, item: Float) {
            row[0] = most
            row[1] = log1p(sum)
            row[2] = sum / (1 + candidate)
            row[3] = sum / (1 + item)
        }

        /// What the whole rest and the candidate have in common.
        ///
        /// - Parameter outfits: the sum of the candidate's shares.
        func write(to row: UnsafeMutablePointer<Float>, outfits: Float) {
            row[0] = most
            row[1] = log1p(sum)
            row[2] = log1p(squares)
            row[3] = log1p(outfits)
        }
    }

    init(count: Int) {
        narrow = [Float](repeating: 0, count: count)
        wide = narrow
    }

    mutating func add(_ item: Int, of resemblance: OutfitResemblance) {
        for entry in resemblance.offsets[item]..<resemblance.offsets[item + 1] {
            let outfit = Int(resemblance.outfits[entry])
            narrow[outfit] += resemblance.narrow[entry]
            wide[outfit] += resemblance.wide[entry]
        }
    }

    /// Takes all away that the outfits of an item show, of other items too.
    mutating func remove(_ item: Int, of resemblance: OutfitResemblance) {
        for entry in resemblance.offsets[item]..<resemblance.offsets[item + 1] {
            let outfit = Int(resemblance.outfits[entry])
            (narrow[outfit], wide[outfit]) = (0, 0)
        }
    }

    func products(with candidate: Int, of resemblance: OutfitResemblance) -> Both {
        var (near, far) = (Products(), Products())
        let range = resemblance.offsets[candidate]..<resemblance.offsets[candidate + 1]
        narrow.withUnsafeBufferPointer { narrow in
            wide.withUnsafeBufferPointer { wide in
                resemblance.outfits.withUnsafeBufferPointer { outfits in
                    resemblance.narrow.withUnsafeBufferPointer { narrowShares in
                        resemblance.wide.withUnsafeBufferPointer { wideShares in
                            for entry in range {
                                let outfit = Int(outfits[entry])
                                near.add(narrow[outfit], narrowShares[entry])
                                far.add(wide[outfit], wideShares[entry])
                            }
                        }
                    }
                }
            }
        }
        return (near, far)
    }
}

extension OutfitShares.Products {
    fileprivate mutating func add(_ rest: Float, _ candidate: Float) {
        let product = rest * candidate
        most = max(most, product)
        sum += product
        squares += product * rest
    }
}
