/// An input as a stage run saw it.
package struct InputDigest: Codable, Hashable, Sendable {
    /// The artifact's name, or the label of an external file.
    package var name: String
    /// SHA-256, lowercase hexadecimal.
    package var digest: String
    /// Of an external file: the name that the stage writes down, which is part of the fingerprint.
    package var writtenName: String?

    package init(name: String, digest: String) {
        self.name = name
        self.digest = digest
    }

    init(_ input: ExternalInput, digest: String) {
        name = input.label
        self.digest = digest
        writtenName = input.writtenName
    }

    /// What of an external file the fingerprint has.
    var fields: [String] { [digest] + (writtenName.map { ["named", $0] } ?? []) }
}

/// All that determines what a stage writes.
package struct StageSignature: Codable, Hashable, Sendable {
    package var stage: StageName
    package var version: Int
    package var parameters: [String: String]
    /// Sorted by name.
    package var inputs: [InputDigest]
    /// In the order that the stage gave; the labels are for messages and no part of the fingerprint, and of their names only
    /// those are that the stage writes down.
    package var externalInputs: [InputDigest]

    package init(
        stage: StageName, version: Int, parameters: [String: String], inputs: [InputDigest],
        externalInputs: [InputDigest] = []
    ) {
        self.stage = stage
        self.version = version
        self.parameters = parameters
        self.inputs = inputs.sorted { $0.name < $1.name }
        self.externalInputs = externalInputs
    }

    /// SHA-256 over name, version, sorted parameters and the digests of all inputs, each field preceded by its length.
    ///
    /// Never a path or a modification time; a file's name only where it goes into what the stage makes. The first field
    /// changes when this rule does.
    package var fingerprint: String {
        var fields = ["atelier-fingerprint-1", stage.rawValue, String(version), String(parameters.count)]
        for (key, value) in parameters.sorted(by: { $0.key < $1.key }) { fields += [key, value] }
        fields.append(String(inputs.count))
        for input in inputs { fields += [input.name, input.digest] }
        fields += externalInputs.flatMap(\.fields)
        return ContentDigest.sha256(ofFields: fields)
    }
}
