private import Foundation
internal import LinearAlgebra

extension CompletionFeatures {
    /// Once for narrow shares, once for wide ones.
    static let resemblanceNames = ["near", "wide"].flatMap { kind in
        [
            "most_resembling", "resembling", "squared_resembling", "company", "company_of_candidate",
            "company_of_item", "outfits",
        ].map { kind + "_" + $0 }
    }

    /// What outfits that resemble the rest, item by item, show of what resembles the candidate.
    func addResemblance(to rows: inout Matrix, rest: [Int], candidates: [Int]) {
        let part = 1 / Float(rest.count)
        let (width, first) = (count, resemblanceColumn)
        var shown = OutfitShares(count: resemblance.outfitCount)
        rows.values.withUnsafeMutableBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            for item in rest {
                // How far each outfit shows this item of the rest.
                shown.clear()
                shown.add(item, of: resemblance)
                let sums = (narrow: resemblance.narrowSums[item], wide: resemblance.wideSums[item])
                for (place, candidate) in candidates.enumerated() {
                    let row = base + place * width + first
                    let together = shown.products(with: candidate, of: resemblance)
                    row[3] += log1p(together.narrow.sum) * part
                    row[5] += together.narrow.sum / (1 + sums.narrow) * part
                    row[10] += log1p(together.wide.sum) * part
                    row[12] += together.wide.sum / (1 + sums.wide) * part
                }
            }
            if rest.count > 1 {
                shown.clear()
                for item in rest { shown.add(item, of: resemblance) }
            }
            for (place, candidate) in candidates.enumerated() {
                let row = base + place * width + first
                let together = shown.products(with: candidate, of: resemblance)
                together.narrow.write(to: row, part: part, outfits: resemblance.narrowSums[candidate])
                together.wide.write(to: row + 7, part: part, outfits: resemblance.wideSums[candidate])
            }
        }
    }
}

/// How far each outfit shows some items: the sums of their shares.
private struct OutfitShares {
    private var narrow: [Float]
    private var wide: [Float]

    /// Of the outfits that show a candidate, the products of its share and that of the rest.
    struct Products {
        var most: Float = 0
        var sum: Float = 0
        /// Of the candidate's share and the square of the rest's.
        var squares: Float = 0

        func write(to row: UnsafeMutablePointer<Float>, part: Float, outfits: Float) {
            row[0] = most
            row[1] = log1p(sum)
            row[2] = log1p(squares)
            row[4] = sum / (1 + outfits) * part
            row[6] = log1p(outfits)
        }
    }

    init(count: Int) {
        narrow = [Float](repeating: 0, count: count)
        wide = narrow
    }

    mutating func clear() {
        for place in narrow.indices { (narrow[place], wide[place]) = (0, 0) }
    }

    mutating func add(_ item: Int, of resemblance: OutfitResemblance) {
        for entry in resemblance.offsets[item]..<resemblance.offsets[item + 1] {
            let outfit = Int(resemblance.outfits[entry])
            narrow[outfit] += resemblance.narrow[entry]
            wide[outfit] += resemblance.wide[entry]
        }
    }

    func products(with candidate: Int, of resemblance: OutfitResemblance) -> (narrow: Products, wide: Products) {
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
