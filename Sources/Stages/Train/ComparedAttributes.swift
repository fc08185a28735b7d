internal import Features

/// The attributes that a completion model may compare: those that may become features, so that what the job file excludes
/// is excluded everywhere.
struct ComparedAttributes {
    let selection: AttributeSelection
    /// What of it decides the model's bytes, by the names that the job file has: part of the stage's key. Nothing where
    /// all attributes are used, or none is ever compared.
    let parameters: [String: String]

    init(_ text: TextParameters, for settings: TrainParameters) {
        selection = text.selection
        parameters =
            settings.fitsCompletion
            ? Dictionary(
                uniqueKeysWithValues: text.canonicalParameters()
                    .filter { ["attributes", "excluded_attributes"].contains($0.key) && $0.value != "[]" }
                    .map { ("featurize.text.\($0.key)", $0.value) })
            : [:]
    }
}
