import Foundation
import GRDB
import Pipeline
import Testing

private func ledgerBytes(_ place: TemporaryWorkspace) throws -> Data {
    try Data(contentsOf: place.workspace.ledgerFile)
}

@Test func aTruncatedLedgerIsMovedAsideAndBegunAnew() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(chain())
    let whole = try ledgerBytes(place)
    for length in stride(from: 1, to: whole.count, by: 4096 + 513) {
        try whole.prefix(length).write(to: place.workspace.ledgerFile)
        let recorder = Recorder()
        let result = try place.run(chain(), observer: recorder)
        #expect(recorder.count("ledger rebuilt") == 1, "\(length) bytes")
        #expect(result.summary.status == .succeeded)
        #expect(result.summary["length"]?.outputs == first.summary["length"]?.outputs)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: place.workspace.folder.filePath)
    #expect(names.contains("ledger.sqlite.damaged-1"))
}

@Test func noFlippedByteOfTheLedgerLeadsToWrongBytes() throws {
    let place = try TemporaryWorkspace()
    let first = try place.run(chain())
    let whole = try ledgerBytes(place)
    for offset in stride(from: 0, to: whole.count, by: 997) {
        var flipped = whole
        flipped[offset] ^= 0x10
        try flipped.write(to: place.workspace.ledgerFile)
        let result = try place.run(chain())
        #expect([.succeeded, .upToDate].contains(result.summary.status), "byte \(offset)")
        for stage in chain() {
            #expect(result.summary[stage.name]?.outputs == first.summary[stage.name]?.outputs, "byte \(offset)")
        }
    }
}

@Test func aChangedRowBreaksItsSeal() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain())
    let database = try DatabaseQueue(path: place.workspace.ledgerFile.filePath)
    try database.write { try $0.execute(sql: "UPDATE stage_runs SET outputs = replace(outputs, 'a', 'b')") }
    try database.close()
    let reader = try #require(try Ledger.openForReading(in: place.workspace))
    #expect {
        _ = try reader.currentStates()
    } throws: { error in
        if case LedgerError.damaged(_, let cause)? = error as? LedgerError { return cause.contains("seal") }
        return false
    }
    let recorder = Recorder()
    #expect(try place.run(chain(), observer: recorder).summary.executedStages.count == 4)
    #expect(recorder.count("ledger rebuilt") == 1)
}

private func breakSeals(_ place: TemporaryWorkspace, _ condition: String) throws {
    let database = try DatabaseQueue(path: place.workspace.ledgerFile.filePath)
    try database.write {
        try $0.execute(sql: "UPDATE stage_runs SET outputs = replace(outputs, 'a', 'b') WHERE \(condition)")
    }
    try database.close()
}

/// Of a stage that is decided on only after others have run and were recorded.
@Test func aBrokenSealIsFoundBeforeAnyStageRuns() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain())
    try breakSeals(place, "stage = 'length'")
    let recorder = Recorder()
    let result = try place.run(chain(source: "beta", recorder: recorder), observer: recorder)
    #expect(result.summary.status == .succeeded && recorder.count("ledger rebuilt") == 1)
    #expect(recorder.all.filter { $0.hasPrefix("started ") }.count == 4 && recorder.count("source") == 1)
    #expect(try place.run(chain(source: "beta")).summary.status == .upToDate)
}

@Test func aBrokenSealOfAnEarlierRunCostsThatRunAlone() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain())
    try place.run(chain(source: "beta"))
    try breakSeals(place, "stage = 'upper' AND id < (SELECT max(id) FROM stage_runs WHERE stage = 'upper')")
    let recorder = Recorder()
    let result = try place.run(chain(), observer: recorder)
    #expect(result.summary.executedStages == ["upper"] && recorder.count("ledger rebuilt") == 0)
}

/// Of a column's name, which SQLite does not see.
@Test func readersNoticeADamagedSchema() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain())
    var bytes = try ledgerBytes(place)
    let column = try #require(bytes.range(of: Data("process INTEGER".utf8)))
    bytes[column.lowerBound] ^= 0x08
    try bytes.write(to: place.workspace.ledgerFile)
    #expect {
        _ = try Ledger.openForReading(in: place.workspace)
    } throws: { error in
        if case LedgerError.damaged(_, let cause)? = error as? LedgerError { return cause.contains("schema") }
        return false
    }
    let recorder = Recorder()
    #expect(try place.run(chain(), observer: recorder).summary.status == .succeeded)
    #expect(recorder.count("ledger rebuilt") == 1)
}

@Test func rowsWithValuesOfAnotherKindAreLeftOut() throws {
    let place = try TemporaryWorkspace()
    try place.run([LetterStage(letters: ["a"])])
    let database = try DatabaseQueue(path: place.workspace.ledgerFile.filePath)
    try database.write {
        for change in ["runs SET process", "shards SET weight", "file_digests SET bytes"] {
            try $0.execute(sql: "UPDATE \(change) = 'text'")
        }
    }
    try database.close()
    let result = try place.run([LetterStage(parameters: ["more": "1"], letters: ["a", "b"])])
    #expect(result.summary.status == .succeeded && result.summary["letters"]?.reusedShardCount == 0)
    let ledger = try #require(try Ledger.openForReading(in: place.workspace))
    #expect(try ledger.runs(limit: 9).map(\.run) == [result.summary.run])
}

@Test func aLedgerOfANewerFormatIsRefusedAndLeftAlone() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain())
    let database = try DatabaseQueue(path: place.workspace.ledgerFile.filePath)
    try database.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    try database.close()
    let path = place.workspace.ledgerFile.filePath
    let expected = LedgerError.newerVersion(path: path, found: 99, supported: 1)
    #expect(throws: expected) { try place.run(chain()) }
    #expect(throws: expected) { try place.executor(chain()).plan() }
    #expect(FileManager.default.fileExists(atPath: path))
}

@Test func theLedgerIsKeptByTheDurableSettings() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain())
    // TRUNCATE leaves an empty journal behind; WAL would leave other files.
    let journal = place.workspace.ledgerFile.filePath + "-journal"
    #expect(try FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int == 0)
    let mode = try DatabaseQueue(path: place.workspace.ledgerFile.filePath).read {
        try String.fetchOne($0, sql: "PRAGMA journal_mode")
    }
    #expect(mode != "wal")
}

@Test func twoHoldersOfTheLockAreNeverThere() throws {
    let place = try TemporaryWorkspace()
    do {
        let lock = try RunLock(place.workspace)
        let error = #expect(throws: RunLockError.self) { try place.run(chain()) }
        #expect(error?.holder?.process == Int(ProcessInfo.processInfo.processIdentifier))
        withExtendedLifetime(lock) {}
    }
    #expect(try place.run(chain()).summary.status == .succeeded)
}

@Test func aLockOfAKilledProcessIsFree() throws {
    let place = try TemporaryWorkspace()
    try place.run(chain())
    let holder = Process()
    holder.executableURL = URL(filePath: "/bin/sh")
    let (input, output) = (Pipe(), Pipe())
    holder.arguments = ["-c", "exec 9<>\"$0\"; flock 9; echo held; read line", place.workspace.lockFile.filePath]
    holder.standardInput = input
    holder.standardOutput = output
    try holder.run()
    #expect(try output.fileHandleForReading.read(upToCount: 4) == Data("held".utf8))
    #expect(throws: RunLockError.self) { try place.run(chain()) }
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    #expect(try place.run(chain()).summary.status == .upToDate)
}
