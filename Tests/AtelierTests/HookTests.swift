import Foundation
import Testing
import atelier

@Test func hooksGetTheRunsFactsAndStopAtTheFirstFailure() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hooks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var facts = HookFacts(job: "nightly", workspace: folder, status: "failed")
    facts.run = "r1"
    facts.failedStage = "train"
    let command =
        "echo \"$ATELIER_JOB $ATELIER_RUN $ATELIER_STATUS $ATELIER_FAILED_STAGE [$ATELIER_BUILD] $ATELIER_WORKSPACE\" > facts"
    let failure = #expect(throws: HookFailure.self) {
        try HookRunner(folder: folder).run([command, "exit 7", "touch never"], of: "on_failure", facts)
    }
    #expect(failure == HookFailure(hook: "on_failure", command: "exit 7", cause: "exit status 7"))
    let written = try String(contentsOf: folder.appending(path: "facts"), encoding: .utf8)
    #expect(written == "nightly r1 failed train [] \(folder.path)\n")
    #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "never").path))
}

@Test func hookEndedByASignalIsToldApart() {
    let facts = HookFacts(job: "nightly", workspace: URL(filePath: "/tmp"))
    let failure = #expect(throws: HookFailure.self) {
        try HookRunner(folder: URL(filePath: "/tmp")).run(["kill -9 $$"], of: "before", facts)
    }
    #expect(failure?.cause == "ended by signal 9")
}

private func text(_ job: SmallJob, _ name: String) -> String? {
    try? String(contentsOf: job.url(name), encoding: .utf8)
}

/// Waits until a hook has written its file.
private func wait(for name: String, _ job: SmallJob, _ running: Program.Running) {
    while running.process.isRunning, !FileManager.default.fileExists(atPath: job.url(name).path) {
        Thread.sleep(forTimeInterval: 0.005)
    }
}

@Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func signalEndsTheHookAndTheRun(_ signal: Int32) throws {
    // A child of the shell, which would live on without it.
    let job = try SmallJob(
        "hooks:\n  before: ['(echo begun > first; sleep 60; echo ended > first); true', 'echo ran > second']\n"
            + "  on_failure: ['echo $ATELIER_STATUS > facts']\n")
    defer { job.remove() }
    let running = try job.program.start(["run", "job.yaml", "--until", "label"])
    wait(for: "first", job, running)
    let start = Date()
    kill(running.process.processIdentifier, signal)
    let outcome = try running.finish()
    #expect(Date().timeIntervalSince(start) < 30)
    #expect(outcome.status == 130 && outcome.output.isEmpty, "\(outcome)")
    #expect(
        outcome.errors == """
            stopping at the next checkpoint; once more to quit at once
            note: interrupted; what was finished is kept
            hint: to go on from here: atelier run job.yaml --until label

            """)
    #expect(text(job, "second") == nil && text(job, "facts") == "interrupted\n")
    let status = try job.program.run("status", "--workspace", "ws")
    #expect(status.output.contains(": interrupted, took "), "\(status)")
}

@Test func secondSignalLeavesNoHookBehind() throws {
    let job = try SmallJob("hooks: {before: 'trap : TERM INT; while :; do echo >> begun; sleep 0.02; done'}\n")
    defer { job.remove() }
    let running = try job.program.start(["run", "job.yaml"])
    wait(for: "begun", job, running)
    kill(running.process.processIdentifier, SIGTERM)
    #expect(try running.hasSaid("stopping at the next checkpoint"))
    let early = text(job, "begun")
    Thread.sleep(forTimeInterval: 0.5)
    let late = text(job, "begun")
    #expect(early != late, "it does not heed the first")
    kill(running.process.processIdentifier, SIGTERM)
    #expect(try running.finish().status == 130)
    let last = text(job, "begun")
    Thread.sleep(forTimeInterval: 0.5)
    #expect(text(job, "begun") == last)
}

@Test func whatAHookLeavesInTheBackgroundHoldsNoRun() throws {
    let job = try SmallJob("hooks: {before: 'sleep 60 & echo $! > left'}\n")
    defer { job.remove() }
    let start = Date()
    let running = try job.program.start(["run", "job.yaml", "--until", "label"])
    #expect(try running.hasSaid("label: done in "))
    #expect(Date().timeIntervalSince(start) < 30)
    let left = try #require(text(job, "left").flatMap { pid_t($0.dropLast()) })
    #expect(kill(left, SIGTERM) == 0)
    #expect(try running.finish().status == 0)
}

/// Handlers and not ignored signals: those a hook would inherit.
@Test func hookIsEndedByAPipeThatNobodyReads() throws {
    let job = try SmallJob("hooks: {before: '(yes; echo $? > facts) 2>&1 | true'}\n")
    defer { job.remove() }
    #expect(try job.program.run("run", "job.yaml", "--until", "label").status == 0)
    #expect(text(job, "facts") == "\(128 + SIGPIPE)\n")
}
