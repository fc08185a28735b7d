import Foundation
import Pipeline
import Stages
import Testing

/// Names and numbers of a job file that are of the right type and mean nothing.
@Suite(.serialized) struct UnknownNamesTests {
    @Test func aMisspeltAttributeOrBlockFailsItsStageWithTheNearestName() throws {
        let job = try SampleJob()
        #expect(try job.run().status == .succeeded)
        let misspelt: [(setting: String, stage: StageName, says: String)] = [
            ("label.season_attribute=saeson", "label", "'saeson', which no item has; did you mean 'season'?"),
            ("warmup.context_attribute=seasons", "warmup", "did you mean 'season'?"),
            ("warmup.excluded_blocks=[tekst]", "warmup", "the feature block 'tekst', which no item has"),
            ("train.context_attribute=seasno", "train", "did you mean 'season'?"),
            ("train.excluded_blocks=[texts]", "train", "did you mean 'text'?"),
            ("train.block_dropouts={palete: 0.3}", "train", "did you mean 'palette'?"),
            (
                "index.adjacency.overrides={sheos: [tops]}", "index",
                "the category 'sheos', which no item has; did you mean"
            ),
            ("index.adjacency.overrides={shoes: [tops, Bag]}", "index", "the category 'Bag', which no item has"),
            ("rerank.colour_attribute=color_group", "rerank", "did you mean 'colour_group'?"),
            ("evaluate.colour_attribute=nowhere", "evaluate", "(there are: "),
        ]
        for (setting, stage, says) in misspelt {
            let summary = try job.run([setting])
            #expect(summary[stage]?.status == .failed, "\(setting)")
            let error = summary[stage]?.error ?? ""
            let parameter = setting.prefix { $0 != "=" }
            #expect(error.contains("'\(parameter)' names the ") && error.contains(says), "\(setting): \(error)")
        }
        // No name at all is right.
        #expect(try job.run(["label.season_attribute=''"], until: ["label"]).status != .failed)
    }

    @Test(arguments: [
        "negatives.random=-8", "negatives.in_batch=-1", "calibration=-0.5", "gradient_limit=-1", "margin=-0.1",
        "item_embedding.rate_factor=-2", "item_embedding.weight_decay=-0.2",
    ])
    func aNegativeNumberIsRefusedByItsKey(_ setting: String) throws {
        let job = try SampleJob()
        let key = setting.prefix { $0 != "=" }
        for stage in ["train", "warmup"] {
            do {
                _ = try job.stage("train", ["\(stage).\(setting)"])
                Issue.record("\(stage).\(setting) was accepted")
            } catch let errors as JobFileErrors {
                #expect("\(errors)".contains("\(key)' in stage '\(stage)' must be "), "\(errors)")
            }
        }
        #expect(try job.stage("train", ["train.negatives.random=0", "train.calibration=0"]) != nil)
    }
}
