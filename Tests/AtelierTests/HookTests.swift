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
