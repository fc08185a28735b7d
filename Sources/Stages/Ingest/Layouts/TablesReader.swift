internal import Media

/// The tables of a catalogue, their columns mapped by the job file.
///
/// Identifiers are text: leading zeros stay. A table may lack mapped columns, so that a later archive can correct prices
/// alone; a column that no archive has is a mistake of the mapping, which the merge reports.
final class TablesReader: LayoutReader {
    let layout = DatasetLayout.tables
    private let mapping: TableMapping
    private let productPatterns: [MemberPattern]
    private let outfitPatterns: [MemberPattern]
    private var outfits: OutfitRows

    init(_ parameters: IngestParameters) {
        mapping = parameters.tables
        outfits = OutfitRows(itemLimit: parameters.limits.outfitItemCount)
        productPatterns = mapping.products.id.isEmpty ? [] : mapping.products.members.map(MemberPattern.init)
        outfitPatterns = mapping.outfits.outfit.isEmpty ? [] : mapping.outfits.members.map(MemberPattern.init)
    }

    func claims(_ path: String) -> Bool {
        productPatterns.contains { $0.matches(path) } || outfitPatterns.contains { $0.matches(path) }
    }

    func read(_ member: DataMember, into output: ShardOutput) throws {
        if productPatterns.contains(where: { $0.matches(member.path) }) {
            try readProducts(member, output)
        } else {
            try readOutfits(member, output)
        }
    }

    func finish(_ output: ShardOutput) throws {
        for (outfit, itemCount) in zip(outfits.records, outfits.itemCounts) {
            try output.add(outfit, itemCount: itemCount)
        }
    }

    private func readProducts(_ member: DataMember, _ output: ShardOutput) throws {
        var product: ProductRow?
        let isMismatched = try TableText.forEachRow(
            of: member, delimiter: mapping.delimiter.byte,
            header: { header in
                output.counts.add(productHeader: header)
                guard let row = ProductRow(mapping.products, header: header, member: member.path) else {
                    throw missing(mapping.products.id, header, member)
                }
                product = row
            },
            { row in
                switch row {
                case .refused(let reason, let line):
                    output.counts.itemRecords += 1
                    try output.refuse(reason, member: member.path, subject: "line \(line)")
                case .fields(let fields, let line):
                    guard let product else { return }
                    let (record, hasBadPrice) = product.record(fields)
                    guard !record.id.isEmpty else {
                        output.counts.itemRecords += 1
                        return try output.refuse(.itemWithoutID, member: member.path, subject: "line \(line)")
                    }
                    if hasBadPrice { try output.refuse(.invalidPrice, member: member.path, subject: record.id) }
                    try output.add(record)
                }
            })
        if isMismatched { output.counts.mismatchedHeaders += 1 }
    }

    private func readOutfits(_ member: DataMember, _ output: ShardOutput) throws {
        let columns = mapping.outfits
        var places = (outfit: 0, item: 0, split: Int?.none, title: Int?.none)
        let isMismatched = try TableText.forEachRow(
            of: member, delimiter: mapping.delimiter.byte,
            header: { header in
                output.counts.add(outfitHeader: header)
                let place = { (name: String) in name.isEmpty ? nil : header.firstIndex(of: name.unpadded) }
                guard let outfit = place(columns.outfit) else { throw missing(columns.outfit, header, member) }
                guard let item = place(columns.item) else { throw missing(columns.item, header, member) }
                places = (outfit, item, place(columns.split), place(columns.title))
            },
            { row in
                switch row {
                case .refused(let reason, let line):
                    output.counts.outfitMembers += 1
                    try output.refuse(reason, member: member.path, subject: "line \(line)")
                case .fields(let fields, let line):
                    let id = fields[places.outfit].unpadded
                    guard !id.isEmpty else {
                        output.counts.outfitMembers += 1
                        return try output.refuse(.outfitWithoutID, member: member.path, subject: "line \(line)")
                    }
                    let text = fields[places.item]
                    let separator = columns.itemSeparator
                    let parts = separator.isEmpty ? [text] : text.split(separator: separator).map(String.init)
                    let items = parts.map(\.unpadded).filter { separator.isEmpty || !$0.isEmpty }
                    let split = places.split.map { fields[$0].unpadded } ?? ""
                    let known = StatedSplit.named(split)
                    if known == nil, !split.isEmpty {
                        try output.refuse(.unknownSplit, member: member.path, subject: "\(id): \(split)")
                    }
                    outfits.add(
                        id, member: member.path, items: items, split: known, title: places.title.map { fields[$0] })
                }
            })
        if isMismatched { output.counts.mismatchedHeaders += 1 }
    }

    private func missing(_ column: String, _ header: [String], _ member: DataMember) -> IngestError {
        .missingColumn(archive: member.reader.name, member: member.path, column: column, header: header)
    }
}

/// The outfits of an archive as their rows come: rows of one outfit need not stand together.
///
/// An id that stands for no outfit ("0", "n/a") may be that of every other row. What passes the limit is to be refused, so
/// of such an outfit only the number of its items is kept.
private struct OutfitRows {
    let itemLimit: Int
    private(set) var records: [OutfitRecord] = []
    /// How many items the rows of each record named.
    private(set) var itemCounts: [Int] = []
    private var position: [String: Int] = [:]

    init(itemLimit: Int) { self.itemLimit = itemLimit }

    mutating func add(_ id: String, member: String, items: [String], split: String?, title: String?) {
        let at = position[id] ?? records.count
        if at == records.count {
            position[id] = at
            records.append(OutfitRecord(id: id, member: member, split: nil, title: nil, items: []))
            itemCounts.append(0)
        }
        itemCounts[at] += items.count
        if itemCounts[at] > itemLimit {
            records[at].items = []
        } else {
            records[at].items?.append(contentsOf: items.map { OutfitRecord.Member(item: $0) })
        }
        if let split { records[at].split = split }
        if let title, !title.isEmpty { records[at].title = title }
    }
}
