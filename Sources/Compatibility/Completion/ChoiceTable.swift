internal import CKernels
internal import LinearAlgebra

/// Choices as rows of features, the chosen candidate's first.
///
/// Rows are many, so of each number the upper 16 bits alone are kept.
package struct ChoiceTable: Sendable {
    package let columnCount: Int
    package let pairColumnCount: Int
    let content: ItemContent
    /// The rows of choice `c` are `offsets[c]..<offsets[c + 1]`.
    private var offsets = [0]
    /// Its pairs are `pairOffsets[c]..<pairOffsets[c + 1]`, as many of each row.
    private var pairOffsets = [0]
    private var values: [UInt16] = []
    private var pairValues: [UInt16] = []
    /// Of each row its candidate.
    private var candidates: [Int32] = []
    /// Of each choice the items of the rest.
    private var rests: [[Int32]] = []

    package var count: Int { offsets.count - 1 }

    package init(columnCount: Int, pairColumnCount: Int, content: ItemContent) {
        self.columnCount = columnCount
        self.pairColumnCount = pairColumnCount
        self.content = content
    }

    mutating func reserve(rows: Int, pairs: Int) {
        values.reserveCapacity(rows * columnCount)
        pairValues.reserveCapacity(pairs * pairColumnCount)
    }

    package mutating func append(_ rows: CompletionRows) {
        precondition(
            rows.whole.columnCount == columnCount && rows.pairs.columnCount == pairColumnCount, "rows of another width")
        Self.append(rows.whole.values, to: &values)
        Self.append(rows.pairs.values, to: &pairValues)
        candidates += rows.candidates
        rests.append(rows.items)
        offsets.append(offsets[count] + rows.whole.rowCount)
        pairOffsets.append(pairOffsets[pairOffsets.count - 1] + rows.pairs.rowCount)
    }

    private static func append(_ row: [Float], to values: inout [UInt16]) {
        let start = values.count
        values += repeatElement(0, count: row.count)
        values.withUnsafeMutableBufferPointer { narrowed in
            if let base = narrowed.baseAddress { atelier_narrow(row, base + start, row.count) }
        }
    }

    func rowCount(of choice: Int) -> Int { offsets[choice + 1] - offsets[choice] }

    var scales: CompletionScales {
        CompletionScales(
            whole: Self.scale(of: values, columnCount: columnCount),
            pairs: Self.scale(of: pairValues, columnCount: pairColumnCount))
    }

    private static func scale(of values: [UInt16], columnCount: Int) -> FeatureScale {
        values.withUnsafeBufferPointer { values in
            FeatureScale(rowCount: values.count / max(1, columnCount), columnCount: columnCount) { row, column in
                Float(bitPattern: UInt32(values[row * columnCount + column]) << 16)
            }
        }
    }

    /// Calls `body` with the standardised rows of some choices, one choice after another.
    func withInputs<Result>(
        of choices: [Int], by scales: CompletionScales, _ body: (CompletionInputs) -> Result
    ) -> Result {
        var (ends, starts): ([Int32], [Int32]) = ([], [])
        var (pairCount, itemCount) = (0, 0)
        for choice in choices {
            for _ in 0..<rowCount(of: choice) {
                pairCount += rests[choice].count
                ends.append(Int32(pairCount))
                starts.append(Int32(itemCount))
            }
            itemCount += rests[choice].count
        }
        let (whole, pairs) = (
            FloatBuffer(unwritten: ends.count * columnCount), FloatBuffer(unwritten: pairCount * pairColumnCount)
        )
        var (row, pair) = (whole.base, pairs.base)
        values.withUnsafeBufferPointer { values in
            pairValues.withUnsafeBufferPointer { pairValues in
                guard let values = values.baseAddress, let pairValues = pairValues.baseAddress else { return }
                for choice in choices {
                    let (rows, some) = (rowCount(of: choice), pairOffsets[choice + 1] - pairOffsets[choice])
                    scales.whole.standardise(values + offsets[choice] * columnCount, count: rows, to: row)
                    scales.pairs.standardise(
                        pairValues + pairOffsets[choice] * pairColumnCount, count: some, to: pair)
                    row += rows * columnCount
                    pair += some * pairColumnCount
                }
            }
        }
        let (ofCandidates, ofItems) = (
            FloatBuffer(unwritten: ends.count * content.columnCount),
            FloatBuffer(unwritten: itemCount * content.columnCount)
        )
        content.copy(choices.lazy.flatMap { candidates[offsets[$0]..<offsets[$0 + 1]] }, to: ofCandidates.base)
        content.copy(choices.lazy.flatMap { rests[$0] }, to: ofItems.base)
        return body(
            CompletionInputs(
                whole: whole.base, pairs: pairs.base, ends: ends, candidateContent: ofCandidates.base,
                itemContent: ofItems.base, itemCount: itemCount, items: starts))
    }
}
