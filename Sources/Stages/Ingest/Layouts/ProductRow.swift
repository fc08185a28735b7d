internal import Foundation

/// The mapped columns of one products table, by position in its header.
struct ProductRow {
    private let member: String
    private let id: Int
    private let category: [Int]
    private let title: [Int]
    private let picture: Int?
    private let price: Int?
    private let available: Int?
    private let availableValues: Set<String>
    private let variant: Int?
    private let variantRule: VariantColumn
    private let attributes: [(name: String, place: Int)]
    private let derived: [(name: String, place: Int, part: ColumnPart)]

    /// Nil where the header lacks the column of the id. What else it lacks, its rows say nothing of.
    ///
    /// - Parameter header: unpadded.
    init?(_ columns: ProductColumns, header: [String], member: String) {
        let place = { (name: String) in name.isEmpty ? nil : header.firstIndex(of: name.unpadded) }
        guard let id = place(columns.id) else { return nil }
        self.id = id
        self.member = member
        let all = { (names: [String]) -> [Int] in
            let places = names.compactMap(place)
            return places.count == names.count ? places : []
        }
        // A correction may give the coarse columns alone.
        category = columns.category.map(place).prefix { $0 != nil }.compactMap { $0 }
        title = all(columns.title)
        picture = place(columns.picture)
        price = place(columns.price)
        available = place(columns.available.column)
        availableValues = Set(columns.available.values.map { $0.unpadded.lowercased() })
        variant = place(columns.variantOf.column)
        variantRule = columns.variantOf
        var taken = [columns.id, columns.picture, columns.price, columns.available.column] + columns.category
        if columns.title.count == 1 { taken += columns.title }
        let others = Set(header).subtracting(taken.map(\.unpadded))
        let wanted =
            columns.attributes.isEmpty ? header.filter { !$0.isEmpty && others.contains($0) } : columns.attributes
        attributes = wanted.compactMap { name in place(name).map { (name.unpadded, $0) } }
        derived = columns.derived.sorted { $0.key < $1.key }.compactMap { name, part in
            place(part.column).map { (name, $0, part) }
        }
    }

    /// What a row says of its item, and whether its price could not be read.
    func record(_ fields: [String]) -> (record: ItemRecord, hasBadPrice: Bool) {
        var record = ItemRecord(id: fields[id].unpadded, member: member)
        let path = category.map { fields[$0].unpadded }
        // An item must have a category: an empty one takes nothing away.
        if let top = path.first, !top.isEmpty { record.category = path.filter { !$0.isEmpty } }
        if !title.isEmpty {
            var parts: [String] = []
            for text in title.map({ fields[$0] }) where !text.isEmpty && !parts.contains(text) { parts.append(text) }
            record.title = parts.joined(separator: " ")
        }
        if !(attributes.isEmpty && derived.isEmpty) {
            record.attributes = Dictionary(
                attributes.map { ($0.name, fields[$0.place]) }
                    + derived.map { ($0.name, $0.part.part(of: fields[$0.place])) }, uniquingKeysWith: { a, _ in a })
        }
        if let picture {
            // A file may be called ` a.jpg`.
            let written = fields[picture]
            let paths = written.unpadded == written ? [written] : [written, written.unpadded]
            record.pictures = paths.filter { !$0.unpadded.isEmpty }
        }
        if let available { record.isAvailable = availableValues.contains(fields[available].unpadded.lowercased()) }
        if let variant { record.variantGroup = group(fields[variant].unpadded) }
        guard let price else { return (record, false) }
        switch PriceText.value(of: fields[price]) {
        case .none: record.price = -1
        case .amount(let amount): record.price = amount
        case .unreadable: return (record, true)
        }
        return (record, false)
    }

    private func group(_ value: String) -> String {
        switch variantRule.take {
        case .whole: value
        case .prefix:
            value.range(of: variantRule.separator, options: .backwards).map { String(value[..<$0.lowerBound]) } ?? value
        case .suffix:
            value.range(of: variantRule.separator).map { String(value[$0.upperBound...]) } ?? value
        }
    }
}
