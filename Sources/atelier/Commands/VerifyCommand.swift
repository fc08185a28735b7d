internal import ArgumentParser
internal import Pipeline

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every published and referenced byte and compare it with its digest.",
        discussion: """
            Reads builds, their register, and the artifacts and shards that stages and kept builds refer to. Changes \
            nothing. Exit status 1 where something is missing or damaged; the next run makes again what a stage wrote, \
            and `atelier rollback` leaves a damaged build.

              atelier verify

            With --json: builds, artifacts and bytes that were read; problems, of each problem, kind, name, build and file.
            """)

    @OptionGroup var place: WorkspaceOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let report = try place.open().verify()
        if output.json {
            try Console.json(report)
        } else {
            if !report.problems.isEmpty { try Console.say(report.problems.map(Self.line)) }
            let whole =
                "\(Amounts.count(report.artifactCount, "artifact")) and \(Amounts.count(report.buildCount, "build")) "
                + "read, \(Amounts.bytes(report.byteCount)) in all"
            try Console.out(
                report.problems.isEmpty
                    ? "\(whole): all as they were written"
                    : "\(whole): \(Amounts.count(report.problems.count, "problem"))")
        }
        if !report.problems.isEmpty {
            for hint in Self.hints(for: report.problems) { Console.err("hint: \(hint)") }
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }

    private static func hints(for problems: [VerifyProblem]) -> [String] {
        var hints: [String] = []
        if problems.contains(where: { $0.kind == "register" }) { hints.append(ErrorWords.registerAdvice) }
        let others = problems.filter { $0.kind != "register" }
        if others.contains(where: { $0.kind == "build" }) {
            hints.append(
                "`atelier rollback` leaves a damaged build, and `atelier run JOB --force publish` makes one again; "
                    + "`atelier prune` removes earlier ones whose manifest.json does not read")
        } else if !others.isEmpty {
            hints.append(
                others.allSatisfy { $0.build != nil }
                    ? "the builds themselves are whole; a run with an earlier build's parameters makes again what that "
                        + "build was made from" : "`atelier run JOB` makes again what is missing or damaged")
        }
        return hints
    }

    private static func line(for problem: VerifyProblem) -> String {
        let file = problem.file.map { ": \($0)" } ?? ""
        let build = problem.build.map { " of build \($0)" } ?? ""
        return "\(problem.problem): \(problem.kind) \(problem.name)\(build)\(file)"
    }
}
