import Foundation
import Testing

/// The keys of a JSON value, but for those that name things of the job: parameters, artifacts.
private func keys(of value: Any) -> Set<String> {
    let ofTheJob: Set = ["parameters", "outputs", "artifacts", "reasons", "inputs", "external_inputs"]
    if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(keys(of: $1)) } }
    guard let object = value as? [String: Any] else { return [] }
    return object.reduce(into: Set(object.keys)) { found, member in
        if !ofTheJob.contains(member.key) { found.formUnion(keys(of: member.value)) }
    }
}

@Test func helpNamesEveryKeyOfAnAnswer() throws {
    let job = try NightlyJob()
    defer { job.remove() }
    _ = try job.run("--set", "train.seed=2")
    let item = try #require(try job.lists().first?.item_id)
    let workspace = ["--workspace", "ws"]
    try job.program.write("1 \(item) x\n", to: "sets.txt")
    try job.program.write("[]", to: "questions.json")
    // First, since the build that it goes past has a reason from then on.
    let commands: [[String]] = [
        ["rollback"] + workspace, ["evaluate", "--fitb", "questions.json", "--compatibility", "sets.txt"] + workspace,
        ["run", "job.yaml", "--dry-run"], ["status"] + workspace, ["history", "--stage", "train"] + workspace,
        ["logs"] + workspace,
        ["builds"] + workspace, ["verify"] + workspace, ["prune", "--dry-run"] + workspace,
        ["recommend", item] + workspace, ["export", "--output", "a.csv"] + workspace, ["explain", "job.yaml", "train"],
        ["graph", "job.yaml"], ["run", "job.yaml"], ["sample", "more", "--items", "100"],
    ]
    // `history` and `explain` say that stages are told as by `status`.
    let shared = try job.program.run("status", "--help", columns: 500).output
    for arguments in commands {
        let outcome = try job.program.start(arguments + ["--json"]).finish()
        #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
        var help = try job.program.run(arguments[0], "--help", columns: 500).output
        if help.contains("`atelier help status`") { help += shared }
        let words = Set(help.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        let answer = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let missing = keys(of: answer).subtracting(words).sorted()
        #expect(missing.isEmpty, "\(arguments[0])")
    }
}
