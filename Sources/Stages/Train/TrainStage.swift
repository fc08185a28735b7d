internal import Compatibility
internal import Pipeline

/// The compatibility embedding, on easy and mined negatives.
struct TrainStage: Stage {
    let settings: TrainParameters
    let compared: ComparedAttributes
    let retry: RetryPolicy

    let name: StageName = "train"
    let version = 18
    let pool = StagePool.exclusive
    let inputs: [ArtifactName] = ["catalog", "features", "labels", "mined"]
    let outputs: [ArtifactName] = ["model"]
    var parameters: [String: String] {
        settings.canonicalParameters().merging(compared.parameters) { own, _ in own }
    }

    /// - Parameter text: which attributes may become features.
    init(settings: TrainParameters, text: TextParameters, retry: RetryPolicy) {
        self.settings = settings
        self.retry = retry
        compared = ComparedAttributes(text, for: settings)
    }

    func run(_ context: StageContext) throws {
        try settings.requireKnownNames(of: name, context)
        let inputs = try TrainingInputs(context)
        let files = MinedFiles(ArtifactFiles(context.input("mined")))
        let mined = try files.read()
        let clusters = settings.training.negatives.inCluster > 0 ? try files.readClusters() : nil
        let training = ModelTraining(settings: settings, context: context)
        let trained = try training.run(
            inputs.data(settings, mined: mined, clusters: clusters),
            traits: inputs.traits(settings, attributes: compared.selection))
        try training.write(trained, to: ArtifactFiles(context.output("model")))
    }
}
