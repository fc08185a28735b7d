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
    ///
    /// - Parameter shown: of no item, before and after.
    func addResemblance(to rows: inout Matrix, rest: [Int], candidates: [Int], shown: inout OutfitShares) {
        let part = 1 / Float(rest.count)
        let (width, first) = (count, resemblanceColumn)
        rows.values.withUnsafeMutableBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            let wide = Self.resemblanceNames.count / 2
            func add(_ together: OutfitShares.Both, of item: Int, to row: UnsafeMutablePointer<Float>) {
                together.narrow.add(to: row, part: part, outfits: resemblance.narrowSums[item])
                together.wide.add(to: row + wide, part: part, outfits: resemblance.wideSums[item])
            }
            for item in rest where rest.count > 1 {
                shown.add(item, of: resemblance)
                for (place, candidate) in candidates.enumerated() {
                    add(shown.products(with: candidate, of: resemblance), of: item, to: base + place * width + first)
                }
                shown.remove(item, of: resemblance)
            }
            for item in rest { shown.add(item, of: resemblance) }
            for (place, candidate) in candidates.enumerated() {
                let row = base + place * width + first
                let together = shown.products(with: candidate, of: resemblance)
                if rest.count == 1 { add(together, of: rest[0], to: row) }
                together.narrow.write(to: row, part: part, outfits: resemblance.narrowSums[candidate])
                together.wide.write(to: row + wide, part: part, outfits: resemblance.wideSums[candidate])
            }
            for item in rest { shown.remove(item, of: resemblance) }
        }
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

        /// What one item of the rest and the candidate have in common.
        func add(to row: UnsafeMutablePointer<Float>, part: Float, outfits: Float) {
            row[3] += log1p(sum) * part
            row[5] += sum / (1 + outfits) * part
        }

        /// What the whole rest and the candidate have in common.
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
