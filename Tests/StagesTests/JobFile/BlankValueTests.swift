import Pipeline
import Stages
import Testing

/// Keys of the real stages with nothing behind them, as an unset variable of a shell leaves them.
struct BlankValueTests {
    private static func complaint(_ sections: String, overrides: [String] = []) -> String? {
        let archives = "  ingest:\n    archives: [shop.tar]\n    layout: maryland-polyvore\n"
        do {
            _ = try StageRegistry.stages(
                for: try JobFile.parse(
                    "version: 1\nstages:\n\(archives)\(sections)", path: "job.yaml", overrides: overrides))
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        "train.epochs", "train.seed", "train.loss", "train.excluded_blocks", "train.block_dropouts", "train.members",
        "train.context_attribute", "train.compare_negatives", "train.checkpoint_every", "train.negatives.random",
        "train.negatives.pool", "train.item_embedding.enabled", "train.company.outfits", "train.completion.folds",
        "train.company.candidates.random", "warmup.epochs", "warmup.negatives.easy_to_hard", "mine.ceiling",
        "mine.shard_size", "label.seed", "topk.candidates",
    ])
    func aKeyWithNothingBehindItIsRefused(key: String) throws {
        let parts = key.split(separator: ".").map(String.init)
        let words = "missing value for '\(parts.dropFirst().joined(separator: "."))' in stage '\(parts[0])'"
        #expect(Self.complaint("", overrides: ["\(key)="])?.contains(words) == true)
        var section = ""
        for (depth, part) in parts.enumerated() {
            section += String(repeating: "  ", count: depth + 1) + part + ":\n"
        }
        let complaint = Self.complaint(section)
        #expect(complaint?.contains(words) == true, "\(complaint ?? "nothing")")
    }

    @Test func sectionsMayBeEmptyAndWhatMayBeNoneMaySayNothing() {
        #expect(
            Self.complaint(
                """
                  train:
                    negatives:
                    item_embedding:
                    company:
                      candidates:
                    completion:
                  warmup:
                  mine:
                  featurize:
                    encoders:
                """) == nil)
        #expect(Self.complaint("  train: {excluded_blocks: [], block_dropouts: {}, context_attribute: ''}\n") == nil)
    }
}
