import Foundation
import GRDB
import Pipeline
import Testing

/// Runs and builds of a time when the clock was years ahead.
struct WrongClockTests {
    private let place: TemporaryWorkspace
    private let future = Date() + 4 * 365 * 86_400

    init() throws { place = try TemporaryWorkspace() }

    private func job(_ text: String) -> [any Stage] {
        [
            PlainStage(name: "source", outputs: ["joined"], parameters: ["text": text]) {
                try $0.write(text, to: "joined")
            }, PublishDouble(),
        ]
    }

    @Test func aRunOfTheFutureIsNotTheLastOne() throws {
        let database = try {
            try place.run(job("one"))
            return try DatabaseQueue(path: place.workspace.ledgerFile.filePath)
        }()
        try database.write {
            try $0.execute(
                sql: "INSERT INTO runs(id, job, process, started, status) VALUES('2999', 'test', 1, ?, 'failed')",
                arguments: [future.timeIntervalSince1970])
        }
        try database.close()
        let folder = place.workspace.runFolder(RunID(rawValue: "2999"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

        let last = try place.run(job("two")) { $0.retention = Retention(builds: 5, runs: 2) }.summary.run
        let ledger = try #require(try Ledger.openForReading(in: place.workspace))
        #expect(try ledger.runs(limit: 1).map(\.run) == [last])
        #expect(try ledger.runs(limit: 9).last?.run.rawValue == "2999")
        #expect(try place.workspace.loggedRuns().first == last && place.workspace.loggedRuns().count == 2)
        #expect(!FileManager.default.fileExists(atPath: folder.filePath))
    }

    @Test func aBuildOfTheFutureIsNotTheOneToGoBackTo() throws {
        let ids = try ["one", "two", "three"].map { text in
            defer { Thread.sleep(forTimeInterval: 1.1) }
            return try #require(try place.run(job(text)).summary.currentBuild)
        }
        // Format 1, which holds no digest of itself.
        let time = future.formatted(.iso8601)
        let past = (Date() - 60).formatted(.iso8601)
        let entries = zip(ids, [time, past, past]).map { id, published in
            "\"\(id)\": {\"created_at\": \"\(published)\", \"published_at\": \"\(published)\", "
                + "\"verdict\": \"published\"}"
        }
        let register = "{\"builds\": {\(entries.joined(separator: ", "))}, \"format\": 1}"
        try Data(register.utf8).write(to: place.workspace.buildsFolder.appending(path: "register.json"))
        #expect(try place.workspace.rollBack().to.id == ids[1])
    }
}
