import Foundation
import LinearAlgebra
import Pipeline
import Stages
import Testing

/// A device that takes no byte stands for a full disk.
private let full = "/dev/full"

@Test(.enabled(if: FileManager.default.fileExists(atPath: full)))
func fullDiskIsToldInTheWordsOfTheSystem() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path + "/rows.npy"
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: full)
    let stage = FullDisk(folder: folder)
    var options = RunOptions(job: "full", jobs: 1)
    options.errorWords = { "in words: \($0)" }
    let workspace = Workspace(folder: folder.appending(path: "ws"))
    let result = try Executor(workspace: workspace, graph: StageGraph(stages: [stage]), options: options).run()
    let words = "\(path): cannot write: No space left on device"
    #expect((result.failures.first?.cause as? ArtifactFileError)?.description == words)
    let ledger = try #require(try Ledger.openForReading(in: workspace))
    #expect(try ledger.lastAttempt(at: "rows")?.error == "in words: " + words)
    #expect(try ledger.runs(limit: 1).first?.error == "stage 'rows' failed: in words: " + words)
    let log = try String(contentsOf: workspace.logFile(run: result.summary.run, stage: "rows"), encoding: .utf8)
    #expect(log.contains(" error in words: \(words)\n"))
}

@Test func missingFileIsToldWithItsPath() throws {
    let folder = URL(filePath: "/nowhere", directoryHint: .isDirectory)
    let error = #expect(throws: ArtifactFileError.self) { _ = try ArtifactFiles(folder).read("blocks.json") }
    #expect(error?.description == "/nowhere/blocks.json: cannot read: No such file or directory")
}

private struct FullDisk: Stage {
    let folder: URL
    let name: StageName = "rows"
    let version = 1
    let pool = StagePool.io
    let inputs: [ArtifactName] = []
    let outputs: [ArtifactName] = ["rows"]
    let parameters: [String: String] = [:]

    func run(_ context: StageContext) throws { try ArtifactFiles(folder).write("rows.npy", vector: [Float(1)]) }
}
