internal import Foundation
internal import Pipeline
internal import Stages

extension JobOptions {
    /// Looks whether the workspace is another job's. Two jobs in one workspace publish over each other's builds, and two job
    /// files in one folder share one where neither names its own.
    ///
    /// A job that ran in the workspace before is at home there, whatever ran beside it. One that is renamed says so once, by
    /// `--workspace`.
    /// - Returns: a warning where `--workspace` brings the job into the workspace of others.
    /// - Throws: where the job file, or no word at all, does.
    func checkHome(of job: JobFile) throws -> String? {
        let workspace = workspace(of: job)
        // One that is damaged is the run's to mend.
        guard let ledger = try? Ledger.openForReading(in: workspace), let jobs = try? ledger.jobs(),
            let other = jobs.first, !jobs.contains(job.name)
        else { return nil }
        let place = workspace.folder.filePath
        if self.workspace != nil {
            return "warning: job '\(job.name)' takes over the workspace of '\(other)': \(place)"
        }
        let once = "atelier run \(commandWords) --workspace \(RunOutcome.shellQuoted(place))"
        throw CommandProblem(
            "the workspace \(place) is that of job '\(other)'; '\(job.name)' would publish over its builds",
            hint: "give '\(job.name)' its own, as in 'workspace: .atelier-\(job.name)'; if it is '\(other)' by a new "
                + "name, say so once: \(once)",
            status: .usage)
    }
}
