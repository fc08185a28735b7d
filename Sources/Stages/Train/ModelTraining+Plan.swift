internal import Compatibility

extension ModelTraining {
    /// Which outfits each member is trained on, and how many batches that makes.
    struct Plan {
        let data: TrainingData
        /// The outfits that members leave to the completion model, in turn; nil without one.
        let folds: [CompletionFit.Fold]?
        /// Trainings of the stage, the one that is compared with and dropped among them.
        let runCount: Int
        /// Batches of all trainings and of the completion model.
        let total: Int
        /// Of each training.
        private let batches: [Int]

        init(settings: TrainParameters, data: TrainingData) {
            self.data = data
            let training = settings.training
            folds = settings.fitsCompletion ? Self.folds(data, settings) : nil
            let compared = settings.compareNegatives ? 1 : 0
            runCount = settings.members + compared
            batches = (0..<runCount).map { [folds] run in
                let slots = Self.outfits(of: data, folds, member: max(0, run - compared)).slotCount
                return (slots + training.batch - 1) / training.batch * training.epochs
            }
            total =
                batches.reduce(0, +)
                + (folds == nil ? 0 : settings.completion.batchCount(training: data.training))
        }

        /// Nil where some member would be left with less than a quarter of the outfits, as when there are but a few.
        private static func folds(_ data: TrainingData, _ settings: TrainParameters) -> [CompletionFit.Fold]? {
            let folds = CompletionFit.folds(
                data.training, count: min(settings.members, settings.completion.folds), seed: settings.training.seed)
            return folds.allSatisfy { $0.others.count * 4 >= data.training.count } ? folds : nil
        }

        /// Of the runs before one.
        func batchesBefore(_ run: Int) -> Int { batches.prefix(run).reduce(0, +) }

        /// Of each fold the model of the members that were trained without it.
        func models(_ members: [CompatibilityModel], folds: Int) throws -> [CompatibilityModel] {
            try (0..<folds).map { fold in
                let models = stride(from: fold, to: members.count, by: folds).map { members[$0] }
                return models.count == 1 ? models[0] : try CompatibilityModel.combined(models)
            }
        }

        func data(ofMember member: Int) -> TrainingData {
            data.learning(from: Self.outfits(of: data, folds, member: member))
        }

        private static func outfits(of data: TrainingData, _ folds: [CompletionFit.Fold]?, member: Int) -> [Outfit] {
            folds.map { $0[member % $0.count].others.map { data.training[$0] } } ?? data.training
        }
    }
}
