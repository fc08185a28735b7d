/// The identifier of an item as its retailer writes it. Text, never a number: leading zeros matter.
package struct ItemID: RawRepresentable, Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }

    /// By UTF-8 bytes, so that the order is the same in every locale and in SQLite's BINARY collation.
    package static func < (a: ItemID, b: ItemID) -> Bool { a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8) }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// One item of the catalogue, as the archives describe it.
package struct CatalogItem: Sendable, Equatable {
    package var id: ItemID
    /// From coarse to fine; never empty. The first is the top-level category that projections, indexes and lists go by.
    package var categoryPath: [String]
    package var title: String
    /// Any further columns of the source, by name.
    package var attributes: [String: String]
    /// SHA-256 of the picture's bytes in lowercase hexadecimal; nil where there is none or it was refused.
    package var pictureDigest: String?
    package var price: Double?
    /// False: never recommended, though lists are still made for it.
    package var isAvailable: Bool
    /// Items of one group are variants of each other (colours of one model), never recommended for one another.
    package var variantGroup: String?

    package init(
        id: ItemID, categoryPath: [String], title: String = "", attributes: [String: String] = [:],
        pictureDigest: String? = nil, price: Double? = nil, isAvailable: Bool = true, variantGroup: String? = nil
    ) {
        precondition(!categoryPath.isEmpty, "an item without a category")
        self.id = id
        self.categoryPath = categoryPath
        self.title = title
        self.attributes = attributes
        self.pictureDigest = pictureDigest
        self.price = price
        self.isAvailable = isAvailable
        self.variantGroup = variantGroup
    }
}
