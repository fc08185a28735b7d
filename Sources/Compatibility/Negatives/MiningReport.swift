/// What mining found; those of shards are joined in the order of their anchors.
package struct MiningReport: Sendable, Equatable, Codable {
    /// One positive's category.
    package struct Category: Sendable, Equatable, Codable {
        package var candidateCount: Int
        package var window: RankWindow
        package var pairs = 0
        package var mined = 0

        enum CodingKeys: String, CodingKey {
            case window, pairs, mined
            case candidateCount = "candidate_count"
        }
    }

    /// By name.
    package var categories: [String: Category] = [:]
    package var pairs = 0
    /// By the source's name.
    package var minedBySource: [String: Int] = [:]
    /// Negatives that were wanted and not found.
    package var missing = 0
    /// Entries of the window that are known partners of the anchor.
    package var knownPartnersInWindow = 0
    /// Entries of the window above the ceiling of their positive.
    package var aboveCeiling = 0
    package var hardPositives = 0
    /// Positives among the best ten of their category.
    package var positivesInTopTen = 0

    package init() {}

    enum CodingKeys: String, CodingKey {
        case categories, pairs, missing
        case minedBySource = "mined_by_source"
        case knownPartnersInWindow = "known_partners_in_window"
        case aboveCeiling = "above_ceiling"
        case hardPositives = "hard_positives"
        case positivesInTopTen = "positives_in_top_ten"
    }

    package mutating func add(_ other: MiningReport) {
        categories.merge(other.categories) { mine, theirs in
            var sum = mine
            sum.pairs += theirs.pairs
            sum.mined += theirs.mined
            return sum
        }
        pairs += other.pairs
        minedBySource.merge(other.minedBySource, uniquingKeysWith: +)
        missing += other.missing
        knownPartnersInWindow += other.knownPartnersInWindow
        aboveCeiling += other.aboveCeiling
        hardPositives += other.hardPositives
        positivesInTopTen += other.positivesInTopTen
    }
}

/// A pair that is right, and that the model ranks low.
package struct HardPositive: Sendable, Equatable {
    package var anchor: Int32
    package var positive: Int32
    /// Among all candidates of the positive's category, 1 for the best.
    package var rank: Int32
    package var score: Float
}

/// What mining a range of anchors gives.
package struct MiningResult: Sendable, Equatable {
    package var mined = MinedSet()
    /// By anchor, then by positive.
    package var hardPositives: [HardPositive] = []
    package var report = MiningReport()

    package init() {}

    package mutating func add(_ other: MiningResult) {
        mined.append(contentsOf: other.mined)
        hardPositives += other.hardPositives
        report.add(other.report)
    }
}
