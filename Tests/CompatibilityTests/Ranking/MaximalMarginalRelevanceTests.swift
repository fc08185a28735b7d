import Compatibility
import LinearAlgebra
import Testing

@Suite struct MaximalMarginalRelevanceTests {
    /// The definition, computed anew for every choice.
    private func oracle(
        _ count: Int, lambda: Float, rows: [Int32], relevance: [Float], groups: [Int], quotas: [Int], vectors: Matrix
    ) -> [Int] {
        let similarity = CosineSimilarity(vectors)
        var left = quotas
        var chosen: [Int] = []
        for _ in 0..<count {
            var best: (position: Int, value: Float)?
            for position in rows.indices where !chosen.contains(position) && left[groups[position]] > 0 {
                guard !relevance[position].isNaN else { continue }
                let nearest = chosen.map { similarity.similarities(of: rows[$0], to: [rows[position]])[0] }.max() ?? 0
                let value = lambda * relevance[position] - (1 - lambda) * max(0, nearest)
                if best.map({ value > $0.value || (value == $0.value && rows[position] < rows[$0.position]) }) ?? true {
                    best = (position, value)
                }
            }
            guard let best else { break }
            chosen.append(best.position)
            left[groups[best.position]] -= 1
        }
        return chosen
    }

    @Test(arguments: [Float(0), 0.3, 0.7, 1])
    func equalsTheDefinition(lambda: Float) {
        var random = RandomStream(seed: 41)
        for stream in 0..<5 {
            // Few levels, so that ties are common.
            let vectors = FlatIndexTests.matrix(80, 3, stream: UInt64(50 + stream), levels: 3)
            var rows = (0..<80).map { Int32($0) }
            random.shuffle(&rows)
            rows.removeLast(20)
            let relevance = rows.map { _ in Float(random.index(below: 6)) / 5 }
            let groups = rows.map { _ in random.index(below: 4) }
            let quotas = [3, 0, 8, 60]
            let choices = MaximalMarginalRelevance(lambda: lambda).choose(
                25, rows: rows, relevance: relevance, groups: groups, quotas: quotas,
                similarity: CosineSimilarity(vectors))
            let expected = oracle(
                25, lambda: lambda, rows: rows, relevance: relevance, groups: groups, quotas: quotas, vectors: vectors)
            #expect(choices.map(\.position) == expected)
            #expect(zip(choices, choices.dropFirst()).allSatisfy { $0.value >= $1.value })
        }
    }

    @Test func lambdaOneIsTheOrderOfRelevance() {
        let vectors = FlatIndexTests.matrix(5, 2, stream: 60)
        let choices = MaximalMarginalRelevance(lambda: 1).choose(
            5, rows: [4, 3, 2, 1, 0], relevance: [0.1, 0.9, .nan, 0.5, 0.9], groups: [0, 0, 0, 0, 0], quotas: [5],
            similarity: CosineSimilarity(vectors))
        #expect(choices.map(\.position) == [4, 1, 3, 0])
    }

    @Test func copiesOfTheFirstComeLast() {
        let vectors = Matrix(rowCount: 4, columnCount: 2, values: [1, 0, 2, 0, 0, 1, -1, 0])
        let choices = MaximalMarginalRelevance(lambda: 0.5).choose(
            4, rows: [0, 1, 2, 3], relevance: [1, 0.9, 0.6, 0.5], groups: [0, 0, 0, 0], quotas: [4],
            similarity: CosineSimilarity(vectors))
        #expect(choices.map(\.position) == [0, 2, 3, 1])
    }

    @Test func variantsOfTheChosenStandBehindAllOthersAndValuesStillDescend() {
        let vectors = Matrix(rowCount: 5, columnCount: 2, values: [1, 0, 0.9, 0.1, 0, 1, 0.1, 0.9, 1, 0])
        let variants = VariantGroups(["heels", "heels", "bag", "bag", nil])
        func choose(_ variants: VariantGroups?, lambda: Float = 0.7, quotas: [Int] = [5, 5])
            -> [MaximalMarginalRelevance.Choice]
        {
            MaximalMarginalRelevance(lambda: lambda).choose(
                5, rows: [0, 1, 2, 3, 4], relevance: [1, 1, 0.9, 0.8, 0], groups: [0, 0, 1, 1, 0], quotas: quotas,
                variants: variants, similarity: CosineSimilarity(vectors))
        }
        #expect(choose(nil, lambda: 1).map(\.position) == [0, 1, 2, 3, 4])
        for lambda: Float in [0, 0.7, 1] {
            let choices = choose(variants, lambda: lambda)
            #expect(Set(choices.prefix(3).map { $0.position / 2 }) == [0, 1, 2])
            #expect(Set(choices.map(\.position)).count == 5)
            #expect(zip(choices, choices.dropFirst()).allSatisfy { $0.value >= $1.value })
        }
        // A place is filled by a variant before it stays empty, and quotas hold.
        #expect(choose(variants, lambda: 1, quotas: [2, 2]).map(\.position) == [0, 2, 4, 3])
    }

    @Test func aColourTermChangesWhatCountsAsAlike() {
        let embeddings = Matrix(rowCount: 3, columnCount: 2, values: [1, 0, 0, 1, 0.6, 0.8])
        let colours = Matrix(rowCount: 3, columnCount: 2, values: [1, 0, 1, 0, 0, 1])
        func order(_ weight: Float) -> [Int] {
            let similarity = WeightedSimilarity([
                (CosineSimilarity(embeddings), 1 - weight), (CosineSimilarity(colours), weight),
            ])
            return MaximalMarginalRelevance(lambda: 0.5).choose(
                3, rows: [0, 1, 2], relevance: [1, 0.5, 0.5], groups: [0, 0, 0], quotas: [3], similarity: similarity
            ).map(\.position)
        }
        #expect(order(0) == [0, 1, 2])
        #expect(order(1) == [0, 2, 1])
    }

    @Test func cosineOfAZeroOrBrokenVectorIsZero() {
        let vectors = Matrix(rowCount: 3, columnCount: 2, values: [3, 4, 0, 0, .nan, 1])
        #expect(CosineSimilarity(vectors).similarities(of: 0, to: [1, 2]) == [0, 0])
        #expect(abs(CosineSimilarity(vectors).similarities(of: 0, to: [0])[0] - 1) < 1e-6)
    }
}
