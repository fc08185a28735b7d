@preconcurrency internal import Dispatch
internal import Foundation
package import Pipeline
internal import Stages
internal import Synchronization

/// Tells a run's progress on stderr: on a terminal one live line a running stage, else a line where a stage starts and ends.
package final class ProgressReporter: RunObserver {
    package enum Style: Sendable {
        /// Lines that are redrawn, at most ten times a second.
        case live
        /// A line at the start and the end of each stage.
        case lines
        /// The same lines, kept back until `releaseHeldLines`.
        case held
    }

    private struct State {
        var activities: [StageActivity] = []
        var drawnLineCount = 0
        var nameWidth = 0
        var heldLines: [String] = []

        mutating func removeActivity(of stage: StageName) { activities.removeAll { $0.stage == stage.rawValue } }
    }

    /// New inputs of at least as many bytes are told in a log too: they take a while.
    private static let toldByteCount = 1 << 30

    private let style: Style
    private let causeWords: @Sendable (any Error) -> String
    private let columnCount: @Sendable () -> Int
    private let write: @Sendable (String) -> Void
    private let now: @Sendable () -> Double
    private let state = Mutex(State())
    private let timer: (any DispatchSourceTimer)?

    /// - Parameters:
    ///   - causeWords: words for what an attempt failed of.
    ///   - columnCount: the terminal's width, asked for at each drawing.
    ///   - write: takes the bytes for the terminal.
    ///   - now: seconds of a clock that does not go back.
    package init(
        style: Style, causeWords: @escaping @Sendable (any Error) -> String,
        columnCount: @escaping @Sendable () -> Int = { Console.columnCount(of: STDERR_FILENO) ?? 80 },
        write: @escaping @Sendable (String) -> Void = Console.write,
        now: @escaping @Sendable () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
    ) {
        self.style = style
        self.causeWords = causeWords
        self.columnCount = columnCount
        self.write = write
        self.now = now
        guard style == .live else {
            timer = nil
            return
        }
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "atelier.progress", qos: .utility))
        self.timer = timer
        timer.setEventHandler { [weak self] in self?.redraw() }
        timer.schedule(deadline: .now() + 0.1, repeating: 0.1, leeway: .milliseconds(20))
        timer.activate()
    }

    deinit { timer?.cancel() }

    package func observe(_ event: RunEvent) {
        switch event {
        case .runStarted(_, let stages):
            state.withLock { $0.nameWidth = stages.map(\.rawValue.count).max() ?? 0 }
        case .ledgerRebuilt(let moved, let cause):
            say("warning: the ledger could not be read: \(cause)")
            say("note: it was moved to \(moved), and a new one begun; stages run again")
        // Skipped stages are told together at the end, with their cause.
        case .stagePlanned, .shardsPlanned, .shardFinished, .stageSkipped: break
        case .readingInputs(let stage, let done, let total): read(stage, done: done, total: total)
        case .inputsRead(let stage): state.withLock { $0.removeActivity(of: stage) }
        case .stageStarted(let stage, let reasons):
            if style != .live { say(StageWords.started(stage, reasons)) }
            let activity = StageActivity(stage: stage.rawValue, startedAt: now())
            state.withLock { $0.activities.append(activity) }
        case .stageProgress(let stage, let done, let total, let unit):
            guard style == .live else { return }
            let time = now()
            state.withLock { state in
                guard let position = state.activities.firstIndex(where: { $0.stage == stage.rawValue }) else { return }
                state.activities[position].update(done: done, total: total, unit: unit, at: time)
            }
        case .stageWarned(let stage, let message): warn("warning: \(stage): \(message)")
        case .runWarned(let message, let cause): warn("warning: \(message): \(causeWords(cause))")
        case .retrying(let stage, let shard, let attempt, let pause, let cause):
            say(
                StageWords.retrying(
                    stage, shard: shard, attempt: attempt, pauseSeconds: pause, cause: causeWords(cause)))
        case .stageFinished(let summary), .stageFailed(_, let summary):
            state.withLock { $0.removeActivity(of: summary.stage) }
            say(StageWords.finished(summary))
        case .runFinished: finish()
        }
    }

    private func read(_ stage: StageName, done: Int, total: Int) {
        guard style == .live else {
            if done == 0, total >= Self.toldByteCount { say("\(stage): reading \(Amounts.bytes(total)) of new inputs") }
            return
        }
        let time = now()
        state.withLock { state in
            let position = state.activities.firstIndex { $0.stage == stage.rawValue }
            if position == nil {
                state.activities.append(StageActivity(stage: stage.rawValue, activity: "reading", startedAt: time))
            }
            let last = position ?? state.activities.endIndex - 1
            state.activities[last].update(done: done, total: total, unit: "bytes", at: time)
        }
    }

    /// A line above the live ones.
    package func say(_ line: String) {
        let line = line.terminalText
        state.withLock { state in
            switch style {
            case .held: state.heldLines.append(line)
            case .lines: write(line + "\n")
            case .live:
                // Where nothing was drawn, what the terminal shows of Ctrl-C.
                let erased = state.drawnLineCount > 0 ? Self.erasing(state.drawnLineCount) : "\r\u{1B}[J"
                write(erased + line.foldedMessage(to: max(20, columnCount())) + "\n")
                state.drawnLineCount = 0
                draw(&state)
            }
        }
    }

    /// As `say`, and at once even where lines are held: a run that ends well must not swallow it.
    private func warn(_ line: String) { if style == .held { write(line.terminalText + "\n") } else { say(line) } }

    /// Writes what `held` kept back; for a run in which something went wrong.
    package func releaseHeldLines() {
        state.withLock { state in
            if !state.heldLines.isEmpty { write(state.heldLines.joined(separator: "\n") + "\n") }
            state.heldLines = []
        }
    }

    /// Takes the live lines away. Nothing is drawn afterwards.
    package func finish() {
        timer?.cancel()
        state.withLock { state in
            if state.drawnLineCount > 0 { write(Self.erasing(state.drawnLineCount)) }
            state.drawnLineCount = 0
            state.activities = []
        }
    }

    /// Draws the live lines over the old ones, in one write.
    package func redraw() {
        state.withLock { state in
            guard !state.activities.isEmpty || state.drawnLineCount > 0 else { return }
            let erased = Self.erasing(state.drawnLineCount)
            state.drawnLineCount = 0
            draw(&state, after: erased)
        }
    }

    private func draw(_ state: inout State, after prefix: String = "") {
        let time = now()
        // One column stays free: a full line would wrap, and the next erasing would miss a row.
        let width = max(20, columnCount() - 1)
        let lines = state.activities.map { $0.line(width: width, nameWidth: state.nameWidth, at: time) }
        state.drawnLineCount = lines.count
        write(prefix + lines.map { $0 + "\n" }.joined())
    }

    /// Up as many lines, and erase from there to the end of the screen.
    private static func erasing(_ lineCount: Int) -> String { lineCount > 0 ? "\u{1B}[\(lineCount)A\r\u{1B}[J" : "" }
}
