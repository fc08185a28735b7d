package import Compatibility
internal import LinearAlgebra

/// Rows of features by picture, waiting to be laid out in the order of a catalogue.
///
/// Features are kept by picture content, since a picture is measured once however many items show it and however the
/// catalogue changes; the model wants one row an item.
package struct PictureFeatureRows: Sendable {
    package let layout: FeatureRowLayout
    private var rows: [String: [Float]] = [:]

    package init(layout: FeatureRowLayout = PictureFeatures.layout) {
        self.layout = layout
    }

    package var count: Int { rows.count }

    /// - Throws: where the row is not finite, has a block of zeros or another length.
    package mutating func add(_ row: [Float], digest: String) throws(FeatureRowError) {
        try layout.check(row)
        rows[digest] = row
    }

    package func row(of digest: String) -> [Float]? { rows[digest] }

    /// One block for each part of the layout, a row an item; items without a picture, or whose picture has no row, are
    /// not present. Holds everything in memory: for catalogues that do not fit, see `DenseBlockFile`.
    package func blocks(for digests: [String?]) -> [FeatureBlock] {
        let isPresent = digests.map { digest in digest.map { rows[$0] != nil } ?? false }
        return layout.parts.map { part in
            var matrix = Matrix(rowCount: digests.count, columnCount: part.range.count)
            for (item, digest) in digests.enumerated() {
                guard let digest, let row = rows[digest] else { continue }
                matrix.values.replaceSubrange(
                    item * part.range.count..<(item + 1) * part.range.count, with: row[part.range])
            }
            return FeatureBlock(name: part.name, values: .dense(matrix), isPresent: isPresent)
        }
    }
}
