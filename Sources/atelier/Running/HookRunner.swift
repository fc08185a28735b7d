package import Foundation
internal import Pipeline

/// What a hook learns of the run, as environment variables.
package struct HookFacts: Sendable {
    package var job: String
    package var workspace: URL
    /// Nil before the run has begun.
    package var run: String?
    /// `running`, `succeeded`, `up_to_date`, `failed`, `refused` or `interrupted`.
    package var status: String
    /// The published build's id, if there is one.
    package var build: String?
    package var failedStage: String?

    package init(job: String, workspace: URL, status: String = "running") {
        self.job = job
        self.workspace = workspace
        self.status = status
    }

    package var environment: [String: String] {
        [
            "ATELIER_JOB": job, "ATELIER_WORKSPACE": workspace.filePath, "ATELIER_STATUS": status,
            "ATELIER_RUN": run ?? "", "ATELIER_BUILD": build ?? "", "ATELIER_FAILED_STAGE": failedStage ?? "",
        ]
    }
}

/// A hook that did not end well.
package struct HookFailure: Error, Sendable, Equatable {
    package let hook: String
    package let command: String
    package let cause: String

    package init(hook: String, command: String, cause: String) {
        self.hook = hook
        self.command = command
        self.cause = cause
    }
}

/// Runs the shell commands of the job file, one after the other, each by `/bin/sh -c` in the job's base folder. What they
/// print goes to stderr, since stdout is for the run's result.
package struct HookRunner: Sendable {
    private let folder: URL

    package init(folder: URL) { self.folder = folder }

    /// - Throws: at the first command that fails; the ones after it are not run.
    package func run(_ commands: [String], of hook: String, _ facts: HookFacts) throws(HookFailure) {
        for command in commands {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", command]
            process.environment = ProcessInfo.processInfo.environment.merging(facts.environment) { $1 }
            process.currentDirectoryURL = folder
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.standardError
            process.standardError = FileHandle.standardError
            do {
                try process.run()
            } catch {
                throw HookFailure(hook: hook, command: command, cause: "cannot be started: \(error)")
            }
            process.waitUntilExit()
            switch (process.terminationReason, process.terminationStatus) {
            case (.exit, 0): continue
            case (.exit, let status): throw HookFailure(hook: hook, command: command, cause: "exit status \(status)")
            case (_, let signal): throw HookFailure(hook: hook, command: command, cause: "ended by signal \(signal)")
            }
        }
    }
}
