package import Foundation

/// A job: which stages run with which parameters, read from a YAML file.
///
/// ```yaml
/// version: 1
/// name: nightly
/// base: ..              # paths are relative to this folder, itself relative to the job file's; by default that one
/// workspace: .atelier
/// variables: {CORPUS: data}   # used where the environment does not set them
/// stages:
///   train:
///     epochs: 20
///     retry: {count: 2, backoff_seconds: 30}
/// hooks: {on_failure: mail -s failed ops@example.com}
/// retention: {builds: 5, runs: 30}
/// ```
///
/// Scalars hold `${NAME}` and `${NAME:-default}` (`$$` is one `$`), except in `hooks`, where the shell does that itself.
package struct JobFile: Sendable {
    /// The stages that a job file may name, in the order of the pipeline.
    package static let stageNames = [
        "ingest", "featurize", "label", "warmup", "mine", "train", "index", "topk", "rerank", "evaluate", "publish",
        "export",
    ]

    /// As the user wrote it; what messages call it.
    package let path: String
    /// By default the file's name without its ending.
    package let name: String
    /// The folder that paths in the file start from.
    package let base: URL
    /// Where artifacts, builds and the ledger live.
    package let workspace: URL
    package let hooks: JobHooks
    package let retention: JobRetention
    /// Names of the sections that the file has, in its order.
    package let sectionNames: [String]

    let sections: [String: JobNode]
    let settings: [String: StageSettings]
    /// Where to point when a stage has no section.
    let stagesLocation: SourceLocation?

    /// Whether the file has a section for the stage, if only an empty one.
    package func hasSection(for stage: String) -> Bool { sectionNames.contains(stage) }

    /// A path of the file as a place on disk.
    package func url(of path: String) -> URL { Self.url(of: path, from: base) }

    /// What every section may say beside its stage's own parameters.
    package func settings(for stage: String) -> StageSettings { settings[stage] ?? StageSettings() }

    /// A stage's parameters: its section laid over the defaults.
    ///
    /// - Throws: everything that is wrong with the section.
    package func parameters<P: StageParameters>(for stage: String, as type: P.Type) throws(JobFileErrors) -> P {
        var reader = ParameterReader(job: self)
        let parameters = reader.parameters(for: stage, as: type)
        try reader.finish()
        return parameters
    }

    static func url(of path: String, from base: URL) -> URL {
        path.hasPrefix("/")
            ? URL(filePath: path).standardizedFileURL
            : URL(filePath: base.path(percentEncoded: false) + "/" + path).standardizedFileURL
    }
}

/// Reads the parameters of many stages and reports what is wrong with all of them at once.
package struct ParameterReader {
    package let job: JobFile
    private let report = ParameterReport()

    package init(job: JobFile) { self.job = job }

    /// A stage's parameters, or its defaults where they are wrong; `finish` tells.
    package mutating func parameters<P: StageParameters>(for stage: String, as type: P.Type) -> P {
        do { return try decoder(for: stage).decode(type) } catch { return P() }
    }

    /// A rule between sections, told at a key of one of them; nothing is told where sections are wrong by themselves.
    package mutating func require(_ condition: Bool, _ key: String, of stage: String, must requirement: String) {
        if condition || !report.problems.isEmpty { return }
        report.problems.append(
            JobProblem(
                .invalid(key: key, .stage(stage), requirement: requirement), at: decoder(for: stage).place(of: key)))
    }

    private func decoder(for stage: String) -> ParameterDecoder {
        ParameterDecoder(
            node: job.sections[stage], standard: nil, key: "", scope: .stage(stage), fallback: job.stagesLocation,
            report: report)
    }

    /// - Throws: everything that was wrong so far.
    package func finish() throws(JobFileErrors) {
        if !report.problems.isEmpty { throw JobFileErrors(report.problems) }
    }
}
