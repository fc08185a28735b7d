/// The parameters of a stage, or of a part of one: what its section of the job file sets.
///
/// `init()` gives the defaults, and the file's section is laid over them, key by key and through nested `StageParameters`;
/// a list or a free-form map (`[String: …]`) that the file gives replaces the default one. Property names are written in
/// snake case (`batchSize` is `batch_size`; no digits in names, please), keys of free-form maps as they stand. Enumerations
/// with raw values should be `CaseIterable`, so that a wrong one can be answered with the right ones. Lists keep their
/// order; sets have none, so they are not for parameters.
package protocol StageParameters: Codable, Sendable, Equatable {
    /// The defaults.
    init()

    /// Refuses values that are of the right type and still impossible. Called on what the file gave, and not at all where
    /// something in it was wrong already.
    func validate() throws(ParameterProblem)
}

extension StageParameters {
    package func validate() throws(ParameterProblem) {}

    /// Each parameter by its dotted key (`negatives.ratio`) as canonical JSON: keys sorted, the shortest digits that read
    /// back to the same number. Lists and free-form maps are one value. The fingerprint and `explain` are made of it.
    package func canonicalParameters() -> [String: String] {
        ParameterValue(of: self).flattened()
    }
}

/// A value that a stage cannot work with.
package struct ParameterProblem: Error, Sendable, Equatable {
    /// The key within the section, dotted, as the file writes it: `negatives.ratio`, `archives[2].path`.
    package let key: String
    /// What it must be or do; goes on from "must": "be at least 1".
    package let requirement: String

    package init(_ key: String, must requirement: String) {
        self.key = key
        self.requirement = requirement
    }

    /// - Throws: where the condition does not hold.
    package static func require(
        _ condition: Bool, _ key: String, must requirement: @autoclosure () -> String
    ) throws(ParameterProblem) {
        if !condition { throw ParameterProblem(key, must: requirement()) }
    }

    /// - Throws: where the value lies outside, or is no number.
    package static func require<Value: Comparable>(
        _ key: String, _ value: Value, in range: ClosedRange<Value>
    ) throws(ParameterProblem) {
        try require(range.contains(value), key, must: "lie between \(range.lowerBound) and \(range.upperBound)")
    }

    /// - Throws: where the value is smaller, or is no number.
    package static func require<Value: Comparable>(
        _ key: String, _ value: Value, atLeast bound: Value
    ) throws(ParameterProblem) {
        try require(value >= bound, key, must: "be at least \(bound)")
    }
}
