internal import Compatibility

/// Why there is nothing to learn from.
package enum LabelError: Error, Sendable, Equatable {
    /// The catalogue has no outfit. `refused` is what ingest quarantined, most frequent first.
    case noOutfits(refused: [String])
    /// All outfits are held out, or were purged.
    case noTrainingOutfits(validation: Int, test: Int, purged: Int)

    /// - Throws: where no outfit is left for training.
    static func requireTraining(_ labelled: LabelledOutfits, purged: Int, _ reader: CatalogReader) throws {
        if !labelled.positions(of: .train).isEmpty { return }
        guard labelled.outfits.isEmpty && purged == 0 else {
            throw noTrainingOutfits(
                validation: labelled.positions(of: .validation).count, test: labelled.positions(of: .test).count,
                purged: purged)
        }
        // An item without its picture stays, so it is no reason.
        let refused = try reader.quarantineCounts()
            .filter { $0.reason != QuarantineReason.missingPicture.rawValue }.prefix(3).map {
                "\($0.count) x \($0.reason)"
            }
        throw noOutfits(refused: refused)
    }
}

extension LabelError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noOutfits(let refused):
            "there is no outfit to learn from; map the table of outfits (ingest.tables.outfits), or add the archive that "
                + "holds it to ingest.archives"
                + (refused.isEmpty ? "" : "; ingest refused \(refused.joined(separator: ", "))")
        case .noTrainingOutfits(let validation, let test, let purged):
            """
            no outfit is left for training: \(validation) are for validation, \(test) for test, \(purged) were purged; \
            lower label.validation_fraction or label.test_fraction, set label.purge to nothing, or \
            label.honour_stated_splits to false where the dataset states splits
            """
        }
    }
}
