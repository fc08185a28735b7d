package import LinearAlgebra

/// Where the right answer of each question stood among all items of its category, in the order of the questions.
package struct RecallResult: Sendable, Equatable {
    /// Candidates with a higher score; −1 for a question that could not be asked.
    package let better: [Int32]
    /// Candidates with the same score as the answer, itself not counted.
    package let tied: [Int32]
    /// Candidates in all, the answer among them.
    package let poolSizes: [Int32]

    package init(better: [Int32], tied: [Int32], poolSizes: [Int32]) {
        self.better = better
        self.tied = tied
        self.poolSizes = poolSizes
    }

    package var questionCount: Int { better.count }
    package var unanswerableCount: Int { better.count { $0 < 0 } }

    /// For each question, the chance that the answer is among the first `k` when ties are broken by lot; 0 for a question
    /// that could not be asked.
    package func hits(at k: Int) -> [Double] {
        zip(better, tied).map { better, tied in
            better < 0 ? 0 : min(1, max(0, Double(k - Int(better)) / Double(tied + 1)))
        }
    }

    /// The mean of `hits`; nil without questions.
    package func recall(at k: Int) -> Double? {
        better.isEmpty ? nil : hits(at: k).reduce(0, +) / Double(better.count)
    }

    package func restricted(to isWanted: (Int) -> Bool) -> RecallResult {
        let places = better.indices.filter(isWanted)
        return RecallResult(
            better: places.map { better[$0] }, tied: places.map { tied[$0] }, poolSizes: places.map { poolSizes[$0] })
    }
}

/// Ranks the right answer of a question among *all* items of its top-level category, given the rest of the outfit.
///
/// The items that the question shows are no candidates. Questions of a category go through its items in blocks, so memory
/// is `questionsAtOnce` x `candidatesAtOnce` scores a thread and does not grow with the catalogue.
package struct RecallEvaluator: Sendable {
    private let questionsAtOnce = 32
    private let candidatesAtOnce = 4096

    package init() {}

    package func evaluate(
        _ questions: [FillInTheBlankQuestion], in catalog: OutfitCatalog, by scorer: any OutfitScorer,
        parallelism: Parallelism, progress: EvaluationProgress? = nil
    ) -> RecallResult {
        let tally = ProgressTally(total: questions.count, report: progress)
        let pools = catalog.rowsByCategory()
        var ofCategory = [[Int]](repeating: [], count: pools.count)
        for (place, question) in questions.enumerated() where !question.question.isEmpty {
            if let row = question.rightRow { ofCategory[catalog.categoryOfItem[row]].append(place) }
        }
        // Cut by category first, so that a chunk has one pool.
        let work = ofCategory.enumerated().flatMap { category, places in
            stride(from: 0, to: places.count, by: questionsAtOnce).map { start in
                Chunk(category: category, places: Array(places[start..<min(places.count, start + questionsAtOnce)]))
            }
        }
        let counts = parallelism.mapChunks(of: work.count, chunkSize: 1) { number, _ in
            defer { tally.add(work[number].places.count) }
            return self.counts(
                for: work[number].places.map { questions[$0] }, pool: pools[work[number].category], by: scorer)
        }
        var better = [Int32](repeating: -1, count: questions.count)
        var tied = [Int32](repeating: 0, count: questions.count)
        var sizes = [Int32](repeating: 0, count: questions.count)
        for (chunk, counts) in zip(work, counts) {
            for (place, count) in zip(chunk.places, counts) {
                better[place] = count.better
                tied[place] = count.tied
                sizes[place] = count.pool
            }
        }
        return RecallResult(better: better, tied: tied, poolSizes: sizes)
    }

    private struct Chunk {
        var category: Int
        var places: [Int]
    }

    private struct Standing {
        var better: Int32 = 0
        var tied: Int32 = 0
        var pool: Int32
    }

    private func counts(
        for questions: [FillInTheBlankQuestion], pool: [Int], by scorer: any OutfitScorer
    ) -> [Standing] {
        let answers = questions.map { $0.rightRow ?? -1 }
        let categoryRows = Set(questions.flatMap(\.question)).intersection(pool)
        var standings = questions.map { question in
            Standing(pool: Int32(pool.count - Set(question.question).intersection(categoryRows).count))
        }
        let rests = questions.map(\.question)
        let ownScores = scorer.completionScores(rests: rests, candidates: answers)
        for start in stride(from: 0, to: pool.count, by: candidatesAtOnce) {
            let block = Array(pool[start..<min(pool.count, start + candidatesAtOnce)])
            let scores = scorer.completionScores(rests: rests, candidates: block)
            scores.values.withUnsafeBufferPointer { scores in
                for row in questions.indices {
                    let own = ownScores[row, row].comparable
                    for column in block.indices {
                        let score = scores[row * block.count + column].comparable
                        guard score >= own else { continue }
                        let candidate = block[column]
                        if candidate == answers[row] || rests[row].contains(candidate) { continue }
                        if score > own { standings[row].better += 1 } else { standings[row].tied += 1 }
                    }
                }
            }
        }
        return standings
    }
}
