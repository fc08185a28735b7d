/// What an archive says of one item. Nil means that it says nothing, so that what earlier archives said stands.
struct ItemRecord: Codable, Sendable, Equatable {
    var id: String
    /// The data file it stands in, for quarantine.
    var member: String
    /// From coarse to fine.
    var category: [String]?
    /// An id that a category table of any archive gives a name to.
    var categoryID: String?
    var title: String?
    /// An empty value takes away what an earlier archive said.
    var attributes: [String: String]?
    /// Paths where the picture may lie, best first; empty takes it away.
    var pictures: [String]?
    /// The paths stand beside those of earlier records instead of replacing them: an item pictured once an outfit.
    var addsPictures: Bool?
    /// NaN cannot be written in JSON: a price that was taken away is negative.
    var price: Double?
    var isAvailable: Bool?
    /// Empty takes it away.
    var variantGroup: String?

    init(id: String, member: String) {
        self.id = id
        self.member = member
    }

    enum CodingKeys: String, CodingKey {
        case id, member, category, title, attributes, pictures, price
        case categoryID = "category_id"
        case addsPictures = "adds_pictures"
        case isAvailable = "available"
        case variantGroup = "variant_group"
    }

    /// Lays a later record of the same item over this one.
    mutating func lay(_ later: ItemRecord) {
        member = later.member
        if let value = later.category { category = value }
        if let value = later.categoryID { categoryID = value }
        if let value = later.title { title = value }
        if let values = later.attributes { attributes = (attributes ?? [:]).merging(values) { _, new in new } }
        if let paths = later.pictures {
            let earlier = later.addsPictures == true ? (pictures ?? []) : []
            pictures = Array((paths + earlier.filter { !paths.contains($0) }).prefix(Self.pictureCountLimit))
        }
        if let value = later.price { price = value }
        if let value = later.isAvailable { isAvailable = value }
        if let value = later.variantGroup { variantGroup = value }
    }

    /// Paths kept for an item that has many.
    private static let pictureCountLimit = 16
}

/// What an archive says of one outfit.
struct OutfitRecord: Codable, Sendable, Equatable {
    struct Member: Codable, Sendable, Equatable {
        var item: String
        /// The position that questions name it by, where the layout has one.
        var index: Int?
    }

    var id: String
    var member: String
    /// The outfit's split as the dataset states it: `train`, `validation`, `test`.
    var split: String?
    var title: String?
    /// In the order of the source, repetitions and all; nil in a record that only gives a title.
    var items: [Member]?
}

/// A question of the dataset's own; its items are named `<set>_<index>`, to be resolved once all outfits are known.
struct QuestionRecord: Codable, Sendable, Equatable {
    enum Kind: String, Codable, Sendable {
        case fillInTheBlank = "fill_in_blank"
        case compatibility
    }

    var kind: Kind
    var member: String
    /// The question's number in its file, from 1.
    var number: Int
    var split: String
    /// The items given: of the outfit with the blank, or of the outfit to judge.
    var items: [String]
    var answers: [String]?
    var blankPosition: Int?
    var isOutfit: Bool?

    enum CodingKeys: String, CodingKey {
        case kind, member, number, split, items, answers
        case blankPosition = "blank_position"
        case isOutfit = "is_outfit"
    }
}

/// A name of a category id.
struct CategoryRecord: Codable, Sendable, Equatable {
    var id: String
    /// From coarse to fine.
    var path: [String]
}

/// How much of what an archive held, beside its records.
package struct ArchiveCounts: Codable, Sendable, Equatable {
    package var members = 0
    package var pictures = 0
    /// Pictures whose bytes the archive holds under another name already.
    package var repeatedPictures = 0
    /// Pictures that a later member of the same name replaced.
    package var replacedPictures = 0
    package var itemRecords = 0
    package var outfitRecords = 0
    package var outfitMembers = 0
    package var questions = 0
    /// `._name`, `.DS_Store`, `__MACOSX`.
    package var ignoredMacFiles = 0
    /// Outfits and questions of the variant that was not asked for.
    package var otherVariantFiles = 0
    /// Neither data nor pictures of the layout.
    package var unrecognisedFiles = 0
    /// The first of their names, for the message where a table is not found; nil where there are none, and in the summary.
    package var unrecognisedNames: [String]?
    /// Tables whose header has another separator than their rows.
    package var mismatchedHeaders = 0
    /// Items whose picture address names no `tid`, known by their place in the outfit instead.
    package var itemsWithoutIdentity = 0

    /// Columns of the products tables and of the outfits tables, ascending: what a mapping is checked against.
    package private(set) var productHeader: [String] = []
    package private(set) var outfitHeader: [String] = []

    package init() {}

    /// Names kept of files that were not recognised.
    private static let nameCount = 5

    mutating func add(unrecognised name: String) {
        unrecognisedFiles += 1
        if (unrecognisedNames?.count ?? 0) < Self.nameCount { unrecognisedNames = (unrecognisedNames ?? []) + [name] }
    }

    mutating func add(productHeader columns: [String]) { productHeader = Set(productHeader + columns).sorted() }
    mutating func add(outfitHeader columns: [String]) { outfitHeader = Set(outfitHeader + columns).sorted() }

    /// As the summary has it, which is part of an artifact that other stages read.
    var withoutNames: Self {
        var counts = self
        counts.unrecognisedNames = nil
        return counts
    }

    /// Whether anything in the archive was read as data, and not as a picture.
    var gaveRecords: Bool {
        itemRecords + outfitRecords + outfitMembers + questions > 0 || !productHeader.isEmpty || !outfitHeader.isEmpty
    }

    /// What may be refused: the denominator of the quarantined share.
    var subjects: Int { pictures + itemRecords + outfitMembers + questions }

    enum CodingKeys: String, CodingKey {
        case members, pictures, questions
        case repeatedPictures = "repeated_pictures"
        case replacedPictures = "replaced_pictures"
        case itemRecords = "item_records"
        case outfitRecords = "outfit_records"
        case outfitMembers = "outfit_members"
        case ignoredMacFiles = "ignored_mac_files"
        case otherVariantFiles = "other_variant_files"
        case unrecognisedFiles = "unrecognised_files"
        case unrecognisedNames = "unrecognised_names"
        case mismatchedHeaders = "mismatched_headers"
        case itemsWithoutIdentity = "items_without_identity"
        case productHeader = "product_header"
        case outfitHeader = "outfit_header"
    }
}
