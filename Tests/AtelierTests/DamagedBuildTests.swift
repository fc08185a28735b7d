import Foundation
import Pipeline
import Testing

@Test func pruneWarnsOfDamagedBuildsThatItRemovesOrKeeps() throws {
    let program = try Program()
    defer { program.remove() }
    let workspace = Workspace(folder: program.folder.appending(path: "ws"))
    // Pruning asks the ledger, which a run makes.
    let stages = try StageGraph(stages: [])
    _ = try Executor(workspace: workspace, graph: stages, options: RunOptions(job: "none", jobs: 1)).run()
    let builds = BuildStore(workspace: workspace)
    let ids = try ["one", "two", "three"].map { text in
        let staging = try builds.makeStagingFolder()
        try Data(text.utf8).write(to: staging.appending(path: "recommendations"))
        let id = try builds.commit(staging).id
        try builds.publish(id)
        // The register knows seconds.
        Thread.sleep(forTimeInterval: 1.1)
        return id
    }
    for id in ids[..<2] {
        let file = builds.folder(of: id).appending(path: "manifest.json")
        try FileManager.default.removeItem(at: file)
        try Data("{".utf8).write(to: file)
    }
    let verify = try program.run("verify", "--workspace", "ws")
    #expect(
        verify.status == 1
            && verify.errors.contains("`atelier prune` removes earlier ones whose manifest.json does not read"))
    let dry = try program.run("prune", "--dry-run", "--workspace", "ws")
    #expect(dry.status == 0 && dry.output.hasPrefix("build    \(ids[0])\n"), "\(dry)")
    let reason = "its manifest.json does not read\n"
    let stays =
        "warning: build \(ids[1]) is damaged and stays, since a rollback goes back to it, "
        + "once its manifest.json is put back\n"
    #expect(dry.errors == "warning: build \(ids[0]) is damaged and would be removed: \(reason)\(stays)")
    let pruned = try program.run("prune", "--workspace", "ws")
    #expect(pruned.status == 0 && pruned.output.hasPrefix("build    \(ids[0])\n"), "\(pruned)")
    #expect(pruned.errors == "warning: build \(ids[0]) was damaged and is removed: \(reason)\(stays)")
    #expect(
        try FileManager.default.contentsOfDirectory(atPath: workspace.buildsFolder.path).sorted()
            == (ids[1...] + ["register.json"]).sorted())
    let again = try program.run("prune", "--workspace", "ws", "--json")
    #expect(again.output.contains("\"kept_damaged_builds\" : [\n    \"\(ids[1])\"\n  ]"), "\(again.output)")
}
