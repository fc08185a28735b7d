package import LinearAlgebra

/// Candidates for a range of items, one list for each adjacent category of each: CSR twice over.
package struct CandidateLists: Sendable, Equatable {
    /// The catalogue rows that the lists are for.
    package let items: Range<Int>
    /// `items.count + 1` positions in `targets`: which lists are an item's.
    package private(set) var listOffsets: [Int] = [0]
    /// For each list its target category.
    package private(set) var targets: [Int32] = []
    /// `targets.count + 1` positions in `rows` and `scores`.
    package private(set) var entryOffsets: [Int] = [0]
    /// Catalogue rows, best first within a list.
    package private(set) var rows: [Int32] = []
    package private(set) var scores: [Float] = []

    package init(items: Range<Int>) {
        self.items = items
    }

    /// Lists as they were written; nil where the arrays do not fit together.
    package init?(
        items: Range<Int>, listOffsets: [Int], targets: [Int32], entryOffsets: [Int], rows: [Int32], scores: [Float]
    ) {
        func ascends(_ offsets: [Int], to end: Int) -> Bool {
            offsets.first == 0 && offsets.last == end && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
        }
        guard listOffsets.count == items.count + 1, ascends(listOffsets, to: targets.count),
            entryOffsets.count == targets.count + 1, ascends(entryOffsets, to: rows.count), rows.count == scores.count
        else { return nil }
        self.items = items
        self.listOffsets = listOffsets
        self.targets = targets
        self.entryOffsets = entryOffsets
        self.rows = rows
        self.scores = scores
    }

    /// Adds the lists of the next item.
    mutating func append(_ lists: [(target: Int, candidates: [ScoredIndex])]) {
        for list in lists {
            targets.append(Int32(list.target))
            for candidate in list.candidates {
                rows.append(candidate.index)
                scores.append(candidate.score)
            }
            entryOffsets.append(rows.count)
        }
        listOffsets.append(targets.count)
    }

    /// The same candidates by the scores of another scorer, the best first again.
    ///
    /// - Parameter progress: told, between items, how many are done; what it throws ends the work.
    package func rescored(
        by scorer: some PairScorer, progress: (_ itemCount: Int) throws -> Void = { _ in }
    ) rethrows -> CandidateLists {
        var rescored = CandidateLists(items: items)
        for item in items {
            try progress(item - items.lowerBound)
            var lists = self.lists(of: item)
            let candidates = lists.flatMap { $0.candidates.map { Int($0.index) } }
            let scores = scorer.scores(anchors: [item], candidates: candidates)
            var column = 0
            for place in lists.indices {
                lists[place].candidates = lists[place].candidates.map { candidate in
                    defer { column += 1 }
                    return ScoredIndex(index: candidate.index, score: scores[0, column].comparable)
                }.sorted(by: ScoredIndex.isBetter)
            }
            rescored.append(lists)
        }
        return rescored
    }

    /// The lists of one item, named by its catalogue row.
    package func lists(of item: Int) -> [(target: Int, candidates: [ScoredIndex])] {
        let place = item - items.lowerBound
        return (listOffsets[place]..<listOffsets[place + 1]).map { list in
            (
                target: Int(targets[list]),
                candidates: (entryOffsets[list]..<entryOffsets[list + 1]).map {
                    ScoredIndex(index: rows[$0], score: scores[$0])
                }
            )
        }
    }
}
