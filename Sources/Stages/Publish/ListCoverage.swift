internal import Compatibility

/// How many items have a list that holds anything, in a new build and in the published one.
///
/// Questions ask the model alone: a build whose lists came out empty answers them as well as a whole one.
struct ListCoverage: Codable, Sendable, Equatable {
    var items: Int
    var availableItems: Int
    /// Items of the new build whose list holds an entry.
    var filledLists: Int
    /// Nil where nothing was published yet, or what was published cannot be read.
    var publishedFilledLists: Int?
    /// The least share of the published build's filled lists that the new build must have.
    var minimumShare: Double

    enum CodingKeys: String, CodingKey {
        case items
        case availableItems = "available_items"
        case filledLists = "filled_lists"
        case publishedFilledLists = "published_filled_lists"
        case minimumShare = "minimum_share"
    }

    init(_ lists: RecommendationLists, of catalog: OutfitCatalog, minimumShare: Double) {
        items = catalog.items.count
        availableItems = catalog.items.count { $0.isAvailable }
        filledLists = zip(lists.offsets, lists.offsets.dropFirst()).count { $0 < $1 }
        self.minimumShare = minimumShare
    }

    /// One line on what is missing and where to look; nil where the lists may be published.
    var refusal: String? {
        if filledLists == 0 {
            let cause =
                availableItems == 0
                ? "none of its \(items) items is available; name the values that say so in "
                    + "ingest.tables.products.available"
                : "index.adjacency (its minimum_count, where outfits are few) and topk.candidates decide what lists "
                    + "can hold"
            return "no list of the new build holds an item: \(cause)"
        }
        guard let published = publishedFilledLists, Double(filledLists) < minimumShare * Double(published) else {
            return nil
        }
        return "only \(filledLists) lists of the new build hold an item, after \(published) of the published one: a "
            + "smaller share than publish.minimum_list_share (\(minimumShare)) asks for; check ingest.archives and "
            + "which items are available (\(availableItems) of \(items))"
    }
}
