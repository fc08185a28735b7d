internal import Compatibility
internal import Features

/// What a text encoder reads of an item.
struct TextTemplate: Sendable, Equatable {
    enum Field: String, CaseIterable {
        case title, category, attributes, description
    }

    private enum Part: Equatable {
        case words(String)
        case field(Field)
    }

    /// As the job file writes it.
    let pattern: String
    private let parts: [Part]

    /// Nil where braces enclose anything but a field's name, are not closed, or no field is named.
    init?(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}"),
                let field = Field(rawValue: String(rest[rest.index(after: open)..<close]))
            else { return nil }
            parts += [.words(String(rest[..<open])), .field(field)]
            rest = rest[rest.index(after: close)...]
        }
        guard !parts.isEmpty else { return nil }
        pattern = text
        self.parts = parts + [.words(String(rest))]
    }

    var usesDescription: Bool { parts.contains(.field(.description)) }

    /// The text with single spaces between words; empty where every field is.
    func text(of words: ItemWords) -> String {
        var text = ""
        var hasWords = false
        for part in parts {
            switch part {
            case .words(let words): text += words
            case .field(let field):
                let value = words[field]
                hasWords = hasWords || !value.isEmpty
                text += value
            }
        }
        guard hasWords else { return "" }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// As its pattern, in the lists of what shards encode.
extension TextTemplate: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let template = TextTemplate(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no template of a text")
        }
        self = template
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(pattern)
    }
}

/// The words of an item that a template is filled with.
struct ItemWords: Codable, Sendable, Equatable {
    let title: String
    let category: String
    let attributes: String
    /// What the picture shows; empty where there is none, or as long as `picture` is set.
    var description = ""
    /// The picture that `description` is still to be made of.
    var picture: String?

    init(_ item: CatalogItem, attributes selection: AttributeSelection) {
        title = item.title
        category = item.categoryPath.joined(separator: " ")
        attributes = selection.attributes(of: item).map(\.value).joined(separator: ", ")
    }

    subscript(field: TextTemplate.Field) -> String {
        switch field {
        case .title: title
        case .category: category
        case .attributes: attributes
        case .description: description
        }
    }
}
