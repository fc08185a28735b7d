import Compatibility
import LinearAlgebra

/// Small catalogues and outfits that the tests of labels and evaluation share.
enum OutfitFixtures {
    /// Items `i000`, `i001` …: their row is their number. Category, family and season come from the number alone.
    static func catalog(
        itemCount: Int, categoryCount: Int = 4, familyCount: Int = 2, seasonCount: Int = 2, outfits: [Outfit] = []
    ) -> OutfitCatalog {
        let items = (0..<itemCount).map { row in
            CatalogItem(
                id: id(row), categoryPath: ["c\(row % categoryCount)", "f\(row / categoryCount % familyCount)"],
                attributes: ["season": "s\(row / (categoryCount * familyCount) % seasonCount)"])
        }
        return OutfitCatalog(items: items, outfits: outfits)
    }

    static func id(_ row: Int) -> ItemID {
        let digits = String(row)
        return ItemID("i" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits)
    }

    /// Random outfits in which low rows are far more popular, so that some overlap.
    static func outfits(count: Int, itemCount: Int, largest: Int = 6, seed: UInt64) -> [Outfit] {
        var stream = RandomStream(seed: seed)
        return (0..<count).map { number in
            var items: [Int] = []
            let size = 1 + stream.index(below: largest)
            while items.count < size {
                let row = min(stream.index(below: itemCount), stream.index(below: itemCount))
                if !items.contains(row) { items.append(row) }
            }
            return Outfit(id: "o\(number)", items: items)
        }
    }

    static func jaccard(_ a: [Int], _ b: [Int]) -> Double {
        let union = Set(a).union(b).count
        return union == 0 ? 0 : Double(Set(a).intersection(b).count) / Double(union)
    }
}

/// Scores that a test states outright.
struct TableScorer: PairScorer {
    var table: Matrix

    func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        for (row, anchor) in anchors.enumerated() {
            for (column, candidate) in candidates.enumerated() { scores[row, column] = table[anchor, candidate] }
        }
        return scores
    }

    /// Symmetric, of few different values, so that ties are common.
    static func random(itemCount: Int, levels: Int, seed: UInt64) -> TableScorer {
        var stream = RandomStream(seed: seed)
        var table = Matrix(rowCount: itemCount, columnCount: itemCount)
        for i in 0..<itemCount {
            for j in i..<itemCount {
                table[i, j] = Float(stream.index(below: levels))
                table[j, i] = table[i, j]
            }
        }
        return TableScorer(table: table)
    }
}

/// The same of every pair.
struct ConstantScorer: PairScorer {
    var value: Float = 1

    func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        let count = anchors.count * candidates.count
        return Matrix(
            rowCount: anchors.count, columnCount: candidates.count, values: [Float](repeating: value, count: count))
    }
}
