internal import CKernels
internal import LinearAlgebra

/// Choices as rows of features, the chosen candidate's first.
///
/// Pairs are many, so of each number the upper 16 bits alone are kept.
package struct ChoiceTable: Sendable {
    package let columnCount: Int
    package let pairColumnCount: Int
    /// The rows of choice `c` are `offsets[c]..<offsets[c + 1]`.
    private var offsets = [0]
    /// Its pairs are `pairOffsets[c]..<pairOffsets[c + 1]`, as many of each row.
    private var pairOffsets = [0]
    private var values: [Float] = []
    private var pairValues: [UInt16] = []

    package var count: Int { offsets.count - 1 }

    package init(columnCount: Int, pairColumnCount: Int) {
        self.columnCount = columnCount
        self.pairColumnCount = pairColumnCount
    }

    mutating func reserve(rows: Int, pairs: Int) {
        values.reserveCapacity(rows * columnCount)
        pairValues.reserveCapacity(pairs * pairColumnCount)
    }

    package mutating func append(_ rows: CompletionRows) {
        precondition(
            rows.whole.columnCount == columnCount && rows.pairs.columnCount == pairColumnCount, "rows of another width")
        values += rows.whole.values
        let start = pairValues.count
        pairValues += repeatElement(0, count: rows.pairs.values.count)
        pairValues.withUnsafeMutableBufferPointer { narrowed in
            guard let base = narrowed.baseAddress else { return }
            atelier_narrow(rows.pairs.values, base + start, rows.pairs.values.count)
        }
        offsets.append(offsets[count] + rows.whole.rowCount)
        pairOffsets.append(pairOffsets[pairOffsets.count - 1] + rows.pairs.rowCount)
    }

    func rowCount(of choice: Int) -> Int { offsets[choice + 1] - offsets[choice] }

    var scale: FeatureScale {
        values.withUnsafeBufferPointer { values in
            FeatureScale(rowCount: offsets[count], columnCount: columnCount) { values[$0 * columnCount + $1] }
        }
    }

    var pairScale: FeatureScale {
        pairValues.withUnsafeBufferPointer { values in
            FeatureScale(rowCount: pairOffsets[count], columnCount: pairColumnCount) { row, column in
                Float(bitPattern: UInt32(values[row * pairColumnCount + column]) << 16)
            }
        }
    }

    /// Of the candidates' rows; pairs are standardised when they are read.
    mutating func standardise(by scale: FeatureScale) {
        let count = offsets[count]
        values.withUnsafeMutableBufferPointer { values in
            if let base = values.baseAddress { scale.standardise(base, count: count, to: base) }
        }
    }

    /// Calls `body` with the rows of some choices, one choice after another.
    func withInputs<Result>(
        of choices: [Int], pairScale: FeatureScale, _ body: (CompletionInputs) -> Result
    ) -> Result {
        var ends: [Int32] = []
        var pairCount = 0
        for choice in choices {
            let rows = rowCount(of: choice)
            let each = (pairOffsets[choice + 1] - pairOffsets[choice]) / max(1, rows)
            for _ in 0..<rows {
                pairCount += each
                ends.append(Int32(pairCount))
            }
        }
        let (whole, pairs) = (
            FloatBuffer(count: ends.count * columnCount), FloatBuffer(count: pairCount * pairColumnCount)
        )
        var (row, pair) = (whole.base, pairs.base)
        values.withUnsafeBufferPointer { values in
            pairValues.withUnsafeBufferPointer { pairValues in
                guard let values = values.baseAddress, let pairValues = pairValues.baseAddress else { return }
                for choice in choices {
                    let (rows, some) = (rowCount(of: choice), pairOffsets[choice + 1] - pairOffsets[choice])
                    row.update(from: values + offsets[choice] * columnCount, count: rows * columnCount)
                    pairScale.standardise(
                        pairValues + pairOffsets[choice] * pairColumnCount, count: some, to: pair)
                    row += rows * columnCount
                    pair += some * pairColumnCount
                }
            }
        }
        return body(CompletionInputs(whole: whole.base, pairs: pairs.base, ends: ends))
    }
}
