import Foundation
import Pipeline
import Testing

/// `builds/register.json`: what it was as long as it says so itself.
struct RegisterTests {
    private let place: TemporaryWorkspace
    private let file: URL
    private let ids: [String]

    init() throws {
        let place = try TemporaryWorkspace()
        self.place = place
        ids = try ["one", "two"].map { text in
            try #require(
                try place.run(Self.job(text)).summary.currentBuild)
        }
        file = place.workspace.buildsFolder.appending(path: "register.json")
    }

    private static func job(_ text: String) -> [any Stage] {
        [
            PlainStage(name: "source", outputs: ["joined"], parameters: ["text": text]) {
                try $0.write(text, to: "joined")
            }, PublishDouble(),
        ]
    }

    private func list() throws -> [Build] { try BuildStore(workspace: place.workspace).list() }

    @Test func aFlippedDigitIsDamage() throws {
        let error = BuildError.damagedRegister(path: file.filePath)
        let whole = try Data(contentsOf: file)
        let year = try #require(whole.firstRange(of: Data("\"20".utf8))).lowerBound + 3
        var flipped = whole
        flipped[year] ^= 1
        #expect((try? JSONSerialization.jsonObject(with: flipped)) != nil)
        try flipped.write(to: file)
        #expect(throws: error) { try list() }
        #expect(throws: error) { try place.workspace.rollBack() }
        #expect(throws: error) { try place.run(Self.job("three")) }
        #expect(throws: error) { try place.workspace.prune() }
        let problems = try place.workspace.verify().problems
        #expect(problems.map(\.kind) == ["register"] && problems.map(\.problem) == ["damaged"])
        #expect(try Data(contentsOf: file) == flipped, "it was written over")
    }

    /// Any bit: either it is noticed, or it says the same as before.
    @Test func noFlippedBitChangesWhatIsRead() throws {
        let whole = try Data(contentsOf: file)
        let before = try list()
        var noticedCount = 0
        for place in whole.indices {
            for bit in 0..<8 {
                var flipped = whole
                flipped[place] ^= 1 << UInt8(bit)
                try flipped.write(to: file)
                do {
                    #expect(try list() == before, "byte \(place), bit \(bit)")
                } catch BuildError.damagedRegister {
                    noticedCount += 1
                }
            }
        }
        // A moment may end in "z" for "Z".
        #expect(noticedCount >= 8 * whole.count - 2 * before.count)
        try whole.write(to: file)
        #expect(try list() == before)
    }

    /// As versions before wrote it.
    @Test func aRegisterWithoutADigestIsReadAndWrittenWithOne() throws {
        let before = try list()
        let entries = ids.map {
            """
            "\($0)": {"created_at": "2026-11-20T02:00:00Z", "published_at": "2026-11-20T02:00:01Z", "verdict": "published"}
            """
        }
        try Data("{\"builds\": {\(entries.joined(separator: ", "))}, \"format\": 1}\n".utf8).write(to: file)
        #expect(try Set(list().map(\.id)) == Set(before.map(\.id)))
        #expect(try list().allSatisfy { $0.verdict == .published && $0.publishedAt != nil })
        #expect(try place.workspace.verify().problems == [])
        let (from, to) = try place.workspace.rollBack()
        #expect(from == ids[1] && to.id == ids[0])
        let written = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        #expect(written["format"] as? Int == 2 && (written["digest"] as? String)?.count == 64)
        #expect(try list().map(\.verdict) == [.published, .rejected])
    }

    /// Without a register, as where a damaged one was moved away.
    @Test func aRollbackIsRememberedWhereTheRegisterKnewNothing() throws {
        try FileManager.default.removeItem(at: file)
        let (from, to) = try place.workspace.rollBack(to: ids[0])
        #expect(from == ids[1] && to.id == ids[0])
        #expect(try list().map(\.verdict) == [.published, .rejected])
        #expect(try list().last?.reason == "rolled back to \(ids[0])")
        #expect(try place.run(Self.job("two")).summary.currentBuild == ids[0])
    }
}
