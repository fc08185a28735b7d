/// How the blocks of one picture's features lie behind each other in a row of floats.
///
/// Every extractor states its layout, and shards are stored as one matrix whose columns it names; an encoder's vector
/// is one block of a layout of its own.
package struct FeatureRowLayout: Sendable, Equatable {
    package struct Part: Sendable, Equatable {
        /// The name of the feature block.
        package let name: String
        package let range: Range<Int>
    }

    /// In the order of the row.
    package let parts: [Part]

    package init(_ dimensions: [(name: String, dimension: Int)]) {
        var start = 0
        parts = dimensions.map { name, dimension in
            precondition(dimension > 0, "a block of no dimensions")
            defer { start += dimension }
            return Part(name: name, range: start..<start + dimension)
        }
    }

    /// Floats a row.
    package var dimension: Int { parts.last?.range.upperBound ?? 0 }

    package func range(of name: String) -> Range<Int>? {
        parts.first { $0.name == name }?.range
    }
}

/// Why a row of features may not be kept.
package enum FeatureRowError: Error, Equatable {
    case length(expected: Int, found: Int)
    /// A value is not a number or not finite.
    case notFinite(block: String)
    /// All values of a block are zero: nothing was measured.
    case allZero(block: String)
}

extension FeatureRowLayout {
    /// Refuses a row in which a block is not finite or entirely zero.
    package func check(_ row: some RandomAccessCollection<Float>) throws(FeatureRowError) {
        guard row.count == dimension else { throw .length(expected: dimension, found: row.count) }
        for part in parts {
            var isZero = true
            for k in part.range {
                let value = row[row.index(row.startIndex, offsetBy: k)]
                guard value.isFinite else { throw .notFinite(block: part.name) }
                if value != 0 { isZero = false }
            }
            if isZero { throw .allZero(block: part.name) }
        }
    }
}
