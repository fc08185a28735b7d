import Foundation
import Pipeline
import Stages
import Testing

/// That what `featurize.text` leaves out is nothing that the completion model compares, either.
struct ComparedAttributesTests {
    private struct Report: Decodable {
        let features: [String]
    }

    private func attributes(_ job: SampleJob, _ overrides: [String]) throws -> [String] {
        let summary = try job.run(SampleJob.twoMembers + overrides, until: ["train"])
        #expect(summary.status == .succeeded)
        let file = try #require(job.artifact("model", of: summary)).appendingPathComponent("completion.json")
        let known: Set = ["same_leaf", "same_category", "same_variants"]
        return try JSONDecoder().decode(Report.self, from: Data(contentsOf: file)).features
            .filter { $0.hasPrefix("same_") && !known.contains($0) }
    }

    @Test func excludedAttributesAreNoFeaturesOfTheCompletionModel() throws {
        let job = try SampleJob()
        let all = try attributes(job, ["featurize.text.excluded_attributes=[]"])
        #expect(all.contains("same_model") && all.contains("same_season"))
        // The job file's own exclusion, then another, then a list of those to keep.
        let own = try attributes(job, [])
        #expect(own == all.filter { $0 != "same_model" })
        let others = try attributes(job, ["featurize.text.excluded_attributes=[model, season]"])
        #expect(others == own.filter { $0 != "same_season" })
        #expect(try attributes(job, ["featurize.text.attributes=[season, model]"]) == ["same_season"])
    }

    @Test func theyAreInTheKeyOnlyWhereTheyAreCompared() throws {
        let job = try SampleJob()
        let key = "featurize.text.excluded_attributes"
        let excluded = #"["item_id","model","image"]"#
        func parameters(_ overrides: [String]) throws -> [String: String] {
            try #require(try job.stage("train", overrides)).parameters
        }
        #expect(try parameters(["train.members=2"])[key] == excluded)
        #expect(try parameters(["train.members=2", "train.completion.enabled=false"])[key] == nil)
        #expect(try parameters([])[key] == nil)
        #expect(try parameters(["train.members=2", "\(key)=[]"])[key] == nil)
        let warmup = try #require(try job.stage("warmup", ["warmup.members=2", "warmup.completion.enabled=true"]))
        #expect(warmup.parameters[key] == excluded)
        #expect(try #require(try job.stage("warmup", ["warmup.members=2"])).parameters[key] == nil)
    }
}
