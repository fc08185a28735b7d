/// How many negatives each positive gets, and from where.
///
/// Same-context, same-family and random ones together are the default: without the random ones retrieval suffers, without
/// the others the model learns the category and the season and stops.
package struct NegativeConfiguration: Sendable, Equatable, Codable {
    package var random = 8
    package var sameCategory = 0
    package var sameFamily = 3
    /// Same family and same context; counts as same family where no context is known.
    package var sameContext = 8
    package var inCluster = 0
    package var colourMatched = 0
    package var inBatch = 0
    /// Easy negatives for each mined one; 0 turns mined negatives off.
    package var easyToHard = 100.0
    /// How many names of the category path make a family; 0 is the whole path.
    package var familyLevel = 0
    /// Items of the catalogue, drawn anew for each batch, that its random, same-category, same-family and same-context
    /// negatives come from; 0 is the whole catalogue. A batch costs what its distinct items cost.
    package var pool = 0

    package init() {}

    /// Negatives for each positive.
    package var count: Int { random + sameCategory + sameFamily + sameContext + inCluster + colourMatched + inBatch }

    /// The sources of one positive's negatives, one an entry.
    package var slots: [NegativeSource] {
        [
            (NegativeSource.random, random), (.sameCategory, sameCategory), (.sameFamily, sameFamily),
            (.sameContext, sameContext), (.inCluster, inCluster), (.colourMatched, colourMatched), (.inBatch, inBatch),
        ].flatMap { [NegativeSource](repeating: $0.0, count: max(0, $0.1)) }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case random, pool
        case sameCategory = "same_category"
        case sameFamily = "same_family"
        case sameContext = "same_context"
        case inCluster = "in_cluster"
        case colourMatched = "colour_matched"
        case inBatch = "in_batch"
        case easyToHard = "easy_to_hard"
        case familyLevel = "family_level"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        random = try values.value(.random, or: random)
        sameCategory = try values.value(.sameCategory, or: sameCategory)
        sameFamily = try values.value(.sameFamily, or: sameFamily)
        sameContext = try values.value(.sameContext, or: sameContext)
        inCluster = try values.value(.inCluster, or: inCluster)
        colourMatched = try values.value(.colourMatched, or: colourMatched)
        inBatch = try values.value(.inBatch, or: inBatch)
        easyToHard = try values.value(.easyToHard, or: easyToHard)
        familyLevel = try values.value(.familyLevel, or: familyLevel)
        pool = try values.value(.pool, or: pool)
    }
}

extension KeyedDecodingContainer {
    /// The value of a key, or the default where the key is absent. A key with nothing behind it is not absent: whoever left
    /// it so meant to say something.
    package func value<Value: Decodable>(_ key: Key, or absent: Value) throws -> Value {
        contains(key) ? try decode(Value.self, forKey: key) : absent
    }
}
