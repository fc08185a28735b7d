/// A parameter that names an attribute, a feature block or a category which the data do not have: known only once a stage reads
/// them.
package struct UnknownNameError: Error, Sendable, Equatable {
    /// With its stage, as `label.season_attribute`.
    package let parameter: String
    package let name: String
    /// What it would be: "attribute", "feature block", "category".
    package let kind: String
    package let known: [String]

    /// - Throws: where none of the known names is this one.
    static func require(
        _ name: String, among known: [String], _ kind: String, for parameter: String
    ) throws(UnknownNameError) {
        if !known.contains(name) {
            throw UnknownNameError(parameter: parameter, name: name, kind: kind, known: known)
        }
    }
}

extension UnknownNameError: CustomStringConvertible {
    package var description: String {
        let nearest = NearestName.suggestion(for: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        let names = known.isEmpty ? "there is none" : "there are: \(known.joined(separator: ", "))"
        return "'\(parameter)' names the \(kind) '\(name)', which no item has\(nearest) (\(names))"
    }
}
