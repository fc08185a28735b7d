internal import GRDB

extension CatalogReader {
    /// That some item has the attribute which a parameter names. An empty name means none, and is right.
    ///
    /// Without it a misspelt name would give every item the same, empty value, and no figure would tell.
    /// - Parameter parameter: with its stage, as `label.season_attribute`.
    /// - Throws: `UnknownNameError`, `CatalogError`.
    func requireAttribute(_ name: String, for parameter: String) throws {
        if name.isEmpty { return }
        let isKnown = try reading {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM attributes WHERE name = ?)", arguments: [name])
        }
        if isKnown == true { return }
        try UnknownNameError.require(
            name, among: try attributeCounts().map(\.name), "attribute", for: parameter)
    }
}
