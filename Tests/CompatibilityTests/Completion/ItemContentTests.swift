import Compatibility
import LinearAlgebra
import Testing

@Suite struct ItemContentTests {
    /// 40 items of 3 dense columns, of which the second is the first and a little noise; the last item has none.
    private func dense() -> FeatureBlock {
        var random = RandomStream(seed: 6)
        var matrix = Matrix(rowCount: 40, columnCount: 3)
        for row in 0..<39 {
            matrix[row, 0] = 100 * random.normal()
            matrix[row, 1] = matrix[row, 0] + random.normal()
            matrix[row, 2] = random.normal()
        }
        return FeatureBlock(name: "picture", values: .dense(matrix), isPresent: (0..<40).map { $0 < 39 })
    }

    /// Every item has one of so many values.
    private func sparse(values: Int, columnCount: Int) -> FeatureBlock {
        var matrix = SparseMatrix(columnCount: columnCount)
        for item in 0..<40 { matrix.appendRow([(column: (item % values) * (columnCount / values), value: 1)]) }
        return FeatureBlock(
            name: "words", values: .sparse(matrix), isPresent: [Bool](repeating: true, count: 40))
    }

    private func column(_ content: ItemContent, _ column: Int, rows: Range<Int>) -> [Double] {
        rows.map { Double(content.rows[$0, column]) }
    }

    @Test func firstComponentsHaveAVarianceOfOne() {
        let content = ItemContent(itemCount: 40, blocks: [dense(), sparse(values: 4, columnCount: 8)], components: 2)
        #expect(content.columnCount == 4)
        for (first, present) in [(0, 39), (2, 40)] {
            let values = column(content, first, rows: 0..<present)
            let squares = values.reduce(0) { $0 + $1 * $1 } / Double(present)
            #expect(abs(values.reduce(0, +)) / Double(present) < 1e-4)
            #expect(abs(squares - 1) < 1e-3, "\(squares)")
            let later = column(content, first + 1, rows: 0..<present).reduce(0) { $0 + $1 * $1 } / Double(present)
            #expect(later <= squares + 1e-3)
        }
        // The first two columns vary together, so what sets the third apart is the second component: half of the first.
        let second = column(content, 1, rows: 0..<39).reduce(0) { $0 + $1 * $1 } / 39
        #expect(abs(second - 0.5) < 0.1, "\(second)")
    }

    @Test func whatIsMissingIsTheMean() {
        let content = ItemContent(itemCount: 40, blocks: [dense()], components: 3)
        #expect(content.rows.row(39).allSatisfy { $0 == 0 })
        #expect(content.rows.row(38).contains { $0 != 0 })
    }

    @Test func aBlockThatIsTheSameForAllSaysNothing() {
        let constant = FeatureBlock(
            name: "picture",
            values: .dense(Matrix(rowCount: 40, columnCount: 2, values: [Float](repeating: 3, count: 80))),
            isPresent: [Bool](repeating: true, count: 40))
        #expect(ItemContent(itemCount: 40, blocks: [constant], components: 2).columnCount == 0)
        #expect(ItemContent(itemCount: 40, blocks: [], components: 2).rows.rowCount == 40)
    }

    /// 5000 columns are hashed; items with the same words stay alike, and others apart.
    @Test func wideSparseBlocksAreHashed() {
        let content = ItemContent(itemCount: 40, blocks: [sparse(values: 5, columnCount: 5000)], components: 8)
        for item in 0..<40 {
            for other in 0..<item {
                let distance = zip(content.rows.row(item), content.rows.row(other))
                    .reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                #expect(item % 5 == other % 5 ? distance < 1e-6 : distance > 1)
            }
        }
    }

    /// Choices in which nothing but what the items are like tells the right candidate: it is of the kind of the item shown.
    @Test func networksLearnByIt() {
        var kinds = Matrix(rowCount: 40, columnCount: 1)
        for item in 0..<40 { kinds[item, 0] = item % 2 == 0 ? 1 : -1 }
        func loss(_ content: ItemContent) -> Double {
            var random = RandomStream(seed: 2)
            var table = ChoiceTable(columnCount: 1, pairColumnCount: 1, content: content)
            for choice in 0..<600 {
                let kind = choice % 2
                let candidates = [2 * random.index(below: 20) + kind, 2 * random.index(below: 20) + 1 - kind]
                table.append(
                    CompletionRows(
                        rest: [2 * random.index(below: 20) + kind], candidates: candidates,
                        whole: Matrix(rowCount: 2, columnCount: 1), pairs: Matrix(rowCount: 2, columnCount: 1)))
            }
            var configuration = CompletionFit.Configuration()
            configuration.calibration = 0
            configuration.dropout = 0
            configuration.networks = 1
            let training = CompletionTraining(table: table, configuration: configuration, seed: 1)
            var state = training.start()
            while !training.isFinished(state) {
                training.advance(&state, order: training.order(ofEpoch: state.position.epoch))
            }
            return state.position.losses.last ?? 0
        }
        #expect(loss(ItemContent(rows: kinds)) < 0.1)
        // log 2: a guess between two.
        #expect(abs(loss(ItemContent(rows: Matrix(rowCount: 40, columnCount: 0))) - 0.693) < 0.01)
    }
}
