/// What a completion compares of two items beside their embeddings and their company: groups of any kind, as numbers.
package struct ItemTraits: Sendable, Equatable {
    /// The top-level category of each item.
    package let categories: [Int32]
    /// A finer category, of which there are few enough for a table of all pairs.
    package let families: [Int32]
    /// The finest category.
    package let leaves: [Int32]
    /// Variants of one item share a number; an item without variants has one of its own.
    package let variants: [Int32]
    /// Of each attribute the number of each item's value, or -1 where it has none.
    package let attributes: [[Int32]]
    package let attributeNames: [String]
    /// Groups whose meetings are compared with chance: the leaves, and of each attribute the families divided by its value.
    let pairedGroups: [[Int32]]

    package var itemCount: Int { categories.count }

    /// Families beyond this many are replaced by the top-level categories.
    static let largestFamilyCount = 512
    /// Attributes beyond this many, by name, are left out.
    static let largestAttributeCount = 32

    /// Attributes are left out of which a smaller share of the items that have a value shares it with another item: what
    /// names single items, as an id does, tells nothing of two.
    static let leastSharedFraction = 0.01

    /// - Parameters:
    ///   - familyLevel: how many names of the category path make a family; 0 is the whole path.
    ///   - isUsed: whether an attribute may be compared, by its name.
    package init(_ catalog: OutfitCatalog, familyLevel: Int, attributes isUsed: (String) -> Bool = { _ in true }) {
        let items = catalog.items
        categories = catalog.categoryOfItem.map(Int32.init)
        leaves = ItemGroups(items: items, level: .max).groupOfItem
        let families = ItemGroups(items: items, level: familyLevel == 0 ? .max : familyLevel)
        self.families = families.groupCount <= Self.largestFamilyCount ? families.groupOfItem : categories
        let groups = VariantGroups(catalog)
        variants = ItemGroups(keys: items.indices.map { groups.first(of: $0) }).groupOfItem
        var names = Set(items.flatMap(\.attributes.keys)).filter(isUsed)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var attributes: [[Int32]] = []
        names = names.filter { name in
            let values = items.map { $0.attributes[name] ?? "" }
            // One value for all tells nothing.
            guard attributes.count < Self.largestAttributeCount, Set(values).count > 1, Self.areShared(values) else {
                return false
            }
            let numbers = ItemGroups(keys: values).groupOfItem
            attributes.append(zip(numbers, values).map { $1.isEmpty ? -1 : $0 })
            return true
        }
        self.attributes = attributes
        attributeNames = names
        pairedGroups = Self.pairedGroups(leaves: leaves, families: self.families, attributes: attributes)
    }

    private static func pairedGroups(leaves: [Int32], families: [Int32], attributes: [[Int32]]) -> [[Int32]] {
        [leaves]
            + attributes.map { values in
                let keys = zip(families, values).map { Int64($0) << 32 | Int64(UInt32(bitPattern: $1)) }
                let numbers = Dictionary(
                    uniqueKeysWithValues: Set(keys).sorted().enumerated().map { ($0.element, Int32($0.offset)) })
                return keys.map { numbers[$0] ?? 0 }
            }
    }

    /// Whether enough of the items that have a value share it with another.
    private static func areShared(_ values: [String]) -> Bool {
        let counts = Dictionary(values.lazy.filter { !$0.isEmpty }.map { ($0, 1) }, uniquingKeysWith: +)
        let (all, shared) = counts.values.reduce((0, 0)) { ($0.0 + $1, $0.1 + ($1 > 1 ? $1 : 0)) }
        return shared > 0 && Double(shared) >= leastSharedFraction * Double(all)
    }

    /// The traits of stored parts, or nil where they do not fit together.
    init?(
        categories: [Int32], families: [Int32], leaves: [Int32], variants: [Int32], attributes: [[Int32]],
        attributeNames: [String]
    ) {
        let columns = [categories, families, leaves, variants]
        guard columns.allSatisfy({ $0.count == categories.count && $0.allSatisfy { $0 >= 0 } }),
            attributes.allSatisfy({ $0.count == categories.count }), attributes.count == attributeNames.count
        else { return nil }
        self.categories = categories
        self.families = families
        self.leaves = leaves
        self.variants = variants
        self.attributes = attributes
        self.attributeNames = attributeNames
        pairedGroups = Self.pairedGroups(leaves: leaves, families: families, attributes: attributes)
    }
}
