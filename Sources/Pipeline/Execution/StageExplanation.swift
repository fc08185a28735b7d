/// Why a stage would run, or why not, with what is known of its last runs.
package struct StageExplanation: Codable, Hashable, Sendable {
    package var stage: StageName
    package var state: StageState
    /// Nil while an input's content is not known.
    package var fingerprint: String?
    /// The run whose outputs are the current ones.
    package var lastSuccess: StageRecord?
    /// The last attempt, however it ended.
    package var lastAttempt: StageRecord?

    package enum CodingKeys: String, CodingKey {
        case stage, state, fingerprint
        case lastSuccess = "last_success"
        case lastAttempt = "last_attempt"
    }
}
