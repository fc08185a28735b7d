package import Foundation
package import Pipeline
internal import Synchronization

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
    /// The run was asked to stop: the command may have ended of that, or was not begun.
    package let isInterruption: Bool

    package init(hook: String, command: String, cause: String, isInterruption: Bool = false) {
        self.hook = hook
        self.command = command
        self.cause = cause
        self.isInterruption = isInterruption
    }
}

/// Runs the shell commands of the job file, one after the other, each by `/bin/sh -c` in the job's base folder. What they
/// print goes to stderr, since stdout is for the run's result.
package struct HookRunner: Sendable {
    private let folder: URL
    private let cancellation: CancellationFlag
    private let command = RunningCommand()

    package init(folder: URL, cancellation: CancellationFlag = CancellationFlag()) {
        self.folder = folder
        self.cancellation = cancellation
    }

    /// - Parameter heedsCancellation: false for the hooks that tell of an interruption.
    /// - Throws: at the first command that fails; the ones after it are not run. So it is with one that was to begin after a
    ///   cancellation.
    package func run(
        _ commands: [String], of hook: String, _ facts: HookFacts, heedsCancellation: Bool = true
    ) throws(HookFailure) {
        for command in commands {
            let cause = run(command, facts, heedsCancellation: heedsCancellation)
            guard let cause else { continue }
            throw HookFailure(
                hook: hook, command: command, cause: cause,
                isInterruption: heedsCancellation && cancellation.isCancelled)
        }
    }

    /// Passes a signal on to the command that runs now, and to all that it started.
    package func pass(on signal: Int32) { command.pass(on: signal) }

    /// - Returns: why it failed.
    private func run(_ text: String, _ facts: HookFacts, heedsCancellation: Bool) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", text]
        process.environment = ProcessInfo.processInfo.environment.merging(facts.environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.standardError
        process.standardError = FileHandle.standardError
        do {
            let end = try command.run(process) { !heedsCancellation || !cancellation.isCancelled }
            guard let end else { return "interrupted before it began" }
            if !end.isExit { return "ended by signal \(end.status)" }
            return end.status == 0 ? nil : "exit status \(end.status)"
        } catch {
            return "cannot be started: \(error)"
        }
    }
}

/// How a command ended: by itself, or by a signal, whose number the status is then.
private struct CommandEnd {
    let isExit: Bool
    let status: Int32
}

/// The command that runs now. It leads a process group of its own, so that a terminal's Ctrl-C reaches it by the run alone.
private final class RunningCommand: Sendable {
    private let group = Mutex<pid_t?>(nil)

    /// - Parameter mayBegin: asked when no signal can be passed on meanwhile: one that comes later finds the command.
    /// - Returns: how it ended; nil where it was not begun.
    func run(_ process: Process, if mayBegin: () -> Bool) throws -> CommandEnd? {
        let isBegun = try group.withLock { group in
            guard mayBegin() else { return false }
            try Self.blockingNoSignal { try process.run() }
            group = process.processIdentifier
            return true
        }
        defer { group.withLock { $0 = nil } }
        return isBegun ? Self.end(of: process) : nil
    }

    /// Waits for the command alone. `waitUntilExit` waits for a socket to close, which all that the command leaves in the
    /// background holds open too.
    private static func end(of process: Process) -> CommandEnd {
        var info = siginfo_t()
        while waitid(P_PID, id_t(process.processIdentifier), &info, WEXITED | WNOWAIT) != 0 {
            if errno == EINTR { continue }
            // `Process` was the first to ask, so that it knows.
            process.waitUntilExit()
            return CommandEnd(isExit: process.terminationReason == .exit, status: process.terminationStatus)
        }
        return CommandEnd(isExit: info.si_code == CLD_EXITED, status: info._sifields._sigchld.si_status)
    }

    /// A child inherits what its parent's thread blocks: a shell could neither be ended by a signal nor wait for its own
    /// children. Dispatch blocks a signal that it has taken, and whoever started the program may have blocked any.
    private static func blockingNoSignal(_ body: () throws -> Void) rethrows {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    func pass(on signal: Int32) {
        group.withLock { group in
            if let group { kill(-group, signal) }
        }
    }
}
