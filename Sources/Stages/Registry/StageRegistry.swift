internal import Compatibility
internal import Foundation
package import Pipeline

/// The stages that a job file may name: one line each.
///
/// A stage is a file with its type and a line here; the graph follows from what the stages read and write.
package enum StageRegistry {
    /// The stages of a job, with its parameters laid over the defaults.
    ///
    /// - Throws: `JobFileErrors` with everything that is wrong in any section; `FeaturizeError` where a model is missing or
    ///   in parts. An archive that is missing is a problem of the run that needs it.
    package static func stages(for job: JobFile) throws -> [any Stage] {
        var reader = ParameterReader(job: job)
        func settings<P: StageParameters>(_ name: String, _ type: P.Type) -> P {
            reader.parameters(for: name, as: type)
        }
        func retry(_ name: String) -> RetryPolicy {
            guard let retry = job.settings(for: name).retry else { return .never }
            return RetryPolicy(count: retry.count, backoffSeconds: retry.backoffSeconds)
        }
        let ingest = settings("ingest", IngestParameters.self)
        let featurize = settings("featurize", FeaturizeParameters.self)
        let mine = settings("mine", MineStage.Parameters.self)
        let train = settings("train", TrainParameters.self)
        let export = settings("export", ExportStage.Parameters.self)
        let others: [any Stage] = [
            LabelStage(settings: settings("label", LabelStage.Parameters.self), retry: retry("label")),
            WarmupStage(
                settings: settings("warmup", WarmupParameters.self), text: featurize.text, retry: retry("warmup")),
            MineStage(settings: mine, retry: retry("mine")),
            TrainStage(settings: train, text: featurize.text, retry: retry("train")),
            IndexStage(settings: settings("index", IndexStage.Parameters.self), retry: retry("index")),
            TopKStage(settings: settings("topk", TopKStage.Parameters.self), retry: retry("topk")),
            RerankStage(settings: settings("rerank", RerankStage.Parameters.self), retry: retry("rerank")),
            EvaluateStage(settings: settings("evaluate", EvaluateStage.Parameters.self), retry: retry("evaluate")),
            PublishStage(settings: settings("publish", PublishStage.Parameters.self), retry: retry("publish")),
            ExportStage(settings: export, retry: retry("export"), folder: job.url(of: export.folder)),
        ]
        reader.require(
            train.training.negatives.inCluster == 0 || mine.mining.inCluster > 0, "negatives.in_cluster", of: "train",
            must: "be 0 where mine.in_cluster is 0: the clusters are those that mining makes")
        try reader.finish()
        return [
            IngestStage(ingest, relativeTo: job.base, retry: retry("ingest")),
            try FeaturizeStage(settings: featurize, relativeTo: job.base, retry: retry("featurize")),
        ] + others
    }
}
