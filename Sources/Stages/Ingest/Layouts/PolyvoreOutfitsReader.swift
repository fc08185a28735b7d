internal import Foundation
internal import Media

/// Polyvore Outfits (Vasileva et al., ECCV 2018).
///
/// Item metadata is one JSON object on one line of about 105 MB; its key for the fine categories is spelt `catgeories`.
/// Titles are often empty, and `url_name` then stands in. An outfit's `index` counts from 1 and is what questions name
/// items by. Both variants lie side by side in one archive; one of them is read.
final class PolyvoreOutfitsReader: LayoutReader {
    let layout = DatasetLayout.polyvoreOutfits
    private let variant: PolyvoreVariant
    private let decoder = JSONDecoder()

    init(variant: PolyvoreVariant) {
        self.variant = variant
    }

    private enum Role {
        case categories
        case items
        case titles
        case outfits(PolyvoreVariant, split: String)
        case fillInTheBlank(PolyvoreVariant, split: String)
        case compatibility(PolyvoreVariant, split: String)
    }

    func claims(_ path: String) -> Bool { Self.role(of: path) != nil }

    private static func role(of path: String) -> Role? {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last else { return nil }
        switch name {
        case "categories.csv": return .categories
        case "polyvore_item_metadata.json": return .items
        case "polyvore_outfit_titles.json": return .titles
        default: break
        }
        guard parts.count >= 2, let variant = PolyvoreVariant(rawValue: parts[parts.count - 2]) else { return nil }
        func split(_ prefix: String, _ suffix: String) -> String? {
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
            return StatedSplit.named(String(name.dropFirst(prefix.count).dropLast(suffix.count)))
        }
        if let split = split("fill_in_blank_", ".json") { return .fillInTheBlank(variant, split: split) }
        if let split = split("compatibility_", ".txt") { return .compatibility(variant, split: split) }
        if let split = split("", ".json") { return .outfits(variant, split: split) }
        return nil
    }

    func read(_ member: DataMember, into output: ShardOutput) throws {
        switch Self.role(of: member.path) {
        case .categories: try readCategories(member, output)
        case .items: try readItems(member, output)
        case .titles: try readTitles(member, output)
        case .outfits(variant, let split): try readOutfits(member, split: split, output)
        case .fillInTheBlank(variant, let split):
            try QuestionFiles.readFillInTheBlank(member, split: split, into: output)
        case .compatibility(variant, let split):
            try QuestionFiles.readCompatibility(member, split: split, into: output)
        case .outfits, .fillInTheBlank, .compatibility: output.counts.otherVariantFiles += 1
        case nil: break
        }
    }

    // MARK: Items

    private struct Metadata: Decodable {
        var url_name: String?
        var description: String?
        var catgeories: LooseList?
        var categories: LooseList?
        var title: String?
        var related: LooseList?
        var category_id: LooseText?
        var semantic_category: String?
    }

    private func readItems(_ member: DataMember, _ output: ShardOutput) throws {
        try member.forEachElement { element in
            let id = element.key ?? ""
            switch QuarantineReason.decoding(Metadata.self, from: element.bytes, decoder) {
            case .refused(let reason):
                output.counts.itemRecords += 1
                try output.refuse(reason, member: member.path, subject: id.isEmpty ? "byte \(element.offset)" : id)
            case .value(let metadata): try output.add(Self.record(id, metadata, member.path))
            }
        }
    }

    private static func record(_ id: String, _ metadata: Metadata, _ member: String) -> ItemRecord {
        var record = ItemRecord(id: id, member: member)
        let urlName = metadata.url_name ?? ""
        let title = metadata.title ?? ""
        record.title = title.isEmpty ? urlName : title
        if let semantic = metadata.semantic_category, !semantic.isEmpty { record.category = [semantic] }
        if let category = metadata.category_id?.text, !category.isEmpty { record.categoryID = category }
        record.pictures = ["jpg", "jpeg", "png", "webp"].map { "images/\(id).\($0)" }
        let fine = metadata.catgeories ?? metadata.categories
        record.attributes = [
            "category_id": metadata.category_id?.text ?? "", "categories": fine?.texts.joined(separator: " | ") ?? "",
            "description": metadata.description ?? "",
            "related": metadata.related?.texts.joined(separator: " | ") ?? "",
            "url_name": urlName,
        ]
        return record
    }

    /// `category_id,fine name,semantic category` without a header. One id may have several fine names: the first is taken.
    private func readCategories(_ member: DataMember, _ output: ShardOutput) throws {
        var seen: Set<String> = []
        try TableText.forEachRow(of: member, delimiter: UInt8(ascii: ",")) { row in
            switch row {
            case .refused(let reason, let line):
                try output.refuse(reason, member: member.path, subject: "line \(line)")
            case .fields(let fields, let line):
                guard fields.count == 3, !fields[0].isEmpty, !fields[2].isEmpty else {
                    return try output.refuse(.unexpectedShape, member: member.path, subject: "line \(line)")
                }
                guard seen.insert(fields[0]).inserted else { return }
                let path = fields[1].isEmpty ? [fields[2]] : [fields[2], fields[1]]
                try output.categories.write(CategoryRecord(id: fields[0], path: path))
            }
        }
    }

    // MARK: Outfits

    private struct OutfitSet: Decodable {
        struct Item: Decodable {
            var item_id: LooseText
            var index: Int?
        }
        var set_id: LooseText
        var items: [Item]
    }

    private func readOutfits(_ member: DataMember, split: String, _ output: ShardOutput) throws {
        try member.forEachElement { element in
            switch QuarantineReason.decoding(OutfitSet.self, from: element.bytes, decoder) {
            case .refused(let reason):
                output.counts.outfitMembers += 1
                try output.refuse(reason, member: member.path, subject: "byte \(element.offset)")
            case .value(let set):
                var outfit = OutfitRecord(id: set.set_id.text, member: member.path, split: split)
                outfit.items = set.items.map { OutfitRecord.Member(item: $0.item_id.text, index: $0.index) }
                try output.add(outfit)
            }
        }
    }

    private struct Title: Decodable {
        var url_name: String?
        var title: String?
    }

    private func readTitles(_ member: DataMember, _ output: ShardOutput) throws {
        try member.forEachElement { element in
            let id = element.key ?? ""
            switch QuarantineReason.decoding(Title.self, from: element.bytes, decoder) {
            case .refused(let reason):
                try output.refuse(reason, member: member.path, subject: id.isEmpty ? "byte \(element.offset)" : id)
            case .value(let value):
                let title = value.title ?? ""
                try output.add(
                    OutfitRecord(id: id, member: member.path, title: title.isEmpty ? value.url_name ?? "" : title))
            }
        }
    }
}
