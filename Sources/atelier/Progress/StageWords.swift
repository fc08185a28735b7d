package import Pipeline
internal import Stages

/// The sentences that progress is told in, the same live and in a log.
package enum StageWords {
    /// What a line of a log may take.
    private static let columnCount = 80

    /// As many of the reasons as one line holds; the stage's log and `history --stage` have all of them.
    package static func started(_ stage: StageName, _ reasons: [RunReason]) -> String {
        let told = told(of: reasons)
        guard let first = told.first else { return "\(stage): started" }
        func line(_ count: Int) -> String {
            let shown = told.prefix(count).joined(separator: "; ")
            let more = count < told.count ? "; \(told.count - count) more" : ""
            return "\(stage): started (\(shown)\(more))"
        }
        if let count = (1...told.count).last(where: { line($0).terminalColumnCount <= columnCount }) {
            return line(count)
        }
        let more = told.count > 1 ? "; \(told.count - 1) more)" : ")"
        let start = "\(stage): started ("
        let room = columnCount - start.terminalColumnCount - more.count
        return start + first.fitted(to: max(20, room)) + more
    }

    /// The reasons worth telling, each in words: that stages before would run matters only where nothing else does.
    package static func told(of reasons: [RunReason]) -> [String] {
        let certain = reasons.filter(\.isCertain)
        if !certain.isEmpty { return certain.map(\.description) }
        let upstream = reasons.compactMap { reason in
            if case .upstreamWouldRun(let stage) = reason { stage } else { nil }
        }
        return upstream.isEmpty
            ? [] : ["if \(quoted(upstream)) \(upstream.count == 1 ? "writes" : "write") other bytes"]
    }

    package static func finished(_ summary: StageSummary) -> String {
        var facts = [Amounts.seconds(summary.wallSeconds)]
        if summary.peakByteCount > 0 { facts.append("peak memory \(Amounts.bytes(summary.peakByteCount))") }
        if summary.shardCount > 0 {
            let reused = summary.reusedShardCount
            facts.append(
                Amounts.count(summary.shardCount, "shard") + (reused > 0 ? " (\(Amounts.count(reused)) reused)" : ""))
        }
        if summary.attemptCount > 1 { facts.append(Amounts.count(summary.attemptCount, "attempt")) }
        let verb =
            switch summary.status {
            case .succeeded: "done in"
            case .failed: "failed after"
            case .refused: "refused after"
            case .interrupted: "interrupted after"
            default: "\(summary.status.words),"
            }
        return "\(summary.stage): \(verb) \(facts.joined(separator: ", "))"
    }

    package static func retrying(
        _ stage: StageName, shard: String?, attempt: Int, pauseSeconds: Double, cause: String
    ) -> String {
        let what = shard.map { "\(stage), shard \($0)" } ?? "\(stage)"
        return "\(what): attempt \(attempt) failed (\(cause)); trying again in \(Amounts.seconds(pauseSeconds))"
    }

    /// `'ingest' and 'label'`.
    package static func quoted(_ names: [StageName]) -> String {
        let quoted = names.map { "'\($0)'" }
        guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
        return quoted.dropLast().joined(separator: ", ") + " and " + last
    }
}
