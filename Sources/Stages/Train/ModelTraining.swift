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
        var negatives: NegativesChoice
        /// What held-out outfits made of the company term; nil without one.
        var company: CompanyWeights?
        /// What came of the completion model; nil without one.
        var completion: CompletionReport?
    }

    /// One training: of a member, with mined negatives or without.
    struct Run {
        var member: Int
        var negatives: NegativesChoice.Kind
        /// Runs of this stage before it.
        var place: Int
        /// Of its checkpoint, and in the log.
        var name: String
    }

    struct Member {
        var model: CompatibilityModel
        var curve: [EpochRecord]
        /// On all validation outfits, where they were asked for.
        var figures: ValidationFigures?
    }

    func run(_ data: TrainingData, traits: ItemTraits) throws -> Trained {
        let plan = Plan(settings: settings, data: data)
        let (first, negatives) = try firstMember(plan)
        var members = [first]
        for number in 1..<settings.members {
            let run = Run(
                member: number, negatives: negatives.used, place: plan.runCount - settings.members + number,
                name: "member-\(number)")
            members.append(try train(run, plan))
        }
        let model = members.count == 1 ? first.model : try CompatibilityModel.combined(members.map(\.model))
        var trained = Trained(model: model, curves: members.map(\.curve), negatives: negatives)
        try addCompany(to: &trained, data)
        try addCompletion(to: &trained, members.map(\.model), plan, traits)
        return trained
    }

    private func addCompany(to trained: inout Trained, _ data: TrainingData) throws {
        guard settings.company.enabled else { return }
        let fit = CompanyFit(model: trained.model, data: data, configuration: settings.company)
        guard let fitted = try fit.run(seed: settings.training.seed, parallelism: Parallelism(width: context.width))
        else { return context.logger.info("no company term: the outfits held out are too few, or show no use of it") }
        context.logger.info(
            "company",
            metadata: ["loss_before": "\(fitted.weights.lossBefore)", "loss": "\(fitted.weights.loss)"])
        trained.model = fitted.model
        trained.company = fitted.weights
    }

    private func addCompletion(
        to trained: inout Trained, _ members: [CompatibilityModel], _ plan: Plan, _ traits: ItemTraits
    ) throws {
        guard let folds = plan.folds else { return }
        let file = checkpoint("completion")
        let fit = CompletionFit(data: plan.data, traits: traits, configuration: settings.completion)
        let fitted = try fit.run(
            trained.model, members: try plan.models(members, folds: folds.count), folds: folds,
            seed: settings.training.seed, parallelism: Parallelism(width: context.width),
            checkpoint: try bytes(of: file),
            onCheckpoint: { try file.write($0) },
            afterBatch: { done in
                context.progress.update(
                    done: plan.batchesBefore(plan.runCount) + done, total: plan.total, unit: "batches")
                return !context.cancellation.isCancelled
            })
        try context.cancellation.check()
        guard let fitted else {
            return context.logger.info("no completion model: outfits are scored by the mean over their pairs")
        }
        context.logger.info(
            "completion",
            metadata: [
                "networks_weigh": "\(fitted.report.blend.networks)", "pairs_weigh": "\(fitted.report.blend.pairs)",
                "choices": "\(fitted.report.choices)", "networks": "\(fitted.report.losses.count)",
                "loss": "\(fitted.report.losses.compactMap(\.last).reduce(0, +) / Double(fitted.report.losses.count))",
            ])
        trained.model = fitted.model
        trained.completion = fitted.report
    }

    /// The first member, and which negatives it and all others are trained on.
    private func firstMember(_ plan: Plan) throws -> (Member, NegativesChoice) {
        let asked: NegativesChoice.Kind =
            settings.training.negatives.easyToHard > 0 && plan.data.groups.mined?.anchors.isEmpty == false
            ? .mined : .unmined
        let name = "member-0"
        guard settings.compareNegatives, asked == .mined else {
            return (
                try train(Run(member: 0, negatives: asked, place: 0, name: name), plan), NegativesChoice(used: asked)
            )
        }
        let mined = try train(Run(member: 0, negatives: .mined, place: 0, name: name), plan, measures: true)
        guard let minedFigures = mined.figures else {
            context.logger.warning("mined negatives were not compared with unmined ones: no outfits are held out")
            return (mined, NegativesChoice(used: .mined))
        }
        let unmined = try train(
            Run(member: 0, negatives: .unmined, place: 1, name: name + "-unmined"), plan, measures: true)
        guard let unminedFigures = unmined.figures else { return (mined, NegativesChoice(used: .mined)) }
        let choice = NegativesChoice(mined: minedFigures, unmined: unminedFigures)
        context.logger.info(
            "negatives compared",
            metadata: [
                "used": "\(choice.used.rawValue)", "questions": "\(minedFigures.questions)",
                "mined_recall_at_10": "\(minedFigures.recallAt10)",
                "mined_family_order": "\(minedFigures.familyOrder)",
                "unmined_recall_at_10": "\(unminedFigures.recallAt10)",
                "unmined_family_order": "\(unminedFigures.familyOrder)",
            ])
        return (choice.used == .mined ? mined : unmined, choice)
    }

    private func train(_ run: Run, _ plan: Plan, measures: Bool = false) throws -> Member {
        var configuration = settings.training
        configuration.seed &+= UInt64(run.member)
        if run.negatives == .unmined { configuration.negatives.easyToHard = 0 }
        let file = checkpoint(run.name)
        let trainer = try resumed(configuration, plan.data(ofMember: run.member), file)
        let before = plan.batchesBefore(run.place)
        let model = try trainer.run(
            checkpointEvery: settings.checkpointEvery,
            onCheckpoint: { try file.write($0) },
            shouldStop: { context.cancellation.isCancelled },
            progress: { progress in
                context.progress.update(
                    done: before + progress.epoch * progress.batchCount + progress.batch, total: plan.total,
                    unit: "batches")
                if let record = progress.record { log(record, of: run) }
            })
        guard let model else { throw CancellationRequest() }
        return Member(model: model, curve: trainer.curve, figures: measures ? trainer.validationFigures() : nil)
    }

    /// A trainer at the last checkpoint, or at the start where there is none that can be used.
    private func resumed(
        _ configuration: TrainingConfiguration, _ data: TrainingData, _ file: CheckpointFile
    ) throws -> Trainer {
        let parallelism = Parallelism(width: context.width)
        if let state = try bytes(of: file) {
            do {
                return try Trainer(
                    configuration: configuration, data: data, parallelism: parallelism, checkpoint: state)
            } catch {
                context.logger.warning("a checkpoint was not used", metadata: ["reason": "\(error)"])
            }
        }
        return try Trainer(configuration: configuration, data: data, parallelism: parallelism)
    }

    private func checkpoint(_ name: String) -> CheckpointFile {
        CheckpointFile(context.scratchFolder.appendingPathComponent("\(name).checkpoint"))
    }

    /// What a killed run left, or nil where there is nothing that can be used.
    private func bytes(of file: CheckpointFile) throws -> [UInt8]? {
        switch try file.read() {
        case .absent: return nil
        case .damaged:
            context.logger.warning(
                "a damaged checkpoint was put aside", metadata: ["file": "\(file.url.lastPathComponent)"])
            return nil
        case .bytes(let state): return state
        }
    }

    private func log(_ record: EpochRecord, of run: Run) {
        context.logger.info(
            "epoch",
            metadata: [
                "epoch": "\(record.epoch)", "run": "\(run.name)", "loss": "\(record.loss)",
                "dead_units": "\(record.deadUnits)",
                "gradient_norm": "\(record.gradientNorm)",
                "recall_at_10": "\(record.validationRecallAt10.value.map { "\($0)" } ?? "none")",
            ])
    }

    static let modelName = "model.safetensors"

    static let pictureName = "curve.svg"
    private static let curveName = "curve.json"
    private static let negativesName = "negatives.json"
    private static let companyName = "company.json"
    private static let completionName = "completion.json"

    func write(_ trained: Trained, to files: ArtifactFiles) throws {
        try files.write(Self.modelName, trained.model.safetensors())
        try files.writeJSON(Self.curveName, trained.curves)
        try files.write(Self.pictureName, Data(TrainingChart(trained.curves).svg().utf8))
        try files.writeJSON(Self.negativesName, trained.negatives)
        if let company = trained.company { try files.writeJSON(Self.companyName, company) }
        if let completion = trained.completion { try files.writeJSON(Self.completionName, completion) }
    }

    /// What `write` left beside the model.
    static func report(in files: ArtifactFiles) throws -> TrainingReport {
        TrainingReport(
            curves: try files.readJSON(curveName),
            company: files.exists(companyName) ? try files.readJSON(companyName, as: CompanyWeights.self) : nil,
            completion: files.exists(completionName)
                ? try files.readJSON(completionName, as: CompletionReport.self) : nil,
            negatives: try files.readJSON(negativesName))
    }
}
