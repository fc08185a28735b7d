internal import Compatibility
internal import Features
internal import LinearAlgebra
internal import Media

/// The features of all pictures, brought from the shards into the order of the catalogue.
struct GatheredPictures {
    struct Quarantined: Codable, Sendable, Equatable {
        var digest: String
        var itemIDs: [String]
        var reason: String

        var example: String { "\(itemIDs.first ?? "?"): \(reason)".showingControlCharacters() }

        enum CodingKeys: String, CodingKey {
            case digest, reason
            case itemIDs = "item_ids"
        }
    }

    /// For each item its features' row, or nil.
    private let rows: Matrix
    private let isPresent: [Bool]
    let descriptions: [VisualDescription?]
    let quarantine: [Quarantined]
    /// Distinct pictures that items of the catalogue name.
    let pictureCount: Int
    var refusedCount: Int { quarantine.count }

    init(catalog: OutfitCatalog, shards: [PictureShard]) throws {
        var itemsOfDigest: [String: [Int]] = [:]
        for (row, item) in catalog.items.enumerated() {
            if let digest = item.pictureDigest { itemsOfDigest[digest, default: []].append(row) }
        }
        let dimension = PictureFeatures.layout.dimension
        var rows = Matrix(rowCount: catalog.items.count, columnCount: dimension)
        var isPresent = [Bool](repeating: false, count: catalog.items.count)
        var descriptions = [VisualDescription?](repeating: nil, count: catalog.items.count)
        // Shards overlap where a forced run measured again what others had: a picture is named once all the same.
        var quarantine: [String: Quarantined] = [:]
        for shard in shards {
            let (matrix, words) = (try shard.rows(), try shard.descriptions())
            for (index, digest) in try shard.digests().enumerated() {
                for item in itemsOfDigest[digest] ?? [] {
                    rows.values.replaceSubrange(item * dimension..<(item + 1) * dimension, with: matrix.row(index))
                    isPresent[item] = true
                    descriptions[item] = words[index]
                }
            }
            for refused in try shard.refused() {
                guard let items = itemsOfDigest[refused.digest] else { continue }
                quarantine[refused.digest] = Quarantined(
                    digest: refused.digest, itemIDs: items.map { catalog.items[$0].id.rawValue },
                    reason: refused.reason)
            }
        }
        self.rows = rows
        self.isPresent = isPresent
        self.descriptions = descriptions
        self.quarantine = quarantine.values.sorted { $0.digest < $1.digest }
        pictureCount = itemsOfDigest.count
    }

    /// One dense block for each part of the layout.
    func blocks() -> [FeatureBlock] {
        PictureFeatures.layout.parts.map { part in
            var block = Matrix(rowCount: rows.rowCount, columnCount: part.range.count)
            for row in 0..<rows.rowCount {
                let start = row * rows.columnCount
                block.values.replaceSubrange(
                    row * part.range.count..<(row + 1) * part.range.count,
                    with: rows.values[start + part.range.lowerBound..<start + part.range.upperBound])
            }
            return FeatureBlock(name: part.name, values: .dense(block), isPresent: isPresent)
        }
    }
}
