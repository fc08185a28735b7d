/// Why an item got less than was asked for: data, kept beside the lists, never a silent gap.
package struct Shortfall: Sendable, Equatable, Codable {
    package enum Reason: String, Sendable, Codable {
        /// The target category holds no more items that may be recommended for this one.
        case tooFewEligible
        /// The item's category has no adjacent category.
        case noAdjacentCategory
        /// The item's own embedding is not finite.
        case unusableQuery
        /// All candidates together are fewer than the list is long.
        case tooFewCandidates
    }

    /// The item's catalogue row.
    package var row: Int
    /// The target category; nil where it is about the whole list.
    package var category: Int?
    package var wanted: Int
    package var found: Int
    package var reason: Reason

    package init(row: Int, category: Int?, wanted: Int, found: Int, reason: Reason) {
        self.row = row
        self.category = category
        self.wanted = wanted
        self.found = found
        self.reason = reason
    }
}
