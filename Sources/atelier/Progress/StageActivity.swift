internal import Stages

/// How far a running stage is, and at what pace: what one live line shows.
package struct StageActivity: Sendable {
    /// The unit that is shown as kibibytes, mebibytes and so on.
    private static let byteUnit = "bytes"

    package let stage: String
    /// What it does, where that is not the stage's work itself: "reading".
    package let activity: String?
    /// Seconds of any clock that does not go back.
    package let startedAt: Double
    package private(set) var done = 0
    package private(set) var total: Int?
    package private(set) var unit = ""
    /// Where it was lately, for the rate: at most one sample each half second over the last ten.
    private var samples: [(time: Double, done: Int)] = []

    package init(stage: String, activity: String? = nil, startedAt: Double) {
        self.stage = stage
        self.activity = activity
        self.startedAt = startedAt
    }

    /// - Parameter done: units finished in all. The first report sets where counting begins, so that what a checkpoint had
    ///   already counts nothing for the rate.
    package mutating func update(done: Int, total: Int?, unit: String, at time: Double) {
        if unit != self.unit { samples = [] }
        (self.done, self.total, self.unit) = (done, total, unit)
        if let last = samples.last, time - last.time < 0.5 { return }
        samples.append((time, done))
        while samples.count > 2, time - samples[0].time > 10 { samples.removeFirst() }
    }

    /// Units a second over the last ten seconds; nil until half a second has been seen.
    package func rate(at time: Double) -> Double? {
        guard let first = samples.first, time - first.time >= 0.5, done > first.done else { return nil }
        return Double(done - first.done) / (time - first.time)
    }

    package func secondsLeft(at time: Double) -> Double? {
        guard let total, let rate = rate(at: time), total >= done else { return nil }
        return Double(total - done) / rate
    }

    /// The line, at most `width` columns: stage, bar, share, count, rate, time left; the less telling parts become short
    /// and go first where it is narrow.
    package func line(width: Int, nameWidth: Int, at time: Double) -> String {
        let name = stage.padded(to: nameWidth)
        guard !unit.isEmpty else { return "\(name)  \(Amounts.seconds(time - startedAt))".fitted(to: width) }
        let isBytes = unit == Self.byteUnit
        let amount: (Int) -> String = { isBytes ? Amounts.bytes($0) : Amounts.count($0) }
        var counted = (activity.map { $0 + " " } ?? "") + amount(done)
        var parts: [(rank: Int, text: String)] = []
        var bars: [String] = []
        if let total {
            counted += " of \(amount(total))"
            let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
            bars = [16, 8].map { Self.bar(share, width: $0) }
            parts.append((1, "\(Int(share * 100))%".padded(to: 4, alignedRight: true)))
        }
        parts.append((0, isBytes ? counted : "\(counted) \(unit)"))
        if let total, total > 0, done >= total {
            // The shards are done; what they make together is being written.
            parts.append((3, "finishing"))
        } else {
            if let rate = rate(at: time) {
                parts.append((3, isBytes ? "\(Amounts.bytes(Int(min(rate, 1e15))))/s" : Amounts.rate(rate)))
            }
            if let left = secondsLeft(at: time), left >= 0.5 {
                parts.append((2, "\(Amounts.roughSeconds(left)) left"))
            }
        }
        for bar in bars {
            let line = ([name, bar] + parts.map(\.text)).joined(separator: "  ")
            if line.terminalColumnCount <= width { return line }
        }
        for leastRank in stride(from: 3, through: 0, by: -1) {
            let line = ([name] + parts.filter { $0.rank <= leastRank }.map(\.text)).joined(separator: "  ")
            if line.terminalColumnCount <= width || leastRank == 0 { return line.fitted(to: width) }
        }
        return name.fitted(to: width)
    }

    private static func bar(_ share: Double, width: Int) -> String {
        let full = Int(share * Double(width))
        return String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    }
}
