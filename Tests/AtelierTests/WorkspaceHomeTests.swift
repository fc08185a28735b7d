import Foundation
import Testing

/// Two shops, each with a job file that names no workspace, in one folder.
@Test func secondJobDoesNotMoveIntoTheWorkspaceOfTheFirst() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let program = job.program
    func write(_ name: String) throws {
        try program.write(
            "version: 1\nstages:\n  ingest:\n    archives: [data/polyvore.zip]\n", to: "\(name).yaml")
    }
    for name in ["north", "south"] { try write(name) }
    #expect(try program.run("run", "north.yaml", "--until", "label").status == 0)
    for further in [[], ["--dry-run"]] {
        let refused = try program.start(["run", "south.yaml", "--until", "label"] + further).finish()
        #expect(refused.status == 64 && refused.output.isEmpty)
        let place = program.folder.path + "/.atelier"
        #expect(
            refused.errors == """
                error: the workspace \(place) is that of job 'north'; 'south' would publish over its builds
                hint: give 'south' its own, as in 'workspace: .atelier-south'; if it is 'north' by a new name, say so once: \
                atelier run south.yaml --workspace \(place)

                """)
    }
    #expect(try program.run("history").output.contains("north") && !program.run("history").output.contains("south"))
    #expect(try program.run("run", "south.yaml", "--until", "label", "--set", "workspace=.atelier-south").status == 0)

    // A new name for the first: said once, and at home from then on.
    try write("east")
    let once = try program.run("run", "east.yaml", "--until", "label", "--workspace", ".atelier")
    #expect(once.status == 0 && once.errors.hasPrefix("warning: job 'east' takes over the workspace of 'north': "))
    let then = try program.run("run", "east.yaml", "--until", "label")
    #expect(then.status == 0 && then.errors.isEmpty && then.output.hasPrefix("east: up to date"), "\(then)")
}

@Test func emptyWorkspaceIsNotTheCurrentFolder() throws {
    let job = try SmallJob()
    defer { job.remove() }
    #expect(try job.program.run("run", "job.yaml", "--until", "label").status == 0)
    func folders() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: job.program.folder.path).filter { !$0.contains(".") })
    }
    let before = try folders()
    for arguments in [["run", "job.yaml"], ["status"], ["prune"], ["rollback"]] {
        let outcome = try job.program.start(arguments + ["--workspace", ""]).finish()
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(arguments): \(outcome)")
        #expect(outcome.errors.hasPrefix("error: --workspace is empty; name a folder"), "\(outcome)")
    }
    #expect(try folders() == before)
    // A variable that is set to nothing is none.
    let path = try #require(Program.path)
    let unset = try job.program.shell("mv ws .atelier && ATELIER_WORKSPACE= '\(path)' status")
    #expect(unset.status == 0 && unset.output.contains("/.atelier\n"), "\(unset)")
}

@Test func folderOfOtherThingsIsNoWorkspace() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let files = (10...50).map { "site/runs/\($0)/log" } + ["site/staging/index.html"]
    for file in files {
        let url = job.url(file)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: url)
    }
    for arguments in [["run", "job.yaml", "--until", "label"], ["rollback"], ["prune"]] {
        let outcome = try job.program.start(arguments + ["--workspace", "site"]).finish()
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.contains("/site is no workspace, and its 'staging' would be emptied"), "\(outcome)")
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: job.url("site").path).count == files.count + 43)
    // Where nothing is lost, as on a disk of their own for builds.
    try FileManager.default.createDirectory(at: job.url("disk/builds"), withIntermediateDirectories: true)
    #expect(try job.program.run("run", "job.yaml", "--until", "label", "--workspace", "disk").status == 0)
    try FileManager.default.createDirectory(at: job.url("empty"), withIntermediateDirectories: true)
    #expect(try job.program.run("prune", "--workspace", "empty").output == "0 bytes freed\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: job.url("empty").path).isEmpty)
}

/// A job that names its own workspace, and commands that look for `.atelier`.
@Test func workspaceOfAnotherNameIsPointedOut() throws {
    let job = try SmallJob()
    defer { job.remove() }
    let program = job.program
    #expect(try program.run("run", "job.yaml", "--until", "label").status == 0)
    let lost = try program.run("status")
    #expect(lost.status == 64 && lost.output.isEmpty)
    #expect(
        lost.errors == """
            error: there is no workspace at '.atelier'
            hint: here is 'ws': --workspace ws, or set ATELIER_WORKSPACE

            """)
    #expect(try program.run("status", "--workspace", "ws").status == 0)
    // A wrong name is told as such.
    #expect(try program.run("status", "--workspace", "w").errors.hasSuffix("--workspace names another\n"))
    // So it is for pruning by a job that never ran: a scheduler's line with a slip would free nothing for ever.
    try program.write("version: 1\nworkspace: elsewhere\nstages:\n  ingest:\n    archives: [a.zip]\n", to: "other.yaml")
    for further in [[], ["--dry-run"]] {
        let nothing = try program.start(["prune", "--job", "other.yaml"] + further).finish()
        #expect(nothing.status == 64 && nothing.output.isEmpty)
        #expect(nothing.errors.contains("/elsewhere'\nhint: the job file names it; atelier run other.yaml makes it\n"))
    }
    #expect(try program.run("prune", "--job", "job.yaml").status == 0)
}
