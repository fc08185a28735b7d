package import Compatibility

/// What of the published build's catalogue the new one has lost.
///
/// Questions ask about items that both builds know: a feed that lost a category, or that spells its ids anew, answers what is
/// left of them as well as ever.
package struct CatalogueChange: Codable, Sendable, Equatable {
    package var publishedItems: Int
    /// Items of the published build whose ids the new one does not have.
    package var goneItems: Int
    /// Categories of which the published build had items to recommend and the new one has none, with how many there were.
    package var emptiedCategories: [String: Int]

    enum CodingKeys: String, CodingKey {
        case publishedItems = "published_items"
        case goneItems = "gone_items"
        case emptiedCategories = "emptied_categories"
    }

    package init(of catalog: OutfitCatalog, since published: OutfitCatalog) {
        publishedItems = published.items.count
        goneItems = published.items.count { catalog.row(of: $0.id) == nil }
        let left = Self.availableCounts(catalog)
        emptiedCategories = Self.availableCounts(published).filter { left[$0.key] == nil }
    }

    private static func availableCounts(_ catalog: OutfitCatalog) -> [String: Int] {
        Dictionary(catalog.items.filter(\.isAvailable).map { ($0.categoryPath[0], 1) }, uniquingKeysWith: +)
    }

    /// What a person should look at: a line each. A season's end takes some items; a fifth in a night is more than that.
    package func warnings(since build: String) -> [String] {
        var lines: [String] = []
        if 5 * goneItems > publishedItems {
            lines.append(
                "\(goneItems) of \(publishedItems) items of build \(build) are gone; check ingest.archives, and whether ids "
                    + "are spelt as before")
        }
        if !emptiedCategories.isEmpty {
            let names = emptiedCategories.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "'\($0.key)' (\($0.value))" }
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            lines.append(
                "no item is left to recommend of categories that build \(build) had some of: "
                    + names.prefix(3).joined(separator: ", ") + more
                    + "; check ingest.archives, the columns of categories and which items are available")
        }
        return lines
    }
}
