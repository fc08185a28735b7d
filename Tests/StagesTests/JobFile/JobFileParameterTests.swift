import Stages
import Testing

@Test func sectionIsLaidOverTheDefaults() throws {
    let job = try trainJob(
        "epochs: 3", "learning_rate: 1e-2", "seed: 18446744073709551615", "negatives: {last_rank: ~}", "loss: margin",
        "weights: {textTerms: 2}", "warm_start: 2024")
    let parameters = try job.parameters(for: "train", as: TrainSection.self)
    var expected = TrainSection()
    expected.epochs = 3
    expected.learningRate = 0.01
    expected.seed = .max
    expected.negatives.lastRank = nil
    expected.loss = .margin
    expected.weights = ["textTerms": 2]
    expected.warmStart = "2024"
    #expect(parameters == expected)
}

@Test func stageWithoutSectionHasItsDefaults() throws {
    let job = try JobFile.parse("version: 1\n", path: "nightly.yaml")
    #expect(try job.parameters(for: "train", as: TrainSection.self) == TrainSection())
    #expect(!job.hasSection(for: "train"))
    #expect(try trainJob().parameters(for: "train", as: TrainSection.self) == TrainSection())
    #expect(try trainJob().hasSection(for: "train"))
}

@Test func listElementsTakeTheDefaultsOfTheirType() throws {
    let job = try trainJob("archives:", "- path: a.tar", "- {path: b.tar, layout: polyvore-outfits}")
    let archives = try job.parameters(for: "train", as: TrainSection.self).archives
    #expect(archives.map(\.path) == ["a.tar", "b.tar"])
    #expect(archives.map(\.layout) == ["tables", "polyvore-outfits"])
}

@Test func unknownKeyIsShownWithItsPlaceAndTheNearestKnownOne() {
    #expect(
        complaint { () throws(JobFileErrors) in try trainJob("epoch: 3") }
            == """
            jobs/nightly.yaml:4:5: error: unknown key 'epoch' in stage 'train'; did you mean 'epochs'?
                  epoch: 3
                  ^
            """)
    #expect(
        complaint { () throws(JobFileErrors) in try trainJob("negatives:", "  first-rank: 3") }
            == """
            jobs/nightly.yaml:5:7: error: unknown key 'negatives.first-rank' in stage 'train'; did you mean 'first_rank'?
                    first-rank: 3
                    ^
            """)
    #expect(complaint { () throws(JobFileErrors) in try trainJob("colour: 3") }?.contains("did you mean") == false)
}

@Test func severalProblemsAreReportedTogetherByLine() throws {
    let words = try #require(
        complaint { () throws(JobFileErrors) in
            try trainJob(
                "epochs: many", "learning_rate: fast", "shuffled: yes", "loss: hinges", "negatives: {ratio: 2}",
                "archives:", "- pat: a", "- 5", "blocks: palette", "seed: -1", "epoch: 3", "warm_start: [a]",
                "weights: ~")
        })
    let heads = words.split(separator: "\n").filter { $0.contains(": error: ") }.map(String.init)
    #expect(
        heads == [
            "jobs/nightly.yaml:4:13: error: 'epochs' in stage 'train' must be a whole number, not 'many'",
            "jobs/nightly.yaml:5:20: error: 'learning_rate' in stage 'train' must be a number, not 'fast'",
            "jobs/nightly.yaml:6:15: error: 'shuffled' in stage 'train' must be true or false, not 'yes'",
            "jobs/nightly.yaml:7:11: error: 'loss' in stage 'train' cannot be 'hinges'; did you mean 'hinge'? "
                + "(one of: hinge, margin, softmax)",
            "jobs/nightly.yaml:8:24: error: 'negatives.ratio' in stage 'train' must lie between 0.0 and 1.0",
            "jobs/nightly.yaml:10:7: error: unknown key 'archives[0].pat' in stage 'train'; did you mean 'path'?",
            "jobs/nightly.yaml:11:7: error: 'archives[1]' in stage 'train' must be a section of keys with values, not '5'",
            "jobs/nightly.yaml:12:13: error: 'blocks' in stage 'train' must be a list, not 'palette'",
            "jobs/nightly.yaml:13:11: error: 'seed' in stage 'train' must be a whole number from 0 to "
                + "18446744073709551615, not '-1'",
            "jobs/nightly.yaml:14:5: error: unknown key 'epoch' in stage 'train'; did you mean 'epochs'?",
            "jobs/nightly.yaml:15:17: error: 'warm_start' in stage 'train' must be a text, not a list",
            "jobs/nightly.yaml:16:5: error: missing value for 'weights' in stage 'train'",
        ])
}

@Test(arguments: [
    ("epochs: 0", "jobs/nightly.yaml:4:13: error: 'epochs' in stage 'train' must be at least 1"),
    ("epochs:", "jobs/nightly.yaml:4:5: error: missing value for 'epochs' in stage 'train'"),
    (
        "epochs: \"3\"",
        "jobs/nightly.yaml:4:13: error: 'epochs' in stage 'train' must be a whole number, not the text \"3\""
    ),
    ("epochs: 3.5", "jobs/nightly.yaml:4:13: error: 'epochs' in stage 'train' must be a whole number, not '3.5'"),
    (
        "learning_rate: nan",
        "jobs/nightly.yaml:4:20: error: 'learning_rate' in stage 'train' must be a number, not 'nan'"
    ),
    (
        "learning_rate: .inf",
        "jobs/nightly.yaml:4:20: error: 'learning_rate' in stage 'train' must be a number, not '.inf'"
    ),
    (
        "learning_rate: 1e99",
        "jobs/nightly.yaml:4:20: error: 'learning_rate' in stage 'train' must be a number, not '1e99'"
    ),
    ("archives: [{layout: x}]", "jobs/nightly.yaml:4:16: error: 'archives[0].path' in stage 'train' must be given"),
    (
        "negatives: [1]",
        "jobs/nightly.yaml:4:16: error: 'negatives' in stage 'train' must be a section of keys with values, not a list"
    ),
])
func refusedValueNamesItsKeyAndPlace(line: String, expected: String) {
    let words = complaint { () throws(JobFileErrors) in try trainJob(line) }
    #expect(words?.split(separator: "\n").first.map(String.init) == expected)
}

@Test func problemsOfSeveralStagesAreReportedAtOnce() throws {
    let text = "version: 1\nstages:\n  warmup: {epoch: 1}\n  train: {epochs: x}\n"
    var reader = ParameterReader(job: try JobFile.parse(text, path: "j.yaml"))
    _ = reader.parameters(for: "train", as: TrainSection.self)
    _ = reader.parameters(for: "warmup", as: TrainSection.self)
    let errors = #expect(throws: JobFileErrors.self) { try reader.finish() }
    #expect(errors?.problems.map { $0.location?.line } == [3, 4])
}

@Test func canonicalParametersAreFlatAndShort() {
    var parameters = TrainSection()
    parameters.learningRate = 0.1
    parameters.weights = ["z": 1, "a\"b": 0.1, "m": 1e20]
    parameters.archives = [TrainSection.Archive()]
    #expect(
        parameters.canonicalParameters() == [
            "epochs": "20", "learning_rate": "0.1", "seed": "7", "blocks": #"["palette","text"]"#, "warm_start": "null",
            "shuffled": "true", "loss": #""hinge""#, "negatives.ratio": "0.25", "negatives.first_rank": "101",
            "negatives.last_rank": "500", "weights": #"{"a\"b":0.1,"m":1e+20,"z":1}"#,
            "archives": #"[{"layout":"tables","path":""}]"#,
        ])
}

@Test func overridesOfTheCommandLineAreLaidOverTheFile() throws {
    let job = try trainJob(
        "epochs: 3", "negatives: {ratio: 0.5, last_rank: 9}",
        overrides: [
            "train.epochs=4", "train.negatives.ratio=1", "train.blocks=[a, b]", "train.weights.new=2",
            "train.warm_start=a=b",
            "label.seed=1", "name=other", "retention.builds=2",
        ])
    let parameters = try job.parameters(for: "train", as: TrainSection.self)
    #expect(parameters.epochs == 4 && parameters.negatives.ratio == 1 && parameters.negatives.lastRank == 9)
    #expect(parameters.blocks == ["a", "b"] && parameters.weights == ["new": 2] && parameters.warmStart == "a=b")
    #expect(
        job.name == "other" && job.retention.builds == 2 && job.retention.runs == 30 && job.hasSection(for: "label"))
}

@Test(arguments: [
    (
        "train.epoch=5",
        "--set: error: unknown key 'epoch' in stage 'train'; did you mean 'epochs'?\n  train.epoch=5\n  ^"
    ),
    (
        "train.epochs=x",
        "--set: error: 'epochs' in stage 'train' must be a whole number, not 'x'\n  train.epochs=x\n               ^"
    ),
    ("train.epochs=", "--set: error: missing value for 'epochs' in stage 'train'\n  train.epochs=\n  ^"),
    ("trian.epochs=1", "--set: error: unknown stage 'trian'; did you mean 'train'?\n  trian.epochs=1\n  ^"),
    ("epochs", "--set: error: expected stage.key=value\n  epochs\n  ^"),
    ("train..x=1", "--set: error: 'train..x' is no key; write stage.key=value\n  train..x=1\n  ^"),
    ("train.epochs.x=1", "--set: error: 'train.epochs' is '3', so it has no key 'x'\n  train.epochs.x=1\n  ^"),
    ("variables.A=1", "--set: error: variables are set in the environment, before the command\n  variables.A=1\n  ^"),
])
func refusedOverrideShowsTheArgument(argument: String, expected: String) {
    #expect(complaint { () throws(JobFileErrors) in try trainJob("epochs: 3", overrides: [argument]) } == expected)
}
