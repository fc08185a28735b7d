internal import CKernels
private import Foundation
package import LinearAlgebra

/// Scores two items by how alike their colours are, and by nothing else: the colour-only baseline.
///
/// score = exp(-d / 25), where d is the weighted palette distance of `ColourDistance.palette` with CIE 1976 distances
/// (a product of a whole catalogue has hundreds of millions of colour pairs, and CIEDE2000 ranks them nearly alike at
/// forty times the cost). Equal palettes score 1, black against white 0.02.
///
/// An item without a palette scores what a pair of items scores on average, so that it is neither first nor last.
package struct PaletteSimilarity: PairScorer {
    /// What a pair scores in which an item has no palette: the mean over a fixed sample of pairs.
    package let missingScore: Float
    /// 20 floats an item: 5 weights, 5 L, 5 a, 5 b. Unused colours have no weight and stand far away from all others.
    private let palettes: [Float]
    private let isPresent: [Bool]

    private static let stride = 4 * PaletteRow.colourCount

    /// - Parameter block: the dense block `palette`; nil where it is none (sparse, or narrower than a palette), and where no
    ///   item has one.
    package init?(palette block: FeatureBlock) {
        guard case .dense(let matrix) = block.values, matrix.columnCount >= Self.stride else { return nil }
        var palettes = [Float](repeating: 0, count: matrix.rowCount * Self.stride)
        var isPresent = block.isPresent
        for row in 0..<matrix.rowCount {
            let colours = PaletteRow.decode(matrix.row(row))
            isPresent[row] = isPresent[row] && !colours.isEmpty
            for k in 0..<PaletteRow.colourCount {
                let slot = row * Self.stride + k
                guard k < colours.count else {
                    palettes[slot + 5] = 1e5
                    continue
                }
                palettes[slot] = colours[k].weight
                palettes[slot + 5] = colours[k].colour.lightness
                palettes[slot + 10] = colours[k].colour.a
                palettes[slot + 15] = colours[k].colour.b
            }
        }
        guard isPresent.contains(true) else { return nil }
        self.palettes = palettes
        self.isPresent = isPresent
        missingScore = Self.meanScore(palettes, rows: isPresent.indices.filter { isPresent[$0] })
    }

    package func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        var gathered: [Float] = []
        gathered.reserveCapacity(candidates.count * Self.stride)
        for candidate in candidates {
            gathered.append(contentsOf: palettes[candidate * Self.stride..<(candidate + 1) * Self.stride])
        }
        var scores = Matrix(rowCount: anchors.count, columnCount: candidates.count)
        for (row, anchor) in anchors.enumerated() {
            let line = row * candidates.count..<(row + 1) * candidates.count
            Self.distances(palettes, from: anchor, to: gathered, into: &scores.values, at: line)
            for (column, candidate) in candidates.enumerated() {
                let isKnown = isPresent[anchor] && isPresent[candidate]
                let slot = line.lowerBound + column
                scores.values[slot] = isKnown ? Self.score(scores.values[slot]) : missingScore
            }
        }
        return scores
    }

    private static func score(_ distance: Float) -> Float { exp(-distance / 25) }

    private static func distances(
        _ palettes: [Float], from anchor: Int, to others: [Float], into values: inout [Float], at range: Range<Int>
    ) {
        palettes.withUnsafeBufferPointer { palettes in
            others.withUnsafeBufferPointer { others in
                values.withUnsafeMutableBufferPointer { values in
                    guard let from = palettes.baseAddress, let to = others.baseAddress, let into = values.baseAddress
                    else { return }
                    atelier_palette_distances(from + anchor * stride, to, range.count, into + range.lowerBound)
                }
            }
        }
    }

    /// The mean score of at most 4,096 pairs, drawn with a seed of its own.
    private static func meanScore(_ palettes: [Float], rows: [Int]) -> Float {
        guard rows.count > 1 else { return score(40) }
        var stream = RandomStream(seed: 0x5041_4C45)
        var distance: [Float] = [0]
        var sum: Float = 0
        let pairCount = min(4_096, rows.count * rows.count)
        for _ in 0..<pairCount {
            let (p, q) = (rows[stream.index(below: rows.count)], rows[stream.index(below: rows.count)])
            distances(
                palettes, from: p, to: Array(palettes[q * stride..<(q + 1) * stride]), into: &distance, at: 0..<1)
            sum += score(distance[0])
        }
        return sum / Float(pairCount)
    }
}
