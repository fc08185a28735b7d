import Foundation
import Testing

/// A job of two stages that take no time, over two small archives.
private struct SmallJob {
    let program: Program

    init(_ further: String = "") throws {
        program = try Program()
        let sample = try program.run("sample", "data", "--items", "40", "--outfits", "60", "--picture-width", "72")
        try #require(sample.status == 0, "\(sample.errors)")
        try program.write(
            "version: 1\nname: small\nworkspace: ws\n\(further)stages:\n  ingest:\n"
                + "    archives: [data/polyvore.zip, data/maryland.tar.xz]\n"
                + "    retry: {count: 3, backoff_seconds: 60}\n", to: "job.yaml")
    }

    func remove() { program.remove() }

    func url(_ name: String) -> URL { program.folder.appending(path: name) }

    /// Takes the end off an archive: ingest fails, and pauses before it tries again.
    func truncateArchive() throws {
        let archive = url("data/maryland.tar.xz")
        let whole = try Data(contentsOf: archive)
        try whole.prefix(whole.count * 3 / 4).write(to: archive)
    }

    func json<Answer: Decodable>(_ type: Answer.Type, _ arguments: String...) throws -> Answer {
        try NightlyJob.decoded(type, try program.start(arguments + ["--json"]).finish())
    }
}

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
