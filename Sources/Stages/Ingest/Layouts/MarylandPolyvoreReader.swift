internal import Foundation
internal import Media

/// Maryland Polyvore (Han et al., ACM MM 2017).
///
/// Items stand inside the outfits. `<set_id>_<index>` names a place in an outfit and is not the item's identity, which is
/// the `tid` in its image address: the same item in two outfits is one item with two pictures. Indexes are not
/// consecutive.
final class MarylandPolyvoreReader: LayoutReader {
    let layout = DatasetLayout.marylandPolyvore
    private let decoder = JSONDecoder()

    private enum Role {
        case categories
        case outfits(split: String)
        case fillInTheBlank(split: String)
        case compatibility
    }

    func claims(_ path: String) -> Bool { Self.role(of: path) != nil }

    private static func role(of path: String) -> Role? {
        let name = DataMember.name(of: path)
        switch name {
        case "category_id.txt": return .categories
        case "fashion_compatibility_prediction.txt": return .compatibility
        default: break
        }
        func split(_ prefix: String, _ suffix: String) -> String? {
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
            return StatedSplit.named(String(name.dropFirst(prefix.count).dropLast(suffix.count)))
        }
        if let split = split("fill_in_blank_", ".json") { return .fillInTheBlank(split: split) }
        if let split = split("", "_no_dup.json") { return .outfits(split: split) }
        return nil
    }

    func read(_ member: DataMember, into output: ShardOutput) throws {
        switch Self.role(of: member.path) {
        case .categories: try readCategories(member, output)
        case .outfits(let split): try readOutfits(member, split: split, output)
        case .fillInTheBlank(let split): try QuestionFiles.readFillInTheBlank(member, split: split, into: output)
        // The published file holds the test outfits alone.
        case .compatibility: try QuestionFiles.readCompatibility(member, split: "test", into: output)
        case nil: break
        }
    }

    /// Lines such as `2 Clothing`.
    private func readCategories(_ member: DataMember, _ output: ShardOutput) throws {
        try member.forEachLine { line, number in
            guard let text = String(validating: line, as: UTF8.self) else {
                return try output.refuse(.invalidUTF8, member: member.path, subject: "line \(number)")
            }
            let words = text.split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count == 2 else {
                return try output.refuse(.unexpectedShape, member: member.path, subject: "line \(number)")
            }
            let name = words[1].trimmingCharacters(in: .whitespaces)
            try output.categories.write(CategoryRecord(id: String(words[0]), path: [name]))
        }
    }

    private struct OutfitSet: Decodable {
        struct Item: Decodable {
            var index: LooseText
            var name: String?
            var price: LooseText?
            var likes: LooseText?
            var image: String?
            var categoryid: LooseText?
        }
        var set_id: LooseText
        var name: String?
        var items: [Item]
    }

    private func readOutfits(_ member: DataMember, split: String, _ output: ShardOutput) throws {
        try member.forEachElement { element in
            switch QuarantineReason.decoding(OutfitSet.self, from: element.bytes, decoder) {
            case .refused(let reason):
                output.counts.outfitMembers += 1
                try output.refuse(reason, member: member.path, subject: "byte \(element.offset)")
            case .value(let set): try take(set, split: split, member.path, output)
            }
        }
    }

    private func take(_ set: OutfitSet, split: String, _ member: String, _ output: ShardOutput) throws {
        var outfit = OutfitRecord(id: set.set_id.text, member: member, split: split, title: set.name)
        var places: [OutfitRecord.Member] = []
        for item in set.items {
            let place = "\(set.set_id.text)_\(item.index.text)"
            let identity = Self.identity(inAddress: item.image ?? "")
            if identity == nil { output.counts.itemsWithoutIdentity += 1 }
            let id = identity ?? place
            try output.add(try record(id, item, set.set_id.text, member, output))
            places.append(OutfitRecord.Member(item: id, index: Int(item.index.text)))
        }
        outfit.items = places
        try output.add(outfit)
    }

    private func record(
        _ id: String, _ item: OutfitSet.Item, _ set: String, _ member: String, _ output: ShardOutput
    ) throws -> ItemRecord {
        var record = ItemRecord(id: id, member: member)
        record.title = item.name ?? ""
        record.categoryID = item.categoryid?.text
        record.pictures = ["images/\(set)/\(item.index.text).jpg"]
        record.addsPictures = true
        record.attributes = ["likes": item.likes?.text ?? ""]
        switch PriceText.value(of: item.price?.text ?? "") {
        case .none: break
        case .amount(let amount): record.price = amount
        case .unreadable: try output.refuse(.invalidPrice, member: member, subject: id)
        }
        return record
    }

    /// The `tid` of an address such as `http://…/img-thing?.out=jpg&size=m&tid=194508109`; nil where it has none.
    static func identity(inAddress address: String) -> String? {
        guard let query = address.firstIndex(of: "?") else { return nil }
        for pair in address[address.index(after: query)...].split(whereSeparator: { $0 == "&" || $0 == "#" }) {
            if pair.hasPrefix("tid="), pair.count > 4 { return String(pair.dropFirst(4)) }
        }
        return nil
    }
}
