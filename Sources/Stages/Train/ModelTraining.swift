internal import Compatibility
internal import Foundation
internal import LinearAlgebra
internal import Logging
internal import Pipeline

/// Trains the members of a model one after another, each resumed from the last checkpoint that a killed run left.
struct ModelTraining {
    let settings: TrainParameters
    let context: StageContext

    struct Trained {
        var model: CompatibilityModel
        /// The record of every epoch, a list for each member.
        var curves: [[EpochRecord]]
        /// What held-out outfits made of the company term; nil without one.
        var company: CompanyWeights?
    }

    func run(_ data: TrainingData) throws -> Trained {
        var models: [CompatibilityModel] = []
        var curves: [[EpochRecord]] = []
        for member in 0..<settings.members {
            let (model, curve) = try train(member, data)
            models.append(model)
            curves.append(curve)
        }
        let model = models.count == 1 ? models[0] : try CompatibilityModel.combined(models)
        guard settings.company.enabled else { return Trained(model: model, curves: curves) }
        let fit = CompanyFit(model: model, data: data, configuration: settings.company)
        guard let fitted = try fit.run(seed: settings.training.seed, parallelism: Parallelism(width: context.width))
        else {
            context.logger.info("no company term: too few outfits are held out")
            return Trained(model: model, curves: curves)
        }
        context.logger.info(
            "company",
            metadata: ["loss_before": "\(fitted.weights.lossBefore)", "loss": "\(fitted.weights.loss)"])
        return Trained(model: fitted.model, curves: curves, company: fitted.weights)
    }

    private func train(_ member: Int, _ data: TrainingData) throws -> (CompatibilityModel, [EpochRecord]) {
        var configuration = settings.training
        configuration.seed &+= UInt64(member)
        let file = CheckpointFile(context.scratchFolder.appendingPathComponent("member-\(member).checkpoint"))
        let trainer = try resumed(configuration, data, file)
        let total = trainer.batchCount * configuration.epochs * settings.members
        let before = trainer.batchCount * configuration.epochs * member
        let model = try trainer.run(
            checkpointEvery: settings.checkpointEvery,
            onCheckpoint: { try file.write($0) },
            shouldStop: { context.cancellation.isCancelled },
            progress: { progress in
                context.progress.update(
                    done: before + progress.epoch * progress.batchCount + progress.batch, total: total, unit: "batches")
                if let record = progress.record { log(record) }
            })
        guard let model else { throw CancellationRequest() }
        return (model, trainer.curve)
    }

    /// A trainer at the last checkpoint, or at the start where there is none that can be used.
    private func resumed(
        _ configuration: TrainingConfiguration, _ data: TrainingData, _ file: CheckpointFile
    ) throws -> Trainer {
        let parallelism = Parallelism(width: context.width)
        switch try file.read() {
        case .absent: break
        case .damaged:
            context.logger.warning(
                "a damaged checkpoint was put aside", metadata: ["file": "\(file.url.lastPathComponent)"])
        case .bytes(let state):
            do {
                return try Trainer(
                    configuration: configuration, data: data, parallelism: parallelism, checkpoint: state)
            } catch {
                context.logger.warning("a checkpoint was not used", metadata: ["reason": "\(error)"])
            }
        }
        return try Trainer(configuration: configuration, data: data, parallelism: parallelism)
    }

    private func log(_ record: EpochRecord) {
        context.logger.info(
            "epoch",
            metadata: [
                "epoch": "\(record.epoch)", "loss": "\(record.loss)", "dead_units": "\(record.deadUnits)",
                "gradient_norm": "\(record.gradientNorm)",
                "recall_at_10": "\(record.validationRecallAt10.map { "\($0)" } ?? "none")",
            ])
    }

    static let modelName = "model.safetensors"

    func write(_ trained: Trained, to files: ArtifactFiles) throws {
        try files.write(Self.modelName, trained.model.safetensors())
        try files.writeJSON("curve.json", trained.curves)
        if let company = trained.company { try files.writeJSON("company.json", company) }
    }
}
