internal import Compatibility

extension ItemEmbeddingConfiguration: StageParameters {}

extension NegativeConfiguration: StageParameters {}

extension ChoiceCandidates: StageParameters {
    package init() { self.init(sameContext: 0) }

    package func validate() throws(ParameterProblem) {
        let counts = [
            ("same_context", sameContext), ("same_family", sameFamily), ("same_category", sameCategory),
            ("random", random),
        ]
        for (key, count) in counts { try ParameterProblem.require(key, count, in: 0...1024) }
    }
}

extension CompanyFit.Configuration: StageParameters {}

extension CompletionFit.Configuration: StageParameters {}

/// The `warmup` and `train` sections of a job file: those of `TrainingConfiguration`, and what the stage itself needs.
struct TrainParameters: StageParameters {
    var training = TrainingConfiguration()
    /// The attribute that negatives of the same context share with the positive, such as the season; none by default.
    var contextAttribute = ""
    /// Batches between two checkpoints.
    var checkpointEvery = 500
    /// Models of neighbouring seeds that are folded into one embedding.
    var members = 1
    /// Whether the first member is trained with mined negatives and without, and the better way kept for all.
    var compareNegatives = false
    /// How held-out outfits weigh what training outfits say of items and of pairs that met.
    var company = CompanyFit.Configuration()
    /// How outfits that a member was not trained on teach the scoring of whole outfits; needs two members.
    var completion = CompletionFit.Configuration()

    /// Whether a completion model is asked for, and there are the members to fit it.
    var fitsCompletion: Bool { completion.enabled && members > 1 }

    private enum Keys: String, CodingKey {
        case contextAttribute = "context_attribute"
        case checkpointEvery = "checkpoint_every"
        case compareNegatives = "compare_negatives"
        case members, company, completion
    }

    init() {}

    init(from decoder: any Decoder) throws {
        training = try TrainingConfiguration(from: decoder)
        let values = try decoder.container(keyedBy: Keys.self)
        contextAttribute = try values.value(.contextAttribute, or: contextAttribute)
        checkpointEvery = try values.value(.checkpointEvery, or: checkpointEvery)
        members = try values.value(.members, or: members)
        compareNegatives = try values.value(.compareNegatives, or: compareNegatives)
        company = try values.value(.company, or: company)
        completion = try values.value(.completion, or: completion)
    }

    func encode(to encoder: any Encoder) throws {
        try training.encode(to: encoder)
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(contextAttribute, forKey: .contextAttribute)
        try values.encode(checkpointEvery, forKey: .checkpointEvery)
        try values.encode(members, forKey: .members)
        try values.encode(compareNegatives, forKey: .compareNegatives)
        try values.encode(company, forKey: .company)
        try values.encode(completion, forKey: .completion)
    }

    func validate() throws(ParameterProblem) {
        if let problem = training.problem {
            let requirement = problem.reason.hasPrefix("must ") ? String(problem.reason.dropFirst(5)) : problem.reason
            throw ParameterProblem(problem.key, must: requirement)
        }
        try validateBounds()
        try ParameterProblem.require("checkpoint_every", checkpointEvery, atLeast: 1)
        try ParameterProblem.require("members", members, in: 1...64)
        try ParameterProblem.require(
            !compareNegatives || training.negatives.easyToHard > 0, "compare_negatives",
            must: "be false where negatives.easy_to_hard is 0: no mined ones are asked for")
        try ParameterProblem.require("company.outfits", company.outfits, atLeast: 1)
        try ParameterProblem.require("company.ridge", company.ridge, atLeast: 0)
        try validateCompletion()
    }

    private func validateCompletion() throws(ParameterProblem) {
        let counts = [
            ("folds", completion.folds, 2...64), ("choices", completion.choices, 1...100_000_000),
            ("hidden", completion.hidden, 1...4096), ("pair_units", completion.pairUnits, 1...4096),
            ("content_components", completion.contentComponents, 0...1024),
            ("epochs", completion.epochs, 1...100_000), ("batch", completion.batch, 1...65_536),
            ("networks", completion.networks, 1...64),
        ]
        for (key, count, range) in counts { try ParameterProblem.require("completion.\(key)", count, in: range) }
        for (key, share) in [("single_fraction", completion.singleFraction), ("dropout", completion.dropout)] {
            try ParameterProblem.require("completion.\(key)", share, in: 0...0.99)
        }
        for name in completion.contentBlocks {
            try ParameterProblem.require(
                !training.excludedBlocks.contains(name), "completion.content_blocks",
                must: "not name '\(name)', which excluded_blocks leaves out")
        }
        try ParameterProblem.require(
            completion.learningRate > 0 && completion.learningRate.isFinite, "completion.learning_rate",
            must: "be above 0")
        try ParameterProblem.require("completion.weight_decay", completion.weightDecay, atLeast: 0)
        try ParameterProblem.require("completion.calibration", completion.calibration, atLeast: 0)
    }

    /// What a warm-up is by default: short, and on easy negatives alone.
    static var warmup: TrainParameters {
        var parameters = TrainParameters()
        parameters.training.epochs = 4
        parameters.training.negatives.easyToHard = 0
        parameters.company.enabled = false
        parameters.completion.enabled = false
        return parameters
    }
}

/// The `warmup` section: as `train`, with the warm-up's defaults.
struct WarmupParameters: StageParameters {
    var section = TrainParameters.warmup

    init() {}

    init(from decoder: any Decoder) throws { section = try TrainParameters(from: decoder) }

    func encode(to encoder: any Encoder) throws { try section.encode(to: encoder) }

    func validate() throws(ParameterProblem) {
        try section.validate()
        try ParameterProblem.require(
            !section.compareNegatives, "compare_negatives", must: "be false: nothing is mined before the warm-up")
        try ParameterProblem.require(
            section.training.negatives.inCluster == 0, "negatives.in_cluster",
            must: "be 0: clusters are made of what the warm-up learns")
    }
}
