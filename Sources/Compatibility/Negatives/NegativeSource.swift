/// Where a negative came from. The raw values stand in mined files: never reuse one.
package enum NegativeSource: UInt8, Sendable, Codable, CaseIterable {
    /// Any item.
    case random = 0
    /// Any item of the positive's category.
    case sameCategory = 1
    /// Any item of the positive's finer category.
    case sameFamily = 2
    /// Any item of the positive's finer category and context (a season, a line: what the caller groups by).
    case sameContext = 3
    /// An item of the positive's cluster within its category.
    case inCluster = 4
    /// An item of the positive's category that is as close to it in colour as few others are.
    case colourMatched = 5
    /// An item within a window of ranks under an earlier model.
    case ranked = 6
    /// The positive of another example of the batch, so drawn in proportion to its popularity.
    case inBatch = 7

    /// As reports name it.
    package var name: String {
        switch self {
        case .random: "random"
        case .sameCategory: "same_category"
        case .sameFamily: "same_family"
        case .sameContext: "same_context"
        case .inCluster: "in_cluster"
        case .colourMatched: "colour_matched"
        case .ranked: "ranked"
        case .inBatch: "in_batch"
        }
    }
}
