internal import Compatibility
internal import LinearAlgebra
internal import Pipeline

/// A first model on easy negatives, whose rankings the hard ones are mined from.
struct WarmupStage: Stage {
    let settings: WarmupParameters
    let compared: ComparedAttributes
    let retry: RetryPolicy

    let name: StageName = "warmup"
    let version = 10
    let pool = StagePool.exclusive
    let inputs: [ArtifactName] = ["catalog", "features", "labels"]
    let outputs: [ArtifactName] = ["warmup"]
    var parameters: [String: String] {
        settings.canonicalParameters().merging(compared.parameters) { own, _ in own }
    }

    /// Beside the model its embeddings, float32, items x dimension: mining reads them in every shard.
    static let embeddingsName = "embeddings.npy"

    /// - Parameter text: which attributes may become features.
    init(settings: WarmupParameters, text: TextParameters, retry: RetryPolicy) {
        self.settings = settings
        self.retry = retry
        compared = ComparedAttributes(text, for: settings.section)
    }

    func run(_ context: StageContext) throws {
        try settings.section.requireKnownNames(of: name, context)
        let inputs = try TrainingInputs(context)
        let training = ModelTraining(settings: settings.section, context: context)
        let trained = try training.run(
            inputs.data(settings.section, mined: nil),
            traits: inputs.traits(settings.section, attributes: compared.selection))
        let files = ArtifactFiles(context.output("warmup"))
        try training.write(trained, to: files)
        let embeddings = try trained.model.embeddings(
            of: inputs.features, categoryOfItem: inputs.catalog.categoryOfItem,
            parallelism: Parallelism(width: context.width))
        try files.write(Self.embeddingsName, embeddings)
    }
}
