package import Compatibility
private import Foundation
internal import LinearAlgebra

/// Texts as hashed n-grams: any language, no vocabulary, no model file.
///
/// A term is a word, a character 3- to 5-gram of a word with its ends marked (so that inflections and misspellings
/// share terms), or, in scripts without spaces, a character 1- to 4-gram (a word of Chinese has one or two characters,
/// so that longer grams alone would miss most words). A term goes to column hash mod dimension with a sign from another
/// bit of the hash, so that collisions cancel on average (Weinberger et al., 2009).
///
/// value = sign · share · (1 + log tf) · idf, rows scaled to norm 1; idf = log((1 + n) / (1 + df)) + 1 over the
/// catalogue. Terms of one word share its weight: grams together weigh half as much as the word.
package struct TextFeatureExtractor: Sendable {
    /// Goes up whenever the same text would get other features.
    package static let version = 1
    package static let blockName = "text"

    package let dimension: Int
    package let seed: UInt64
    /// Whether rare terms weigh more than common ones.
    package let usesInverseFrequency: Bool

    package init(dimension: Int = 4_096, seed: UInt64 = 1, usesInverseFrequency: Bool = true) {
        precondition(dimension >= 16, "text needs some columns")
        self.dimension = dimension
        self.seed = seed
        self.usesInverseFrequency = usesInverseFrequency
    }

    /// The block of one text an item. A text without a single word is missing.
    package func block(of texts: [String]) -> FeatureBlock {
        let terms = texts.map { self.terms(of: $0) }
        var frequency = [Int](repeating: 0, count: dimension)
        for row in terms { for entry in row { frequency[entry.column] += 1 } }
        let documents = Float(texts.count)
        var matrix = SparseMatrix(columnCount: dimension)
        for row in terms {
            var entries = row
            for k in entries.indices where usesInverseFrequency {
                entries[k].value *= log((1 + documents) / (1 + Float(frequency[entries[k].column]))) + 1
            }
            let norm = entries.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
            matrix.appendRow(entries.map { ($0.column, $0.value / (norm > 0 ? norm : 1)) })
        }
        return FeatureBlock(name: Self.blockName, values: .sparse(matrix), isPresent: terms.map { !$0.isEmpty })
    }

    /// Columns ascending, each once, with values before idf and scaling. Columns whose terms cancelled are left out.
    package func terms(of text: String) -> [(column: Int, value: Float)] {
        var counts: [String: (count: Int, weight: Float)] = [:]
        func add(_ term: String, _ weight: Float) {
            let old = counts[term] ?? (0, 0)
            counts[term] = (old.count + 1, max(old.weight, weight))
        }
        for word in WordSplitter.words(of: text) {
            let characters = Array(word.text)
            if word.isUnspaced {
                for length in 1...4 where length <= characters.count {
                    for start in 0...characters.count - length {
                        add("g" + String(characters[start..<start + length]), length == 2 ? 1 : 0.5)
                    }
                }
                continue
            }
            add("w" + word.text, 1)
            guard characters.count > 2 else { continue }
            let marked: [Character] = ["<"] + characters + [">"]
            let gramCount = (3...5).reduce(0) { $0 + max(0, marked.count - $1 + 1) }
            // Squares add up in the norm, so that grams of weight w together weigh w · sqrt(count).
            let weight = 0.5 / Float(gramCount).squareRoot()
            for length in 3...5 where length <= marked.count {
                for start in 0...marked.count - length { add("c" + String(marked[start..<start + length]), weight) }
            }
        }
        var values: [Int: Float] = [:]
        // Sorted, since the order of additions decides the last bit.
        for (term, entry) in counts.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let hash = StableHash.hash(term, seed: seed)
            let column = Int(hash >> 1) % dimension
            let sign: Float = hash & 1 == 0 ? 1 : -1
            values[column, default: 0] += sign * entry.weight * (1 + log(Float(entry.count)))
        }
        return values.filter { abs($0.value) > 1e-6 }.map { (column: $0.key, value: $0.value) }.sorted {
            $0.column < $1.column
        }
    }
}
