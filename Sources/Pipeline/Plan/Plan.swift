/// What a run would do, stage by stage, as far as it can be known before any has run.
package struct Plan: Codable, Hashable, Sendable {
    /// The decision on one stage.
    package struct Entry: Codable, Hashable, Sendable {
        package var stage: StageName
        package var state: StageState
        /// Nil while an input's content is not known.
        package var fingerprint: String?

        package init(stage: StageName, state: StageState, fingerprint: String?) {
            self.stage = stage
            self.state = state
            self.fingerprint = fingerprint
        }
    }

    /// In the order of the graph.
    package var entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    package subscript(stage: StageName) -> StageState? { entries.first { $0.stage == stage }?.state }

    /// Whether a run would execute no stage.
    package var isUpToDate: Bool {
        entries.allSatisfy { $0.state == .upToDate || $0.state == .notSelected }
    }
}
