import LinearAlgebra
import Testing

@Suite struct CandidatePanelsTests {
    static func matrix(_ rows: Int, _ columns: Int, stream: UInt64, levels: Int? = nil) -> Matrix {
        var random = RandomStream(seed: 11, stream: stream)
        return Matrix(
            rowCount: rows, columnCount: columns,
            values: (0..<rows * columns).map { _ in
                levels.map { Float(random.index(below: $0) - $0 / 2) } ?? random.normal()
            })
    }

    /// Every product one at a time, and a full sort.
    static func oracle(_ queries: Matrix, _ candidates: Matrix, best: Int, excluding: [[Int32]]? = nil)
        -> [[ScoredIndex]]
    {
        (0..<queries.rowCount).map { query in
            (0..<candidates.rowCount).map {
                ScoredIndex(
                    index: Int32($0), score: sequentialProduct(queries.row(query), candidates.row($0)) + 0)
            }
            .filter { $0.score > -.infinity && !(excluding?[query].contains($0.index) ?? false) }
            .sorted(by: ScoredIndex.isBetter).prefix(best).map { $0 }
        }
    }

    @Test(arguments: [(1, 1, 1), (5, 31, 3), (12, 32, 64), (13, 33, 65), (30, 700, 10), (250, 90, 4)])
    func equalsEveryProductAndAFullSort(queryCount: Int, count: Int, dimension: Int) {
        for levels in [nil, 3] {
            let queries = Self.matrix(queryCount, dimension, stream: 1, levels: levels)
            let candidates = Self.matrix(count, dimension, stream: 2, levels: levels)
            let panels = CandidatePanels(candidates)
            for best in [0, 1, 10, 100, 1000] {
                let found = panels.nearest(to: queries, best: best)
                let expected = Self.oracle(queries, candidates, best: best)
                #expect((0..<queryCount).map { found[$0] } == expected)
            }
        }
    }

    @Test func productsAreCloseToThoseInDoublePrecision() {
        let queries = Self.matrix(3, 77, stream: 3)
        let candidates = Self.matrix(40, 77, stream: 4)
        let found = CandidatePanels(candidates).nearest(to: queries, best: 40)
        for query in 0..<3 {
            #expect(found[query].count == 40)
            for candidate in found[query] {
                let exact = zip(queries.row(query), candidates.row(Int(candidate.index))).reduce(0.0) {
                    $0 + Double($1.0) * Double($1.1)
                }
                #expect(abs(Double(candidate.score) - exact) < 1e-4)
            }
        }
    }

    @Test func oneQueryAloneFindsTheSameBitsAsAmongOthers() {
        let queries = Self.matrix(500, 48, stream: 5)
        let candidates = Self.matrix(2100, 48, stream: 6)
        let panels = CandidatePanels(candidates)
        let all = panels.nearest(to: queries, best: 60)
        #expect(all == panels.nearest(to: queries, best: 60, parallelism: Parallelism(width: 2)))
        for query in [0, 11, 12, 239, 240, 499] {
            #expect(panels.nearest(to: queries.rows(query..<query + 1), best: 60)[0] == all[query])
        }
        // Fewer candidates before the same ones do not change their scores.
        let late = CandidatePanels(candidates.rows(17..<2100)).nearest(to: queries.rows(0..<1), best: 2083)[0]
        let full = panels.nearest(to: queries.rows(0..<1), best: 2100)[0].filter { $0.index >= 17 }
        #expect(late.map { ScoredIndex(index: $0.index + 17, score: $0.score) } == full)
    }

    @Test func excludedCandidatesAreReplaced() {
        // More queries than one chunk has.
        let queries = Self.matrix(250, 8, stream: 7)
        let candidates = Self.matrix(300, 8, stream: 8)
        let best = Self.oracle(queries, candidates, best: 40).map { $0.map(\.index) }
        let excluded = best.enumerated().map { $0.offset % 3 == 0 ? [] : $0.element.shuffledByFixedStream() }
        let found = CandidatePanels(candidates).nearest(
            to: queries, best: 25, excluding: Exclusions(excluded), parallelism: Parallelism(width: 2))
        #expect((0..<250).map { found[$0] } == Self.oracle(queries, candidates, best: 25, excluding: excluded))
        let everything = Exclusions([[Int32](0..<300)])
        #expect(CandidatePanels(candidates).nearest(to: queries.rows(0..<1), best: 5, excluding: everything)[0].isEmpty)
    }

    @Test func notANumberNeverWins() {
        var candidates = Self.matrix(40, 4, stream: 9)
        candidates[3, 1] = .nan
        candidates[5, 2] = .infinity
        var queries = Self.matrix(2, 4, stream: 10)
        queries[1, 0] = .nan
        let found = CandidatePanels(candidates).nearest(to: queries, best: 40)
        #expect(!found[0].contains { $0.index == 3 })
        #expect(found[0] == Self.oracle(queries, candidates, best: 40)[0])
        #expect(found[1].isEmpty)
    }

    @Test func emptyIndexFindsNothing() {
        let panels = CandidatePanels(Matrix(rowCount: 0, columnCount: 8))
        #expect(panels.nearest(to: Matrix(rowCount: 2, columnCount: 8), best: 3).offsets == [0, 0, 0])
        let none = CandidatePanels(Self.matrix(5, 8, stream: 1)).nearest(
            to: Matrix(rowCount: 0, columnCount: 8), best: 3)
        #expect(none.queryCount == 0)
    }
}

extension [Int32] {
    fileprivate func shuffledByFixedStream() -> [Int32] {
        var random = RandomStream(seed: 1)
        var copy = self
        random.shuffle(&copy)
        return copy
    }
}
