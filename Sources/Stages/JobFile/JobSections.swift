/// Shell commands that a run calls, each through `/bin/sh -c` with the run's facts in its environment.
package struct JobHooks: Sendable, Equatable {
    /// Before the first stage; a failure ends the run.
    package var before: [String] = []
    /// After a build was published; a failure is reported.
    package var afterPublish: [String] = []
    /// After a run that failed, was refused or interrupted; a failure is reported.
    package var onFailure: [String] = []
}

/// How many builds and runs are kept.
package struct JobRetention: StageParameters {
    package var builds = 5
    package var runs = 30

    package init() {}

    package func validate() throws(ParameterProblem) {
        try ParameterProblem.require("builds", builds, atLeast: 1)
        try ParameterProblem.require("runs", runs, atLeast: 1)
    }
}

/// What the section of any stage may say beside the stage's own parameters.
package struct StageSettings: StageParameters {
    /// How often, and after what pauses, a failing attempt is made again. Nil: never.
    package var retry: Retry?
    /// Another pool than the stage's own.
    package var pool: Pool?

    package init() {}

    package struct Retry: StageParameters {
        /// Attempts after the first.
        package var count = 0
        /// The pause before the second attempt; each further pause doubles.
        package var backoffSeconds = 1.0

        package init() {}

        package func validate() throws(ParameterProblem) {
            try ParameterProblem.require("count", count, in: 0...100)
            try ParameterProblem.require("backoff_seconds", backoffSeconds, in: 0...86_400)
        }
    }

    package enum Pool: String, Codable, Sendable, CaseIterable { case io, cpu, exclusive }

    /// The keys of a section that are these and not the stage's.
    static let reservedKeys: Set<String> = ["retry", "pool"]
}
