import Foundation
import Testing

/// A device that takes no byte, as a log on a full disk.
private let full = "/dev/full"

@Test(.enabled(if: FileManager.default.fileExists(atPath: full)))
func runGoesOnWhereNobodyGetsItsMessages() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let path = try #require(Program.path)
    let deaf = try job.program.shell("'\(path)' run job.yaml --until label 2>\(full)")
    #expect(deaf.status == 0 && deaf.output.hasPrefix("small: 2 stages run in "), "\(deaf)")
    // An error is its exit status then.
    #expect(try job.program.shell("'\(path)' run none.yaml 2>\(full)").status == 64)
}

@Test(.enabled(if: FileManager.default.fileExists(atPath: full)))
func resultThatCannotBeWrittenIsAnErrorAndNoCrash() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let path = try #require(Program.path)
    for command in ["run job.yaml --until label", "run job.yaml --until label --json", "status --workspace ws"] {
        let mute = try job.program.shell("'\(path)' \(command) >\(full)")
        #expect(mute.status == 1, "\(command): \(mute)")
        let said = mute.errors.split(separator: "\n").suffix(2)
        #expect(said.first == "error: the result could not be written to stdout: No space left on device", "\(mute)")
        #expect(said.last?.hasPrefix("hint: ") == true, "\(mute)")
    }
    // The run was none the worse for it.
    #expect(try job.program.run("run", "job.yaml", "--until", "label").output.hasPrefix("small: up to date"))
}

@Test func runGoesOnWhereItsLogIsNoLongerRead() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let path = try #require(Program.path)
    let run = "'\(path)' run job.yaml --until label"
    _ = try job.program.shell("(sleep 0.5; \(run) 2>&1 >out; echo $? >status) | true")
    #expect(try String(contentsOf: job.url("status"), encoding: .utf8) == "0\n")
    #expect(try String(contentsOf: job.url("out"), encoding: .utf8).hasPrefix("small: 2 stages run in "))
    // A result that nobody takes is an error, as on a full disk.
    _ = try job.program.shell("(sleep 0.5; \(run) 2>errors; echo $? >status) | true")
    #expect(try String(contentsOf: job.url("status"), encoding: .utf8) == "1\n")
    #expect(try String(contentsOf: job.url("errors"), encoding: .utf8).contains("to stdout: Broken pipe\n"))
}
