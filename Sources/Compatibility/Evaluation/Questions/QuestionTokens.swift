/// Turns the names by which question files call items into rows of the catalogue.
///
/// A name is an item id, or `<set_id>_<index>`: the item at a place of an outfit, as its dataset counts. An item id that the
/// catalogue knows wins over the other reading.
package struct QuestionTokens: Sendable {
    private let catalog: OutfitCatalog
    private let places: [String: [Int: Int]]

    /// - Parameter numbered: for each set id, the row at each index as the dataset counts them, where they are not 1, 2, 3 …
    ///   in the order of the outfit's items: indexes have gaps, and outfits name items twice or such as have no record. Sets
    ///   that are no outfits of the catalogue count, too.
    package init(catalog: OutfitCatalog, numbered: [String: [Int: Int]] = [:]) {
        self.catalog = catalog
        let places = catalog.outfits.map { outfit in
            let counted = outfit.items.enumerated().map { ($0.offset + 1, $0.element) }
            return (outfit.id, Dictionary(uniqueKeysWithValues: counted))
        }
        self.places = Dictionary(places, uniquingKeysWith: { first, _ in first }).merging(numbered) { $1 }
    }

    /// The row that a token names, or nil for one that is unknown.
    package func row(of token: String) -> Int? {
        if let row = catalog.row(of: ItemID(token)) { return row }
        guard let (set, index) = Self.setAndIndex(of: token) else { return nil }
        return places[set]?[index]
    }

    /// Whether a token is the id of an item that the catalogue knows.
    package func isItem(_ token: String) -> Bool { catalog.row(of: ItemID(token)) != nil }

    /// The place in an outfit, known or not, that a token names; nil for one of another form, and for the id of an item. An
    /// item that has no id but its place, as some of the Maryland dataset, is named by both.
    package func place(of token: String) -> (set: String, index: Int)? {
        guard let place = Self.setAndIndex(of: token) else { return nil }
        guard let row = catalog.row(of: ItemID(token)) else { return place }
        return places[place.set]?[place.index] == row ? place : nil
    }

    /// The id by which question files name a row.
    package func token(of row: Int) -> String { catalog.items[row].id.rawValue }

    /// The two parts of a token `<set_id>_<index>`; nil for a token of another form.
    static func setAndIndex(of token: String) -> (set: String, index: Int)? {
        guard let underscore = token.lastIndex(of: "_"), underscore != token.startIndex else { return nil }
        let digits = token[token.index(after: underscore)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ 0x30..<0x3A ~= $0 }), let index = Int(digits) else {
            return nil
        }
        return (String(token[..<underscore]), index)
    }
}

/// Names in a question file that the catalogue does not know: counted, with a few of them to show.
package struct UnknownTokens: Sendable, Equatable, Codable {
    /// Each place where an unknown name stands.
    package private(set) var count = 0
    /// The first different ones, in the order of the file.
    package private(set) var examples: [String] = []

    package init() {}

    mutating func add(_ token: String) {
        count += 1
        if examples.count < 10, !examples.contains(token) { examples.append(token) }
    }
}
