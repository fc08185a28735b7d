internal import Compatibility
internal import Logging
internal import Pipeline

/// What gave no features, for those who look after the data.
extension FeaturizeStage {
    static let quarantineName = "quarantine.jsonl"

    /// Writes what was refused, and warns of it: an item without its picture is found by others, but recommended worse.
    func quarantine(
        _ gathered: GatheredPictures, _ encoded: [EncodedBlock], in files: ArtifactFiles, _ context: StageContext
    ) throws {
        // A picture that does not decode is named once, whoever reads it.
        let named = Set(gathered.quarantine.map(\.digest))
        let others = encoded.map { block in block.quarantine.filter { !named.contains($0.digest) } }
        try files.writeJSONLines(Self.quarantineName, gathered.quarantine + others.joined())

        context.logger.info(
            "pictures",
            metadata: [
                "measured": "\(gathered.pictureCount - gathered.refusedCount)", "refused": "\(gathered.refusedCount)",
            ])
        warn(gathered.quarantine, of: gathered.pictureCount, "pictures cannot be used", context)
        for (block, refused) in zip(encoded, others) {
            warn(refused, of: block.inputCount, "inputs of \(block.block.name) gave no vector", context)
        }
    }

    private func warn(
        _ refused: [GatheredPictures.Quarantined], of total: Int, _ what: String, _ context: StageContext
    ) {
        guard let first = refused.first else { return }
        context.logger.warning(
            """
            \(refused.count) of \(total) \(what), such as \(first.example); once published, the table 'quarantine' of \
            current/catalog.sqlite names all
            """)
    }
}
