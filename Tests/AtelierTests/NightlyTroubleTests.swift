import Foundation
import Testing

@Test func rolledBackBuildIsNotPublishedAgain() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    let first: String = try #require(try job.run().current_build)
    let second: String = try #require(try job.run("--set", "rerank.lambda=0.4").published_build)
    #expect(second != first)
    let back = try job.program.run("rollback", "--workspace", "ws")
    #expect(back.status == 0 && back.output == "build \(first) is the current one; build \(second) is rejected\n")
    #expect(back.errors.contains("exported files still hold build \(second)"))
    let already = try job.program.run("rollback", first, "--workspace", "ws")
    #expect(already.output == "build \(first) is the current one already\n" && already.errors.isEmpty)
    // The command that the hint names.
    let exported = try job.run("--only", "export")
    #expect(exported.executed == ["export"] && exported.current_build == first)

    let again = try job.run("--set", "rerank.lambda=0.4")
    #expect(again.exit_status == 0 && again.published_build == nil && again.current_build == first)
    #expect(!again.executed.contains("publish"))
    let builds = try job.program.run("builds", "--workspace", "ws").output.split(separator: "\n")
    #expect(
        builds.contains { $0.hasPrefix("\(first)  current ") }
            && builds.contains { $0.hasPrefix("\(second)  rejected ") })
    // The run went well, and what it was asked for is not what consumers read.
    for quiet in [[], ["--quiet"]] {
        let told = try job.program.start(["run", "job.yaml", "--set", "rerank.lambda=0.4"] + quiet).finish()
        #expect(told.status == 0 && told.output.hasSuffix("build \(first) is current\n"), "\(told)")
        #expect(
            told.errors == """
                note: build \(second), which this job makes now, stays unpublished: a rollback went past it
                hint: to publish it all the same: atelier run job.yaml --set rerank.lambda=0.4 --force publish

                """)
    }
    #expect(try job.program.run("run", "job.yaml").errors.contains("note: ") == false)
    // Exports follow what is published.
    #expect(try job.run("--set", "rerank.lambda=0.4").executed.isEmpty)
    let forced = try job.run("--set", "rerank.lambda=0.4", "--force", "publish")
    #expect(forced.exit_status == 0 && forced.current_build == second)
}

@Test func worseBuildIsKeptAndNotPublished() throws {
    let job = try NightlyJob(settings: ["train.epochs=6"])
    defer { job.remove() }
    let good: String = try #require(try job.run("--set", "train.epochs=6").current_build)
    let arguments = [
        "run", "job.yaml", "--set", "train.learning_rate=0.0000001", "--set", "train.epochs=1", "--set",
        "publish.margin=0",
    ]
    let outcome = try job.program.start(arguments).finish()
    #expect(outcome.status == 3 && outcome.output.isEmpty)
    let errors = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(errors.count == 1, "\(errors)")
    #expect(
        errors.first?.hasPrefix("error: stage 'publish' refused the build: the new build is worse than \(good)") == true
    )
    let builds = try job.program.run("builds", "--workspace", "ws").output.split(separator: "\n")
    #expect(builds.contains { $0.hasPrefix("\(good)  current ") })
    let refused = try #require(builds.first { $0.contains("  refused  ") }).prefix(12)
    #expect(outcome.errors.contains("\nnote: build \(refused) is kept aside; build \(good) stays published\nhint: "))
    #expect(builds.allSatisfy { $0.count <= 80 } && builds.contains { $0.hasPrefix("  the new build is worse than") })
    // With the parameters of the published build there is nothing to do.
    #expect(try job.run("--set", "train.epochs=6").executed.isEmpty)
}

@Test func truncatedArchiveIsNamedWithItsStageAndReason() throws {
    let program = try Program()
    defer { program.remove() }
    let sample = try program.run("sample", "data", "--items", "40", "--outfits", "60", "--picture-width", "72")
    try #require(sample.status == 0, "\(sample.errors)")
    let tarball = program.folder.appending(path: "data/maryland.tar.xz")
    let whole = try Data(contentsOf: tarball)
    try whole.prefix(whole.count * 3 / 4).write(to: tarball)
    try program.write(
        "version: 1\nname: cut\nworkspace: ws\nstages:\n  ingest:\n    archives: [data/polyvore.zip, data/maryland.tar.xz]\n",
        to: "job.yaml")
    let outcome = try program.run("run", "job.yaml", "--until", "label")
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    let error: Substring = try #require(outcome.errors.split(separator: "\n").first { $0.hasPrefix("error: ") })
    #expect(error.hasPrefix("error: stage 'ingest' failed: data/maryland.tar.xz: "), "\(error)")
    #expect(error.hasSuffix("the file ends before the archive does, or goes on with other bytes: fetch it again"))
    #expect(outcome.errors.contains("\nhint: to go on from here: atelier run job.yaml --until label\n"))
    #expect(outcome.errors.contains("\nnote: 'label' was skipped because 'ingest' did not succeed\n"))
    #expect(!outcome.errors.contains("'train'"))
    #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "ws/current").path))
}

@Test func wrongKeyIsShownInItsLineWithWhatWasMeant() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write(
        "version: 1\nname: j\nstages:\n  ingest:\n    archives: [a.tar]\n  train:\n    epohcs: 3\n", to: "job.yaml")
    let outcome = try program.run("run", "job.yaml")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(
        outcome.errors == """
            job.yaml:7:5: error: unknown key 'epohcs' in stage 'train'; did you mean 'epochs'?
                  epohcs: 3
                  ^

            """)
}

@Test func interruptedRunGoesOnToTheSameBuildAndKeepsOthersOutMeanwhile() throws {
    // An uninterrupted run of the same parameters is the oracle; its training takes a second or more.
    let long = ["train.epochs=150", "train.patience=0", "train.checkpoint_every=20"]
    let whole = try NightlyJob(settings: long)
    defer { whole.remove() }
    let expected = try whole.published()

    let program = whole.program
    let settings = (long + ["export.folder=other-exports"]).flatMap { ["--set", $0] }
    let arguments = ["run", "job.yaml", "--workspace", "other"] + settings
    let running = try program.start(arguments)
    #expect(try running.hasSaid("train: started"))
    let second = try program.start(arguments).finish()
    #expect(second.status == 75 && second.output.isEmpty && second.errors.contains("\nhint: "), "\(second)")
    running.process.interrupt()
    let stopped = try running.finish()
    #expect(stopped.status == 130 && stopped.output.isEmpty, "\(stopped)")
    #expect(stopped.errors.contains("\nnote: interrupted; what was finished is kept\nhint: to go on from here: "))
    #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "other/current").path))

    let rerun = try program.start(arguments).finish()
    #expect(rerun.status == 0, "\(rerun.errors)")
    #expect(!rerun.errors.contains("featurize: started") && rerun.errors.contains("train: started"))
    #expect(try whole.published(workspace: "other", exports: "other-exports") == expected)
}
