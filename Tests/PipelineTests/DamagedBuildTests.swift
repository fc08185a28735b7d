import Foundation
import Pipeline
import Testing

/// Pruning of builds whose manifest is damaged or gone: nobody can publish them again or go back to them.
struct DamagedBuildTests {
    private let place: TemporaryWorkspace
    private let builds: BuildStore

    init() throws {
        place = try TemporaryWorkspace()
        builds = BuildStore(workspace: place.workspace)
    }

    /// Builds of these texts, published a second apart: the register knows seconds.
    private func publish(_ texts: String...) throws -> [String] {
        try texts.enumerated().map { number, text in
            if number > 0 { Thread.sleep(forTimeInterval: 1.1) }
            return try #require(try place.run(job(text)).summary.currentBuild)
        }
    }

    private func job(_ text: String) -> [any Stage] {
        [
            PlainStage(name: "source", outputs: ["joined"], parameters: ["text": text]) {
                try $0.write(text, to: "joined")
            }, PublishDouble(),
        ]
    }

    private func damage(_ build: String) throws { try place.damage(manifest(of: build), at: 40) }

    private func manifest(of build: String) -> String { builds.folder(of: build).filePath + "/manifest.json" }

    private func isThere(_ build: String) -> Bool {
        FileManager.default.fileExists(atPath: builds.folder(of: build).filePath)
    }

    @Test func earlierOnesGoHoweverManyBuildsAreKept() throws {
        let ids = try publish("one", "two", "three", "four")
        try damage(ids[0])
        try FileManager.default.removeItem(atPath: manifest(of: ids[1]))
        try builds.writeVerdict(["a": 1], of: ids[0])
        // A folder of somebody's own is no build.
        let own = place.workspace.buildsFolder.appending(path: "notes", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)

        let dry = try place.workspace.prune(isDryRun: true)
        #expect(Set(dry.damagedBuilds) == Set(ids[..<2]) && ids.allSatisfy(isThere))
        let report = try place.workspace.prune()
        #expect(report.damagedBuilds == dry.damagedBuilds && report.builds.isEmpty)
        #expect(report.freedByteCount == dry.freedByteCount && report.freedByteCount > 0)
        #expect(ids.map(isThere) == [false, false, true, true])
        #expect(!FileManager.default.fileExists(atPath: builds.verdictFile(of: ids[0]).filePath))
        #expect(FileManager.default.fileExists(atPath: own.filePath))
        #expect(try place.workspace.verify().problems.filter { $0.name != "notes" } == [])
        #expect(try builds.list().map(\.id) == [ids[3], ids[2]])
        #expect(try place.workspace.prune().damagedBuilds.isEmpty)
        #expect(try place.workspace.rollBack().to.id == ids[2])
    }

    @Test func theCurrentOneAndTheOneBeforeItStay() throws {
        let ids = try publish("one", "two", "three")
        for id in ids { try damage(id) }
        let report = try place.workspace.prune()
        #expect(report.damagedBuilds == [ids[0]])
        #expect(Set(report.keptDamagedBuilds) == Set(ids[1...]))
        #expect(ids.map(isThere) == [false, true, true])
        #expect(builds.currentID == ids[2])
        // What was brought back is whole, and a rollback goes there.
        try place.damage(manifest(of: ids[1]), at: 40)
        #expect(try place.workspace.rollBack().to.id == ids[1])
        #expect(try place.workspace.prune().keptDamagedBuilds.isEmpty)
    }

    /// What a rollback went past is not published by a later night, although its folder is gone.
    @Test func aRejectedOneStaysRejected() throws {
        let ids = try publish("one", "two")
        #expect(try place.workspace.rollBack().to.id == ids[0])
        try damage(ids[1])
        #expect(try place.workspace.prune().damagedBuilds == [ids[1]])
        #expect(try place.run(job("two")).summary.publishedBuild == nil)
        #expect(builds.currentID == ids[0])
    }

    /// A later version's manifest is none of ours to judge.
    @Test func oneOfALaterFormatStays() throws {
        let ids = try publish("one", "two", "three")
        let path = manifest(of: ids[0])
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let later = text.replacingOccurrences(of: "\"format\" : 1", with: "\"format\" : 2")
        try #require(later != text)
        try FileManager.default.removeItem(atPath: path)
        try Data(later.utf8).write(to: URL(filePath: path))
        #expect(try place.workspace.prune().damagedBuilds.isEmpty)
        #expect(isThere(ids[0]))
    }
}
