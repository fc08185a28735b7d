import Stages

/// A stage's parameters with one property of each sort.
struct TrainSection: StageParameters {
    var epochs = 20
    var learningRate: Float = 0.001
    var seed: UInt64 = 7
    var blocks = ["palette", "text"]
    var warmStart: String?
    var shuffled = true
    var loss = Loss.hinge
    var negatives = Negatives()
    var weights: [String: Double] = ["palette": 0.5]
    var archives: [Archive] = []

    enum Loss: String, Codable, CaseIterable, Sendable { case hinge, margin, softmax }

    struct Negatives: StageParameters {
        var ratio = 0.25
        var firstRank = 101
        var lastRank: Int? = 500

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require("ratio", ratio, in: 0...1)
        }
    }

    struct Archive: StageParameters {
        var path = ""
        var layout = "tables"

        func validate() throws(ParameterProblem) {
            try ParameterProblem.require(!path.isEmpty, "path", must: "be given")
        }
    }

    func validate() throws(ParameterProblem) {
        try ParameterProblem.require("epochs", epochs, atLeast: 1)
    }
}

/// A job file whose `train` section has these lines, each indented by four.
func trainJob(
    _ lines: String..., environment: [String: String] = [:], overrides: [String] = []
) throws(JobFileErrors) -> JobFile {
    let text = "version: 1\nstages:\n  train:\n" + lines.map { "    \($0)\n" }.joined()
    return try JobFile.parse(text, path: "jobs/nightly.yaml", environment: environment, overrides: overrides)
}

/// What a person sees when the job, or its `train` section, is refused; nil where nothing is wrong.
func complaint(_ job: () throws(JobFileErrors) -> JobFile) -> String? {
    do {
        _ = try job().parameters(for: "train", as: TrainSection.self)
        return nil
    } catch {
        return error.description
    }
}

/// The same for a whole text.
func complaint(about text: String) -> String? {
    complaint { () throws(JobFileErrors) in try JobFile.parse(text, path: "jobs/nightly.yaml") }
}
