/// What the `ingest` section of a job file sets.
package struct IngestParameters: StageParameters {
    /// Paths or globs of archives, oldest first: what a later one says of an item or outfit replaces what earlier ones said.
    /// What a glob finds is taken in the order of its names.
    package var archives: [String] = []
    /// How the archives are laid out; by default known from the names inside.
    package var layout = DatasetLayout.auto
    /// Which of the two versions of Polyvore Outfits is read; the other one's outfits and questions are left alone.
    package var variant = PolyvoreVariant.nondisjoint
    /// How the columns of catalogue tables are to be read.
    package var tables = TableMapping()
    /// The stage fails where more than this share of all records and pictures was refused. Records are items, memberships of
    /// outfits (a row, in tables) and questions; a refused outfit counts with all its memberships.
    package var quarantineFractionLimit = 0.05
    package var limits = IngestLimits()

    package init() {}

    package func validate() throws(ParameterProblem) {
        try ParameterProblem.require(!archives.isEmpty, "archives", must: "name at least one archive")
        try ParameterProblem.require("quarantine_fraction_limit", quarantineFractionLimit, in: 0...1)
        try ParameterProblem.require(
            layout != .tables || tables.isMapped, "tables.products.id", must: "name the column of the item's id")
        if tables.isMapped { try tables.requireColumns() }
        try limits.requireAll()
    }
}

/// How an archive names and lays out its files.
package enum DatasetLayout: String, Codable, Sendable, CaseIterable {
    /// Known from the names of an archive's members, for each archive.
    case auto
    case polyvoreOutfits = "polyvore-outfits"
    case marylandPolyvore = "maryland-polyvore"
    case tables
}

/// The two ways that Polyvore Outfits is split.
package enum PolyvoreVariant: String, Codable, Sendable, CaseIterable {
    /// 53,306 training outfits; items occur in several splits.
    case nondisjoint
    /// 16,995 training outfits; items ought not to occur in several splits.
    case disjoint
}

/// Bounds on what hostile or broken archives may ask for.
package struct IngestLimits: StageParameters {
    /// Bytes of one data file once unpacked.
    package var memberByteCount = 8 << 30
    /// Bytes of one picture.
    package var pictureByteCount = 32 << 20
    /// Bytes of one JSON record or one row of a table.
    package var recordByteCount = 16 << 20
    /// Bytes of one archive once unpacked.
    package var totalByteCount = 1 << 40
    package var memberCount = 50_000_000
    /// Unpacked bytes for each packed one: above it an archive is taken for a bomb.
    package var expansionRatio = 200
    /// Items of one outfit, repetitions included. What stylists and customers put together has up to some twenty; an id that
    /// stands for "no outfit" joins thousands of rows, and pairs grow with their square.
    package var outfitItemCount = 50

    package init() {}

    func requireAll() throws(ParameterProblem) {
        try ParameterProblem.require("limits.member_byte_count", memberByteCount, atLeast: 1)
        try ParameterProblem.require("limits.picture_byte_count", pictureByteCount, in: 1...1 << 30)
        try ParameterProblem.require("limits.record_byte_count", recordByteCount, atLeast: 1)
        try ParameterProblem.require("limits.total_byte_count", totalByteCount, atLeast: 1)
        try ParameterProblem.require("limits.member_count", memberCount, atLeast: 1)
        try ParameterProblem.require("limits.expansion_ratio", expansionRatio, atLeast: 1)
        try ParameterProblem.require("limits.outfit_item_count", outfitItemCount, atLeast: 2)
    }
}
