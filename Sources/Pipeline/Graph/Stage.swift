package import Foundation

/// A file outside the workspace that a stage reads, known by its content and never by its modification time.
package struct ExternalInput: Hashable, Sendable {
    /// How messages and `explain` call it: the path as the job file writes it.
    package let label: String
    package let url: URL
    /// Why it cannot be read, where that is known beforehand. An error only of a run that needs it: whoever asks what the
    /// stages are, or runs others, gets on without.
    package let problem: String?
    /// The name that the stage writes into what it makes, where it writes one: another name is another result. Shards are not
    /// to write it, or a file that was renamed would be read again.
    package let writtenName: String?

    package init(label: String, url: URL, problem: String? = nil, writtenName: String? = nil) {
        self.label = label
        self.url = url
        self.problem = problem
        self.writtenName = writtenName
    }
}

/// One idempotent job of the DAG: a pure function from inputs and parameters to artifacts.
///
/// The graph is derived from `inputs` and `outputs`. The engine gives `run` empty folders for the outputs, and makes what
/// it wrote durable and immutable once it returns; a stage that throws leaves nothing behind but its checkpoints.
package protocol Stage: Sendable {
    var name: StageName { get }
    /// Raised when the code changes what it writes.
    var version: Int { get }
    var pool: StagePool { get }
    /// Artifacts of other stages.
    var inputs: [ArtifactName] { get }
    /// Files outside the workspace, in an order that matters.
    var externalInputs: [ExternalInput] { get }
    /// Which of them a shard reads; with nil, which of them the whole stage does, or the merge of its shards. The engine
    /// makes sure afterwards that these are still what was hashed. By default all.
    func externalInputs(readFor shard: Shard?) -> [ExternalInput]
    /// At least one, each written by one stage alone.
    var outputs: [ArtifactName] { get }
    /// Canonical parameters, flattened (`negatives.ratio`) to their JSON text; part of the fingerprint and of `explain`.
    var parameters: [String: String] { get }
    /// How often a failed attempt (of the stage, or of each shard) is made again.
    var retry: RetryPolicy { get }

    func run(_ context: StageContext) throws
}

extension Stage {
    package var externalInputs: [ExternalInput] { [] }
    package func externalInputs(readFor shard: Shard?) -> [ExternalInput] { externalInputs }
    package var retry: RetryPolicy { .never }
}

/// How often, and after what pauses, a failing attempt is made again.
package struct RetryPolicy: Codable, Sendable, Equatable {
    /// Attempts after the first; 0 means none.
    package var count: Int
    /// Pause before the second attempt; each further pause doubles.
    package var backoffSeconds: Double

    package static let never = RetryPolicy(count: 0, backoffSeconds: 0)

    package init(count: Int, backoffSeconds: Double) {
        self.count = count
        self.backoffSeconds = backoffSeconds
    }
}

/// An error that knows whether another attempt within the same run may end otherwise. Any other is thought to be one that may
/// pass, and is retried.
package protocol AttemptError: Error {
    /// Fails the stage at once, whatever its `RetryPolicy`.
    var isFinal: Bool { get }
}
