import Foundation
import Testing

private struct Failure: Decodable {
    let run: String
    let status: String
    let error: String?
}

private struct History: Decodable {
    struct Run: Decodable {
        struct Stage: Decodable { let status: String }
        let run: Failure
        let stages: [Stage]
    }
    let runs: [Run]
}

@Test func missingArchiveIsARecordedFailureOfTheRunsThatNeedIt() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let program = job.program
    #expect(try program.run("run", "job.yaml", "--until", "label").status == 0)
    try FileManager.default.moveItem(at: job.url("data/maryland.tar.xz"), to: job.url("data/away"))

    let reason =
        "stage 'ingest' failed: data/maryland.tar.xz: no such archive; paths start from the job file's folder, or from "
        + "its 'base'"
    let outcome = try program.run("run", "job.yaml", "--until", "label", "--json")
    #expect(outcome.status == 1 && outcome.errors.contains("\nerror: \(reason)\n"), "\(outcome)")
    let failure = try NightlyJob.decoded(Failure.self, outcome)
    #expect(failure.status == "failed" && failure.error == reason)
    let status = try program.run("status", "--workspace", "ws")
    #expect(status.output.contains("\nlast run   \(failure.run) of small: failed, took "), "\(status.output)")
    #expect(status.output.contains("\nerror      \(reason)\n"), "\(status.output)")
    let runs = try job.json(History.self, "history", "--workspace", "ws").runs
    #expect(runs.map(\.run.status) == ["failed", "succeeded"] && runs[0].run.run == failure.run)
    #expect(runs.map(\.run.error) == [reason, nil])
    #expect(try program.run("history", "--workspace", "ws").output.contains("stage 'ingest' failed: "))

    // Who does not read archives gets on without.
    #expect(try program.run("graph", "job.yaml").status == 0)
    #expect(try program.run("explain", "job.yaml", "label").status == 0)
    let explained = try program.run("explain", "job.yaml", "ingest")
    #expect(explained.output.hasPrefix("ingest cannot run: data/maryland.tar.xz: no such archive; "), "\(explained)")
    let alone = try program.run("run", "job.yaml", "--only", "label", "--force", "label")
    #expect(alone.status == 0 && alone.output.hasPrefix("small: 1 stage run in "), "\(alone)")
    try FileManager.default.moveItem(at: job.url("data/away"), to: job.url("data/maryland.tar.xz"))
    #expect(try program.run("run", "job.yaml", "--until", "label").output.hasPrefix("small: up to date"))
}

@Test func failingHookBeforeTheStagesIsARecordedFailure() throws {
    let job = try SmallJob(
        "hooks:\n  before: ['exit 7']\n  on_failure: ['echo $ATELIER_RUN $ATELIER_STATUS > facts']\n")
    defer { job.remove() }
    let outcome = try job.program.run("run", "job.yaml", "--json")
    #expect(outcome.status == 1 && outcome.errors == "error: hook 'before' failed: exit status 7\n  exit 7\n")
    let failure = try NightlyJob.decoded(Failure.self, outcome)
    #expect(failure.status == "failed" && failure.error == "hook 'before' failed: exit status 7: exit 7")
    #expect(try String(contentsOf: job.url("facts"), encoding: .utf8) == "\(failure.run) failed\n")
    let status = try job.program.run("status", "--workspace", "ws")
    #expect(status.output.contains(": failed, took "), "\(status)")
    #expect(status.output.contains("\nerror      hook 'before' failed: exit status 7: exit 7\n"), "\(status)")
    #expect(try job.json(History.self, "history", "--workspace", "ws").runs.map(\.run.run) == [failure.run])
}

@Test func secondRunDoesNotEvenRunItsHooks() throws {
    let wait = "i=0; while [ ! -e go ] && [ $i -lt 200 ]; do sleep 0.05; i=$((i+1)); done"
    let job = try SmallJob(
        "hooks:\n  before: ['echo ran >> hooks; \(wait)']\n"
            + "  on_failure: ['\(Program.path ?? "") prune --workspace ws > pruned']\n")
    defer { job.remove() }
    let first = try job.program.start(["run", "job.yaml", "--until", "label"])
    while first.process.isRunning, !FileManager.default.fileExists(atPath: job.url("hooks").path) {
        Thread.sleep(forTimeInterval: 0.005)
    }
    let second = try job.program.run("run", "job.yaml", "--until", "label")
    #expect(second.status == 75 && second.output.isEmpty && second.errors.contains("has been working"), "\(second)")
    #expect(try job.program.run("prune", "--workspace", "ws").status == 75)
    try job.program.write("", to: "go")
    #expect(try first.finish().status == 0)
    #expect(try String(contentsOf: job.url("hooks"), encoding: .utf8) == "ran\n")

    // A run that fails lets go of the workspace before its hooks, after its failure is recorded.
    try job.truncateArchive()
    let failed = try job.program.run("run", "job.yaml", "--until", "label", "--set", "ingest.retry.count=0")
    #expect(failed.status == 1 && !failed.errors.contains("hook 'on_failure' failed"), "\(failed)")
    #expect(try String(contentsOf: job.url("pruned"), encoding: .utf8).hasSuffix("freed\n"))
}

@Test func killedRunIsCalledKilledWhereverItIsShown() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let program = job.program
    try job.truncateArchive()
    let running = try program.start(["run", "job.yaml"])
    #expect(try running.hasSaid("ingest: started"))
    // It pauses between two attempts now or soon.
    let meanwhile = try job.json(History.self, "history", "--workspace", "ws").runs
    #expect(meanwhile.map(\.run.status) == ["running"] && meanwhile[0].stages.map(\.status) == ["running"])
    kill(running.process.processIdentifier, SIGKILL)
    _ = try running.finish()

    let runs = try job.json(History.self, "history", "--workspace", "ws").runs
    #expect(runs.map(\.run.status) == ["killed"] && runs[0].stages.map(\.status) == ["killed"])
    for arguments in [["history"], ["status"]] {
        let shown = try program.start(arguments + ["--workspace", "ws"]).finish().output
        #expect(shown.contains("killed") && !shown.contains("running"), "\(shown)")
    }
    let explained = try program.run("explain", "job.yaml", "ingest").output
    #expect(explained.contains("ended as killed") && explained.contains("the last attempt was interrupted"))
}

/// After a restart of the machine the killed run's number is some other process's.
@Test func killedRunIsNotTakenForTheProcessThatHasItsNumberNow() throws {
    let job = try SmallJob()
    defer { job.remove() }
    try job.truncateArchive()
    let running = try job.program.start(["run", "job.yaml"])
    #expect(try running.hasSaid("ingest: started"))
    let killed = running.process.processIdentifier
    kill(killed, SIGKILL)
    _ = try running.finish()
    let lock = try String(contentsOf: job.url("ws/lock"), encoding: .utf8)
    let others = lock.replacingOccurrences(of: "\"process\" : \(killed)", with: "\"process\" : \(getpid())")
    #expect(others != lock)
    try job.program.write(others, to: "ws/lock")
    for arguments in [["history"], ["status"]] {
        let shown = try job.program.start(arguments + ["--workspace", "ws"]).finish().output
        #expect(shown.contains("killed") && !shown.contains("running"), "\(shown)")
    }
}

@Test func forcedStageThatTheSelectionLeavesOutIsAnError() throws {
    let job = try SmallJob()
    defer { job.remove() }
    for further in [[], ["--dry-run"]] {
        let arguments = ["run", "job.yaml", "--until", "label", "--force", "rerank"] + further
        let outcome = try job.program.start(arguments).finish()
        #expect(outcome.status == 64 && outcome.output.isEmpty)
        #expect(
            outcome.errors.hasPrefix("error: 'rerank' cannot be forced: left out by --until label\nhint: "),
            "\(outcome)")
    }
    #expect(!FileManager.default.fileExists(atPath: job.url("ws").path))
}

@Test func stageWithoutItsInputsHintsAtTheCommandThatMakesThem() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let lacking = try job.program.run("run", "job.yaml", "--only", "label")
    #expect(lacking.status == 1)
    #expect(lacking.errors.hasSuffix("\nhint: to run what is needed too: atelier run job.yaml --until label\n"))
    #expect(try job.program.run("run", "job.yaml", "--until", "label").status == 0)
}

/// A flipped byte that SQLite does not see, in records that no plan rests on any more.
@Test func historyLeavesOutWhatCannotBeReadOfEarlierRuns() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let program = job.program
    #expect(try program.run("run", "job.yaml", "--until", "label").status == 0)
    #expect(try program.run("run", "job.yaml", "--only", "label", "--force", "label").status == 0)
    let ledger = job.url("ws/ledger.sqlite")
    var bytes = try Data(contentsOf: ledger)
    // Label's, since ingest's first run is its last.
    let place = try #require(bytes.range(of: Data("{\"reason\":\"never_ran\"}".utf8), in: label(in: bytes)))
    bytes[place.lowerBound + 12] ^= 0x20
    try bytes.write(to: ledger)

    let history = try program.run("history", "--workspace", "ws", "--json")
    let runs = try NightlyJob.decoded(History.self, history).runs
    #expect(runs.map(\.stages.count) == [1, 1])
    #expect(
        history.errors == "warning: 1 stage record of run \(runs[1].run.run) cannot be read; the ledger was damaged\n")
    #expect(try program.run("status", "--workspace", "ws").status == 0)
    let next = try program.run("run", "job.yaml", "--until", "label")
    #expect(next.output.hasPrefix("small: up to date") && next.errors.isEmpty, "\(next)")
}

/// Where the ledger holds the first record of `label`.
private func label(in bytes: Data) throws -> Range<Data.Index> {
    let signature = try #require(bytes.range(of: Data("\"stage\":\"label\"".utf8), options: .backwards))
    return signature.lowerBound..<bytes.endIndex
}
