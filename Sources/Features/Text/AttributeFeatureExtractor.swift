package import Compatibility
private import Foundation
internal import LinearAlgebra

/// Attributes and the category path as one-hots over a vocabulary that the catalogue itself gives.
package struct AttributeFeatureExtractor: Sendable {
    package static let version = 1
    package static let blockName = "attributes"

    /// One column: a value of an attribute, or a category at its level of the path.
    package struct Term: Sendable, Hashable, Comparable, Codable {
        /// The attribute's name; `category/1` and so on for the levels of the category path, which no attribute is
        /// mistaken for, as those carry the prefix `attribute/`.
        package let name: String
        package let value: String

        package static func < (a: Term, b: Term) -> Bool {
            a.name == b.name
                ? a.value.utf8.lexicographicallyPrecedes(b.value.utf8)
                : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
        }
    }

    /// Ascending by name and value; a term's position is its column.
    package let vocabulary: [Term]
    private let selection: AttributeSelection
    private let columnOfTerm: [Term: Int]

    /// - Parameters:
    ///   - leastCount: terms of fewer items are left out; they could only be learned by heart.
    ///   - mostTerms: where there are more, the most frequent are kept, at equal counts the first by name.
    package init(
        items: some Sequence<CatalogItem>, attributes: AttributeSelection = .all, leastCount: Int = 3,
        mostTerms: Int = 20_000
    ) {
        selection = attributes
        var counts: [Term: Int] = [:]
        for item in items { for term in Self.terms(of: item, attributes) { counts[term, default: 0] += 1 } }
        let frequent = counts.filter { $0.value >= leastCount }
            .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        vocabulary = frequent.prefix(mostTerms).map(\.key).sorted()
        columnOfTerm = Dictionary(uniqueKeysWithValues: vocabulary.enumerated().map { ($0.element, $0.offset) })
    }

    /// One row an item, its values all 1 / sqrt(number of terms), so that rows have norm 1. An item without a known
    /// term is missing.
    package func block(of items: some Sequence<CatalogItem>) -> FeatureBlock {
        var matrix = SparseMatrix(columnCount: max(1, vocabulary.count))
        var isPresent: [Bool] = []
        for item in items {
            let columns = Self.terms(of: item, selection).compactMap { columnOfTerm[$0] }
            isPresent.append(!columns.isEmpty)
            let value = 1 / Float(max(1, columns.count)).squareRoot()
            matrix.appendRow(columns.map { ($0, value) })
        }
        return FeatureBlock(name: Self.blockName, values: .sparse(matrix), isPresent: isPresent)
    }

    private static func terms(of item: CatalogItem, _ selection: AttributeSelection) -> [Term] {
        item.categoryPath.enumerated().filter { !$0.element.isEmpty }
            .map { Term(name: "category/\($0.offset + 1)", value: $0.element) }
            + selection.attributes(of: item).map { Term(name: "attribute/\($0.name)", value: normalised($0.value)) }
    }

    /// "NAVY BLUE " and "Navy blue" are one value.
    private static func normalised(_ value: String) -> String {
        value.precomposedStringWithCompatibilityMapping.lowercased()
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Numbers of the catalogue as a dense block; so far the price.
package enum NumberFeatureExtractor {
    package static let version = 1
    package static let blockName = "numbers"

    /// The logarithm of the price and the same less the mean of the item's top-level category, each standardised over
    /// the catalogue. Nil where no item has a price; an item without one is missing.
    package static func block(of items: [CatalogItem]) -> FeatureBlock? {
        let prices = items.map { item in item.price.flatMap { $0.isFinite && $0 >= 0 ? log1p($0) : nil } }
        guard prices.contains(where: { $0 != nil }) else { return nil }
        var sums: [String: (sum: Double, count: Double)] = [:]
        for (item, price) in zip(items, prices) {
            guard let price else { continue }
            let old = sums[item.categoryPath[0]] ?? (0, 0)
            sums[item.categoryPath[0]] = (old.sum + price, old.count + 1)
        }
        let relative = zip(items, prices).map { item, price -> Double? in
            guard let price, let mean = sums[item.categoryPath[0]] else { return nil }
            return price - mean.sum / mean.count
        }
        let columns = [standardised(prices), standardised(relative)]
        var matrix = Matrix(rowCount: items.count, columnCount: 2)
        for row in items.indices where prices[row] != nil {
            for column in 0..<2 { matrix[row, column] = Float(columns[column][row]) }
        }
        return FeatureBlock(name: blockName, values: .dense(matrix), isPresent: prices.map { $0 != nil })
    }

    /// Mean 0 and variance 1 over the known values; 0 where all are equal.
    private static func standardised(_ values: [Double?]) -> [Double] {
        let known = values.compactMap { $0 }
        let mean = known.reduce(0, +) / Double(known.count)
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
        return values.map { value in
            guard let value, variance > 1e-12 else { return 0 }
            return (value - mean) / variance.squareRoot()
        }
    }
}
