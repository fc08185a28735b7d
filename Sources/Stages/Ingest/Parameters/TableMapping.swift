/// How the tables of a catalogue are to be read: which members they are, and what their columns mean.
///
/// Columns are named as the header has them. An empty name means that there is no such column.
package struct TableMapping: StageParameters {
    package var products = ProductColumns()
    package var outfits = OutfitColumns()
    /// What stands between the fields; by default seen from the header and the rows, whose separators may differ.
    package var delimiter = TableDelimiter.auto

    package init() {}

    /// Whether the job file maps anything at all.
    var isMapped: Bool { !products.id.isEmpty || !outfits.outfit.isEmpty }

    func requireColumns() throws(ParameterProblem) {
        try ParameterProblem.require(
            products.id.isEmpty || !products.category.isEmpty, "tables.products.category",
            must: "name at least one column, coarse to fine")
        try ParameterProblem.require(
            products.id.isEmpty || !products.members.isEmpty, "tables.products.members", must: "name the table's files")
        try ParameterProblem.require(
            outfits.outfit.isEmpty == outfits.item.isEmpty, "tables.outfits.item",
            must: "be named together with 'outfit'")
        try ParameterProblem.require(
            outfits.outfit.isEmpty || !outfits.members.isEmpty, "tables.outfits.members", must: "name the table's files"
        )
        try ParameterProblem.require(
            products.available.column.isEmpty || !products.available.values.isEmpty, "tables.products.available.values",
            must: "say which values mean that an item can be bought")
        for (name, part) in products.derived.sorted(by: { $0.key < $1.key }) {
            let key = "tables.products.derived.\(name)"
            try ParameterProblem.require(!part.column.isEmpty, "\(key).column", must: "be given")
            try ParameterProblem.require("\(key).first", part.first, atLeast: 1)
            try ParameterProblem.require("\(key).last", part.last, atLeast: part.first)
        }
        try ParameterProblem.require(
            products.variantOf.column.isEmpty || products.variantOf.take == .whole
                || !products.variantOf.separator.isEmpty,
            "tables.products.variant_of.separator", must: "not be empty")
    }
}

/// The products table: one row an item.
package struct ProductColumns: StageParameters {
    /// Globs over member paths (`*` matches `/` too); one without `/` is held against the file's name alone.
    package var members = ["product_data.csv", "products.csv", "products.tsv"]
    package var id = ""
    /// From coarse to fine; the first is the top-level category.
    package var category: [String] = []
    /// Joined with a space, each text once.
    package var title: [String] = []
    /// The path of the picture inside an archive; leading folders may be missing or differ.
    package var picture = ""
    package var price = ""
    package var available = AvailabilityColumn()
    package var variantOf = VariantColumn()
    /// Columns kept as attributes; empty means all but those of id, category, picture, price and availability, and the
    /// title where it is one column.
    package var attributes: [String] = []
    /// Further attributes, by name: a part of a column's text, such as the digits of an article number that tell its line.
    package var derived: [String: ColumnPart] = [:]

    package init() {}
}

/// Some characters of a column's text.
package struct ColumnPart: StageParameters {
    package var column = ""
    /// The first and the last character, counted from 1.
    package var first = 1
    package var last = 1

    package init() {}

    /// The part of a text; empty where the text is shorter.
    func part(of text: String) -> String {
        let characters = Array(text)
        guard characters.count >= last else { return "" }
        return String(characters[first - 1...last - 1])
    }
}

/// Which items can be bought.
package struct AvailabilityColumn: StageParameters {
    package var column = ""
    /// Values that mean "available", compared without regard to case.
    package var values: [String] = []

    package init() {}
}

/// Which items are variants of one another: colours of one model.
package struct VariantColumn: StageParameters {
    package enum Part: String, Codable, Sendable, CaseIterable {
        /// What stands before the last separator.
        case prefix
        /// What stands after the first separator.
        case suffix
        /// The whole value.
        case whole
    }

    package var column = ""
    package var separator = "-"
    package var take = Part.prefix

    package init() {}
}

/// The outfits table: one row for each item of an outfit, or one row an outfit with a list of items.
package struct OutfitColumns: StageParameters {
    package var members = ["outfit_data.csv", "outfits.csv", "outfits.tsv"]
    package var outfit = ""
    package var item = ""
    /// What stands between the items of one field, where a row holds them all.
    package var itemSeparator = ""
    /// `train`, `valid` (or `val`, `validation`) and `test`.
    package var split = ""
    package var title = ""

    package init() {}
}

/// What stands between the fields of a table.
package enum TableDelimiter: String, Codable, Sendable, CaseIterable {
    case auto
    case comma
    case tab
    case semicolon
    case pipe

    /// Nil where it is to be seen from the text.
    var byte: UInt8? {
        switch self {
        case .auto: nil
        case .comma: UInt8(ascii: ",")
        case .tab: UInt8(ascii: "\t")
        case .semicolon: UInt8(ascii: ";")
        case .pipe: UInt8(ascii: "|")
        }
    }
}
