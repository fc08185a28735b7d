/// Reads the data files of one layout. Pictures are no business of it: they are taken in the same way from every layout.
protocol LayoutReader: AnyObject {
    var layout: DatasetLayout { get }
    /// Whether the member of this path is a data file of the layout.
    func claims(_ path: String) -> Bool
    /// Reads a member that it claims. What it cannot use it refuses by name.
    func read(_ member: DataMember, into output: ShardOutput) throws
    /// Gives what could not be told before all members were seen.
    func finish(_ output: ShardOutput) throws
}

extension LayoutReader {
    func finish(_ output: ShardOutput) throws {}
}

extension DatasetLayout {
    /// Readers to ask, in order, whether they know a member. One for each archive: they remember what they saw.
    func readers(_ parameters: IngestParameters) -> [any LayoutReader] {
        switch self {
        case .polyvoreOutfits: [PolyvoreOutfitsReader(variant: parameters.variant)]
        case .marylandPolyvore: [MarylandPolyvoreReader()]
        case .tables: [TablesReader(parameters)]
        case .auto:
            (parameters.tables.isMapped ? [TablesReader(parameters) as any LayoutReader] : [])
                + [PolyvoreOutfitsReader(variant: parameters.variant), MarylandPolyvoreReader()]
        }
    }
}

/// The split that a dataset's file or column names.
enum StatedSplit {
    /// Contract words (`train`, `validation`, `test`) for those that datasets use; nil for any other.
    static func named(_ name: String) -> String? {
        switch name.lowercased() {
        case "train", "training": "train"
        case "valid", "val", "validation", "dev": "validation"
        case "test", "testing": "test"
        default: nil
        }
    }
}
