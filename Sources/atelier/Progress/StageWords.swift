internal import Foundation
package import Pipeline

/// The sentences that progress is told in, the same live and in a log.
package enum StageWords {
    package static func started(_ stage: StageName, _ reasons: [RunReason]) -> String {
        let certain = reasons.filter(\.isCertain)
        let shown = (certain.isEmpty ? reasons : certain).prefix(3).map(\.description).joined(separator: "; ")
        let more = certain.count > 3 ? "; and \(certain.count - 3) more" : ""
        return shown.isEmpty ? "\(stage): started" : "\(stage): started (\(shown)\(more))"
    }

    package static func finished(_ summary: StageSummary) -> String {
        var facts = [Amounts.seconds(summary.wallSeconds)]
        if summary.peakByteCount > 0 { facts.append("at most \(Amounts.bytes(summary.peakByteCount)) of memory") }
        if summary.shardCount > 0 {
            let reused = summary.reusedShardCount
            facts.append(
                Amounts.count(summary.shardCount, "shard")
                    + (reused > 0 ? ", \(Amounts.count(reused)) of them reused" : ""))
        }
        if summary.attemptCount > 1 { facts.append(Amounts.count(summary.attemptCount, "attempt")) }
        let verb =
            switch summary.status {
            case .succeeded: "done in"
            case .failed: "failed after"
            case .refused: "refused after"
            case .interrupted: "interrupted after"
            default: "\(summary.status.rawValue.replacingOccurrences(of: "_", with: " ")),"
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
