internal import LinearAlgebra

/// Networks for rests of one kind, what standardises their features, and what weighs them.
struct CompletionHead: Sendable, Equatable {
    let scales: CompletionScales
    /// The score is the mean of theirs.
    let networks: [CompletionNetwork]
    var blend = CompletionBlend()

    /// Pairs that go through the networks at once.
    static let block = 2048

    /// The scores of rows of features as `CompletionFeatures` gives them.
    func scores(_ rows: CompletionRows, content: ItemContent) -> [Float] {
        let (restCount, rowCount) = (rows.restCount, rows.whole.rowCount)
        let most = min(rowCount, max(1, Self.block / restCount))
        var scores = [Float](repeating: 0, count: rowCount)
        let (width, pairWidth) = (scales.whole.columnCount, restCount * scales.pairs.columnCount)
        let (whole, pairs) = (FloatBuffer(unwritten: most * width), FloatBuffer(unwritten: most * pairWidth))
        let ends = (0..<most).map { Int32(($0 + 1) * restCount) }
        let ofCandidates = FloatBuffer(unwritten: most * content.columnCount)
        let ofItems = FloatBuffer(unwritten: rows.items.count * content.columnCount)
        content.copy(rows.items, to: ofItems.base)
        let work = CompletionPass(
            shape: networks[0].shape, capacity: most, pairCapacity: most * restCount, itemCapacity: rows.items.count)
        rows.reading { wholeRows, pairRows in
            for start in stride(from: 0, to: rowCount, by: most) {
                let count = min(most, rowCount - start)
                scales.whole.standardise(wholeRows + start * width, count: count, to: whole.base)
                scales.pairs.standardise(pairRows + start * pairWidth, count: count * restCount, to: pairs.base)
                content.copy(rows.candidates[start..<start + count], to: ofCandidates.base)
                let inputs = CompletionInputs(
                    whole: whole.base, pairs: pairs.base, ends: count == most ? ends : Array(ends.prefix(count)),
                    candidateContent: ofCandidates.base, itemContent: ofItems.base, itemCount: rows.items.count,
                    items: Array(rows.starts[start..<start + count]))
                for network in networks {
                    work.forward(inputs, parameters: network.parameters)
                    for place in 0..<count {
                        scores[start + place] += work.scores.base[place] / Float(networks.count)
                    }
                }
            }
        }
        return scores
    }
}
