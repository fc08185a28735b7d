internal import Compatibility
internal import LinearAlgebra

/// A scorer of another build's catalogue, asked by this one's rows. Rows that the other does not know must not be asked.
struct RemappedScorer: PairScorer, OutfitScorer {
    let scorer: any PairScorer
    let outfits: any OutfitScorer
    /// For each of this catalogue's rows the other's, or -1.
    let rows: [Int]

    init(_ scorer: EmbeddingScorer, from catalog: OutfitCatalog, to other: OutfitCatalog) {
        self.scorer = scorer
        outfits = scorer.outfits
        rows = catalog.items.map { other.row(of: $0.id) ?? -1 }
    }

    func knows(_ row: Int) -> Bool { rows[row] >= 0 }

    func scores(anchors: [Int], candidates: [Int]) -> Matrix {
        scorer.scores(anchors: anchors.map { rows[$0] }, candidates: candidates.map { rows[$0] })
    }

    func completionScores(rests: [[Int]], candidates: [Int]) -> Matrix {
        outfits.completionScores(
            rests: rests.map { $0.map { rows[$0] } }, candidates: candidates.map { rows[$0] })
    }

    func answerScores(rest: [Int], candidates: [Int]) -> [Float] {
        outfits.answerScores(rest: rest.map { rows[$0] }, candidates: candidates.map { rows[$0] })
    }

    func outfitScore(_ items: [Int]) -> Float { outfits.outfitScore(items.map { rows[$0] }) }
}
