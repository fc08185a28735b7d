internal import CKernels
internal import LinearAlgebra

/// The questions that decide when training stops: one hidden item for each of a sample of validation outfits.
struct ValidationQuestions: Sendable {
    struct Question: Sendable {
        var rest: [Int32]
        var answer: Int32
    }

    let questions: [Question]
    private let categoryOfItem: [Int]
    private let candidates: ItemGroups
    private let family: ItemGroups

    struct Outcome: Sendable, Equatable {
        var recallAt10: Double
        var familyOrder: Double
    }

    init(data: TrainingData, sample: Int, seed: UInt64) {
        var random = RandomStream(seed: seed, stream: 0x2_0000_0000)
        var outfits = data.validation.filter { $0.items.count > 1 }
        random.shuffle(&outfits)
        questions = outfits.prefix(max(0, sample)).map { outfit in
            let place = random.index(below: outfit.items.count)
            var rest = outfit.items.map(Int32.init)
            let answer = rest.remove(at: place)
            return Question(rest: rest, answer: answer)
        }
        categoryOfItem = data.categoryOfItem
        candidates = ItemGroups(groupOfItem: data.categoryOfItem)
        family = data.groups.family ?? candidates
    }

    /// - Parameter embeddings: of all items by `parameters`.
    func outcome(
        embeddings: Matrix, shape: ModelShape, parameters: UnsafePointer<Float>, parallelism: Parallelism
    ) -> Outcome? {
        guard !questions.isEmpty else { return nil }
        var byCategory = [[Int]](repeating: [], count: shape.categoryCount)
        for (number, question) in questions.enumerated() {
            byCategory[categoryOfItem[Int(question.answer)]].append(number)
        }
        let pointer = ReadPointer(parameters)
        let asked = byCategory
        let results = parallelism.mapChunks(of: shape.categoryCount, chunkSize: 1) {
            category, _ -> [(hit: Bool, order: Double)] in
            let rows = candidates.groupCount > category ? Array(candidates.members(ofGroup: category)) : []
            let vectors = embeddings.rows(at: rows.map(Int.init))
            var found: [(hit: Bool, order: Double)] = []
            for start in stride(from: 0, to: asked[category].count, by: 32) {
                let part = asked[category][start..<min(asked[category].count, start + 32)].map { questions[$0] }
                let queries = pooledQueries(
                    part, category: category, embeddings: embeddings, shape: shape, parameters: pointer.base)
                let scores = queries.multiplied(byTransposeOf: vectors)
                for (place, question) in part.enumerated() {
                    found.append(rate(question, scores: Array(scores.row(place)), rows: rows))
                }
            }
            return found
        }
        let all = results.flatMap { $0 }
        return Outcome(
            recallAt10: Double(all.count { $0.hit }) / Double(all.count),
            familyOrder: all.reduce(0) { $0 + $1.order } / Double(all.count))
    }

    private func pooledQueries(
        _ part: [Question], category: Int, embeddings: Matrix, shape: ModelShape, parameters: UnsafePointer<Float>
    ) -> Matrix {
        let width = shape.embeddingWidth
        var pooled = Matrix(rowCount: part.count, columnCount: width)
        let anchors = part.flatMap { $0.rest.map(Int.init) }
        let vectors = embeddings.rows(at: anchors)
        var queries = [Float](repeating: 0, count: anchors.count * width)
        vectors.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            EmbeddingProjection(shape: shape, parameters: parameters).fill(
                &queries, from: base, stride: width, count: anchors.count,
                categories: anchors.map { categoryOfItem[$0] },
                target: category)
        }
        var row = 0
        for (place, question) in part.enumerated() {
            let share = 1 / Float(question.rest.count)
            for _ in question.rest {
                for column in 0..<width { pooled[place, column] += share * queries[row * width + column] }
                row += 1
            }
        }
        return pooled
    }

    /// Items of the rest are no candidates; ties go to the lower row.
    private func rate(_ question: Question, scores: [Float], rows: [Int32]) -> (hit: Bool, order: Double) {
        guard let place = rows.firstIndex(of: question.answer) else { return (false, 0) }
        let own = scores[place]
        // To what is no number nothing compares as better, and a broken model would look perfect.
        guard own.isFinite else { return (false, 0) }
        let answerFamily = family.groupOfItem[Int(question.answer)]
        var better = 0
        var familyCount = 0
        var familyBelow = 0.0
        for (index, row) in rows.enumerated() where row != question.answer {
            let isBetter = scores[index] > own || (scores[index] == own && row < question.answer)
            if family.groupOfItem[Int(row)] == answerFamily {
                familyCount += 1
                familyBelow += scores[index] < own ? 1 : (scores[index] == own ? 0.5 : 0)
            }
            if isBetter, !question.rest.contains(row) { better += 1 }
        }
        return (better < 10, familyCount == 0 ? 0.5 : familyBelow / Double(familyCount))
    }
}
