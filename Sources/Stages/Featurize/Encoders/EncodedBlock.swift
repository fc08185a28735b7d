internal import Compatibility
internal import Encoders
internal import LinearAlgebra
internal import Pipeline

/// The vectors of one encoder, brought from its shards into the order of the catalogue.
struct EncodedBlock {
    let block: FeatureBlock
    /// What gave no vector, with the items that lack one for it.
    let quarantine: [GatheredPictures.Quarantined]
    /// Distinct pictures or texts that the catalogue has.
    let inputCount: Int

    /// - Parameter keys: for each item the digest of its picture or text, nil where it has none.
    /// - Throws: `.probeDisagrees` where two shards were not made by one model; `FeaturizeError.vectorMissing`.
    init(name: String, keys: [String?], catalog: OutfitCatalog, shards: [EncodedShard]) throws {
        var itemsOfDigest: [String: [Int]] = [:]
        for (row, key) in keys.enumerated() {
            if let key { itemsOfDigest[key, default: []].append(row) }
        }
        let first = try shards.first?.probe()
        let dimension = first?.vectors.first?.count ?? 0
        var rows = Matrix(rowCount: keys.count, columnCount: dimension)
        var isPresent = [Bool](repeating: false, count: keys.count)
        var quarantine: [String: GatheredPictures.Quarantined] = [:]
        for shard in shards {
            try first?.check(shard.probe(), model: name)
            let matrix = try shard.rows()
            for (index, digest) in try shard.digests().enumerated() {
                for item in itemsOfDigest[digest] ?? [] {
                    rows.values.replaceSubrange(item * dimension..<(item + 1) * dimension, with: matrix.row(index))
                    isPresent[item] = true
                }
            }
            for refused in try shard.refused() {
                guard let items = itemsOfDigest[refused.digest] else { continue }
                quarantine[refused.digest] = GatheredPictures.Quarantined(
                    digest: refused.digest, itemIDs: items.map { catalog.items[$0].id.rawValue },
                    reason: "\(name): \(refused.reason)")
            }
        }
        for (row, key) in keys.enumerated() {
            guard let key, !isPresent[row], quarantine[key] == nil else { continue }
            throw FeaturizeError.vectorMissing(encoder: name, item: catalog.items[row].id.rawValue)
        }
        block = FeatureBlock(name: name, values: .dense(rows), isPresent: isPresent)
        self.quarantine = quarantine.values.sorted { $0.digest < $1.digest }
        inputCount = itemsOfDigest.count
    }
}
