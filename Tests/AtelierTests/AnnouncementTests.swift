import Foundation
import Testing

private let hooks = """
    hooks:
      after_publish: ['[ ! -e broken ] || exit 5', 'echo $ATELIER_BUILD $ATELIER_STATUS >> told']
      on_failure: ['echo $ATELIER_BUILD $ATELIER_STATUS >> failures']

    """

private func lines(_ job: NightlyJob, _ name: String) -> [String] {
    let text = try? String(contentsOf: job.program.folder.appending(path: name), encoding: .utf8)
    return text?.split(separator: "\n").map(String.init) ?? []
}

private func marks(_ job: NightlyJob) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: job.program.folder.path + "/ws/unannounced")
}

@Test func failedAfterPublishIsAFailureThatTheNextRunMakesGood() throws {
    let job = try NightlyJob(hooks: hooks)
    defer { job.remove() }
    let first: String = try #require(try job.run().current_build)
    #expect(lines(job, "told") == ["\(first) succeeded"] && lines(job, "failures").isEmpty)
    #expect(try marks(job).isEmpty)

    try job.program.write("", to: "broken")
    let arguments = ["run", "job.yaml", "--set", "rerank.lambda=0.4"]
    let failed = try job.program.start(arguments).finish()
    #expect(failed.status == 1 && failed.output.isEmpty, "\(failed)")
    #expect(failed.errors.contains("\nerror: hook 'after_publish' failed: exit status 5\n"), "\(failed)")
    let second: String = try #require(lines(job, "failures").first?.split(separator: " ").first.map(String.init))
    #expect(second != first && lines(job, "failures") == ["\(second) failed"])
    let note = "\nnote: build \(second) stays published; the next run runs 'after_publish' again\n"
    #expect(failed.errors.hasSuffix(note), "\(failed)")
    // Still broken: a run with nothing to do fails as well.
    let idle = try job.run("--set", "rerank.lambda=0.4")
    #expect(idle.exit_status == 1 && idle.status == "up_to_date" && idle.current_build == second)
    #expect(try marks(job) == [second])
    // Whoever asks is told; a job without such hooks, and a run that fails, leave it to others.
    let status = try job.program.run("status", "--workspace", "ws")
    #expect(status.output.contains("\nhooks      after_publish did not succeed yet for this build"), "\(status)")
    let plain = String(decoding: try job.bytes("job.yaml"), as: UTF8.self).replacingOccurrences(of: hooks, with: "")
    try job.program.write(plain, to: "plain.yaml")
    #expect(try job.program.run("run", "plain.yaml", "--workspace", "ws", "--only", "ingest").status == 0)
    let failing = ["run", "job.yaml", "--set", "ingest.archives=[gone.zip]"]
    #expect(try job.program.start(failing).finish().status == 1)
    #expect(try marks(job) == [second])

    try FileManager.default.removeItem(at: job.program.folder.appending(path: "broken"))
    #expect(try job.run("--set", "rerank.lambda=0.4").exit_status == 0)
    #expect(lines(job, "told") == ["\(first) succeeded", "\(second) up_to_date"])
    #expect(try job.run("--set", "rerank.lambda=0.4").exit_status == 0)
    #expect(lines(job, "told").count == 2)

    // Whoever rolls back knows of it; so it is with a workspace of a version that kept no marks.
    #expect(try job.program.run("rollback", "--workspace", "ws").status == 0)
    _ = try job.run("--only", "ingest")
    #expect(lines(job, "told").count == 2)
}

@Test func buildOfAKilledRunIsToldOfByTheNext() throws {
    // The hook kills the run that it belongs to, once.
    let deadly = "[ ! -e kill ] || { rm kill; kill -9 $PPID; exit 0; }"
    let job = try NightlyJob(hooks: "hooks:\n  after_publish: ['\(deadly)', 'echo $ATELIER_BUILD >> told']\n")
    defer { job.remove() }
    let first = lines(job, "told")
    #expect(first.count == 1)
    try job.program.write("", to: "kill")
    let killed = try job.program.start(["run", "job.yaml", "--set", "rerank.lambda=0.4"]).finish()
    #expect(killed.status == 9 && lines(job, "told") == first, "\(killed)")
    let next = try job.run("--set", "rerank.lambda=0.4")
    let build: String = try #require(next.current_build)
    #expect(next.exit_status == 0 && next.executed.isEmpty && first != [build])
    #expect(lines(job, "told") == first + [build])
}
