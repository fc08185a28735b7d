import Foundation
import Pipeline
import Synchronization
import Testing
import atelier

/// A terminal and a clock that tests look into and set.
private final class Screen: Sendable {
    struct State {
        var written = ""
        var time = 100.0
        var width = 80
    }

    let state = Mutex(State())

    var written: String { state.withLock { $0.written } }

    func set(time: Double) { state.withLock { $0.time = time } }
    func set(width: Int) { state.withLock { $0.width = width } }

    func reporter(_ style: ProgressReporter.Style) -> ProgressReporter {
        ProgressReporter(
            style: style, causeWords: { "\($0)" }, columnCount: { self.state.withLock { $0.width } },
            write: { text in self.state.withLock { $0.written += text } }, now: { self.state.withLock { $0.time } })
    }
}

/// What a terminal of any height shows after these bytes: cursor up, erase to the end, lines.
private func shown(_ bytes: String) -> [String] {
    var lines: [String] = []
    var rest = Substring(bytes)
    while let first = rest.first {
        if rest.hasPrefix("\r\u{1B}[J") {
            rest = rest.dropFirst(4)
        } else if first == "\u{1B}", let match = rest.prefixMatch(of: /\u{1B}\[(\d+)A\r\u{1B}\[J/) {
            lines.removeLast(Int(match.1) ?? 0)
            rest = rest[match.range.upperBound...]
        } else {
            let line = rest.prefix { $0 != "\n" }
            lines.append(String(line))
            rest = rest[line.endIndex...].dropFirst()
        }
    }
    return lines
}

private func summary(_ stage: StageName, _ status: StageStatus, seconds: Double) -> StageSummary {
    var summary = StageSummary(stage: stage, status: status)
    summary.wallSeconds = seconds
    return summary
}

@Test func liveLineTellsCountShareRateAndTimeLeft() {
    var activity = StageActivity(stage: "featurize", startedAt: 0)
    #expect(activity.line(width: 80, nameWidth: 10, at: 2.5) == "featurize   2.5 s")
    // What a checkpoint had already is no speed of this run.
    activity.update(done: 4000, total: 8786, unit: "pictures", at: 3)
    activity.update(done: 4612, total: 8786, unit: "pictures", at: 4)
    #expect(
        activity.line(width: 90, nameWidth: 10, at: 4)
            == "featurize   ████████░░░░░░░░   52%  4,612 of 8,786 pictures  612/s  7 s left")
}

@Test func liveLineDropsTheLessTellingPartsWhereTheTerminalIsNarrow() {
    var activity = StageActivity(stage: "mine", startedAt: 0)
    activity.update(done: 0, total: 100, unit: "anchors", at: 0)
    activity.update(done: 50, total: 100, unit: "anchors", at: 10)
    let lines = [70, 60, 55, 45, 32, 24, 10].map { activity.line(width: $0, nameWidth: 4, at: 10) }
    #expect(
        lines == [
            "mine  ████████░░░░░░░░   50%  50 of 100 anchors  5.0/s  10 s left",
            "mine  ████░░░░   50%  50 of 100 anchors  5.0/s  10 s left",
            "mine   50%  50 of 100 anchors  5.0/s  10 s left",
            "mine   50%  50 of 100 anchors  10 s left",
            "mine   50%  50 of 100 anchors", "mine  50 of 100 anchors", "mine  50 …",
        ])
}

@Test func rateIsThatOfTheLastTenSecondsAndUnknownWhereNothingMoves() {
    var activity = StageActivity(stage: "train", startedAt: 0)
    for second in 0...60 {
        let done = second <= 30 ? second * 100 : 3000 + (second - 30) * 10
        activity.update(done: done, total: nil, unit: "batches", at: Double(second))
    }
    #expect(activity.rate(at: 60).map { abs($0 - 10) < 0.5 } == true)
    #expect(activity.secondsLeft(at: 60) == nil)
    var still = StageActivity(stage: "train", startedAt: 0)
    still.update(done: 5, total: 10, unit: "epochs", at: 0)
    #expect(still.rate(at: 20) == nil)
}

@Test func terminalShowsOneLineARunningStageBelowWhatIsDone() {
    let screen = Screen()
    let reporter = screen.reporter(.live)
    reporter.observe(.runStarted(job: "nightly", stages: ["ingest", "train"]))
    reporter.observe(.stageStarted("ingest", reasons: [.neverRan]))
    reporter.observe(.stageProgress("ingest", done: 1, total: 2, unit: "archives"))
    reporter.redraw()
    #expect(shown(screen.written) == ["ingest  ████████░░░░░░░░   50%  1 of 2 archives"])
    reporter.observe(.stageStarted("train", reasons: [.forced]))
    screen.set(width: 30)
    reporter.redraw()
    #expect(shown(screen.written) == ["ingest   50%  1 of 2 archives", "train   0.00 s"])
    reporter.observe(.stageFinished(summary("ingest", .succeeded, seconds: 1.25)))
    #expect(shown(screen.written) == ["ingest: done in 1.2 s", "train   0.00 s"])
    reporter.observe(
        .stageFailed(StageFailure(stage: "train", cause: CancellationRequest()), summary("train", .failed, seconds: 61))
    )
    reporter.finish()
    reporter.redraw()
    #expect(shown(screen.written) == ["ingest: done in 1.2 s", "train: failed after 1 min 1 s"])
}

@Test func logShowsALineAtTheStartAndTheEndOfEachStage() {
    let screen = Screen()
    let reporter = screen.reporter(.lines)
    let reasons: [RunReason] = [.parameterChanged(key: "epochs", old: "20", new: "5"), .upstreamWouldRun("mine")]
    reporter.observe(.stageStarted("train", reasons: reasons))
    reporter.observe(.stageProgress("train", done: 1, total: 5, unit: "epochs"))
    reporter.observe(
        .retrying("train", shard: "7", attempt: 1, pauseSeconds: 30, cause: LedgerError.busy(path: "ledger.sqlite")))
    var end = summary("train", .succeeded, seconds: 83)
    end.peakByteCount = 512 << 20
    end.shardCount = 12
    end.reusedShardCount = 3
    end.attemptCount = 2
    reporter.observe(.stageFinished(end))
    #expect(
        screen.written == """
            train: started (parameter epochs changed from 20 to 5)
            train, shard 7: attempt 1 failed (ledger.sqlite: another process writes to it); trying again in 30.0 s
            train: done in 1 min 23 s, peak memory 512 MiB, 12 shards (3 reused), 2 attempts

            """)
}

@Test func bytesAreShownAsSuchAndReadingIsCalledReading() {
    var activity = StageActivity(stage: "ingest", activity: "reading", startedAt: 0)
    activity.update(done: 0, total: 3 << 30, unit: "bytes", at: 0)
    activity.update(done: 1 << 30, total: 3 << 30, unit: "bytes", at: 4)
    #expect(
        activity.line(width: 90, nameWidth: 6, at: 4)
            == "ingest  █████░░░░░░░░░░░   33%  reading 1.0 GiB of 3.0 GiB  256 MiB/s  8 s left")
}

@Test func finishedShardsAreFollowedByTheWordThatSomethingGoesOn() {
    var activity = StageActivity(stage: "topk", startedAt: 0)
    activity.update(done: 10, total: 20, unit: "items", at: 0)
    activity.update(done: 20, total: 20, unit: "items", at: 2)
    #expect(
        activity.line(width: 80, nameWidth: 4, at: 3) == "topk  ████████████████  100%  20 of 20 items  finishing")
}

@Test func readingIsShownLiveBeforeItsStageStartsAndALargeOneIsToldInALog() {
    let screen = Screen()
    let reporter = screen.reporter(.live)
    reporter.observe(.runStarted(job: "nightly", stages: ["ingest"]))
    reporter.observe(.readingInputs("ingest", done: 0, total: 2048))
    reporter.redraw()
    #expect(shown(screen.written) == ["ingest  ░░░░░░░░░░░░░░░░    0%  reading 0 bytes of 2.0 KiB"])
    reporter.observe(.inputsRead("ingest"))
    reporter.redraw()
    #expect(shown(screen.written).isEmpty)
    reporter.finish()
    let log = Screen()
    let lines = log.reporter(.lines)
    lines.observe(.readingInputs("ingest", done: 0, total: 2048))
    lines.observe(.readingInputs("featurize", done: 0, total: 3 << 30))
    lines.observe(.readingInputs("featurize", done: 1 << 30, total: 3 << 30))
    #expect(log.written == "featurize: reading 3.0 GiB of new inputs\n")
}

@Test func startedLinesFitATerminalAndCountTheReasonsThatTheyLeaveOut() {
    let digests = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
    func input(_ name: String) -> RunReason { .inputChanged(name: name, old: digests.0, new: digests.1) }
    #expect(
        StageWords.started("rerank", [input("index"), input("model"), input("candidates")])
            == "rerank: started (input index changed from aaaaaaaaaaaa to bbbbbbbbbbbb; 2 more)")
    let long = StageWords.started("ingest", [input("data-samples/a-rather-long-name-2026-11-22.tar.gz"), .forced])
    #expect(long == "ingest: started (input data-samples/a-rather-long-name-2026-11-22.tar.…; 1 more)")
    #expect(long.count == 80)
}

@Test func stagesBeforeAreTheReasonOnlyWhereThereIsNoOther() {
    #expect(StageWords.told(of: [.neverRan, .upstreamWouldRun("mine")]) == ["never ran"])
    #expect(StageWords.told(of: [.upstreamWouldRun("mine")]) == ["if 'mine' writes other bytes"])
    #expect(
        StageWords.told(of: [.upstreamWouldRun("mine"), .upstreamWouldRun("label")])
            == ["if 'mine' and 'label' write other bytes"])
}

@Test func heldLinesAppearOnlyWhenTheyAreReleased() {
    let screen = Screen()
    let reporter = screen.reporter(.held)
    reporter.observe(.stageStarted("train", reasons: []))
    #expect(screen.written.isEmpty)
    reporter.releaseHeldLines()
    reporter.releaseHeldLines()
    #expect(screen.written == "train: started\n")
}

@Test func warningsAppearAtOnceEvenWhereLinesAreHeld() {
    for style in [ProgressReporter.Style.held, .lines] {
        let screen = Screen()
        screen.reporter(style).observe(.stageWarned("publish", message: "scores moved"))
        #expect(screen.written == "warning: publish: scores moved\n")
    }
}

@Test func whatIsToldOfTheInputCannotMoveTheCursor() {
    for style in [ProgressReporter.Style.held, .lines] {
        let screen = Screen()
        let reporter = screen.reporter(style)
        reporter.observe(.stageWarned("featurize", message: "a\u{1B}[2Jb"))
        reporter.observe(
            .retrying("ingest", shard: "x\u{1B}[2J.tar", attempt: 2, pauseSeconds: 1, cause: CancellationRequest()))
        reporter.releaseHeldLines()
        #expect(screen.written.hasPrefix("warning: featurize: a\\u{1B}[2Jb\ningest, shard x\\u{1B}[2J.tar: "))
    }
}
