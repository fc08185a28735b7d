/// How hard the wrong answers of a fill-in-the-blank question are.
package enum QuestionKind: String, Sendable, Codable, CaseIterable {
    /// They share the right answer's product family and season. The main kind: season alone solves half of a set that
    /// lacks this control.
    case season
    /// They are also as warm as the right answer: all seen in a training outfit, or none. Popularity earns little here.
    case matched
    /// Any items of the catalogue.
    case random
}

/// What the questions of a build are made by.
package struct QuestionRules: Sendable, Equatable, Codable {
    /// The place in an item's category path that counts as its product family; the last one of shorter paths.
    package var familyLevel: Int
    /// The attribute that names an item's season; nil where the catalogue has none. Items without it share one season.
    package var seasonAttribute: String?
    /// Candidates a question, the right one among them.
    package var answerCount: Int
    package var seed: UInt64

    package init(familyLevel: Int = 1, seasonAttribute: String? = nil, answerCount: Int = 4, seed: UInt64 = 1) {
        self.familyLevel = familyLevel
        self.seasonAttribute = seasonAttribute
        self.answerCount = answerCount
        self.seed = seed
    }
}

/// Items grouped by what a wrong answer must share with the right one.
struct ItemPools: Sendable {
    /// For each item, its pool.
    let poolOfItem: [Int]
    /// For each pool, its items, ascending.
    let members: [[Int]]

    init(itemCount: Int, key: (Int) -> String) {
        var poolOfKey: [String: Int] = [:]
        var poolOfItem: [Int] = []
        var members: [[Int]] = []
        for row in 0..<itemCount {
            let name = key(row)
            let pool = poolOfKey[name] ?? members.count
            if pool == members.count {
                poolOfKey[name] = pool
                members.append([])
            }
            members[pool].append(row)
            poolOfItem.append(pool)
        }
        self.poolOfItem = poolOfItem
        self.members = members
    }

    /// The items that may stand for `row` in a question of this kind.
    init(kind: QuestionKind, rules: QuestionRules, catalog: OutfitCatalog, isWarm: [Bool]) {
        self.init(itemCount: catalog.items.count) { row in
            guard kind != .random else { return "" }
            let item = catalog.items[row]
            // U+001F separates, so that no two paths read the same.
            var parts = Array(item.categoryPath.prefix(max(0, rules.familyLevel) + 1))
            parts.append("\u{1F}" + (rules.seasonAttribute.flatMap { item.attributes[$0] } ?? ""))
            if kind == .matched { parts.append(isWarm[row] ? "warm" : "cold") }
            return parts.joined(separator: "\u{1F}")
        }
    }

    func candidates(for row: Int) -> [Int] { members[poolOfItem[row]] }
}
