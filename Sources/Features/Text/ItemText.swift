package import Compatibility

/// Which attributes of the catalogue become features.
///
/// Identifiers, file names and columns that would give away when a picture was taken belong among the excluded.
package struct AttributeSelection: Sendable, Equatable, Codable {
    /// These alone; all where nil.
    package var included: [String]?
    package var excluded: [String]

    package static let all = AttributeSelection()

    package init(included: [String]? = nil, excluded: [String] = []) {
        self.included = included
        self.excluded = excluded
    }

    package func contains(_ name: String) -> Bool {
        !excluded.contains(name) && (included?.contains(name) ?? true)
    }

    /// The selected attributes of an item that have a value, ascending by name.
    package func attributes(of item: CatalogItem) -> [(name: String, value: String)] {
        item.attributes.filter { contains($0.key) && !$0.value.isEmpty }
            .map { (name: $0.key, value: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// The one text of an item: title, category, attributes, and what its picture shows.
package enum ItemText {
    /// Empty where there is nothing to say beyond the category, so that such an item counts as without text.
    package static func text(
        of item: CatalogItem, attributes selection: AttributeSelection = .all, description: VisualDescription? = nil
    ) -> String {
        var parts = item.title.isEmpty ? [] : [item.title]
        parts += selection.attributes(of: item).map(\.value)
        if let description { parts.append(description.text) }
        guard !parts.isEmpty else { return "" }
        return (parts + item.categoryPath).joined(separator: ". ")
    }
}
