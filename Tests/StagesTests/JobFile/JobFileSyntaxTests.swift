import Foundation
import Stages
import Testing

@Test(arguments: [
    ("", "jobs/nightly.yaml:1:1: error: the job file is empty; it needs at least 'version: 1' and 'stages:'\n  \n  ^"),
    (
        "# nothing\n",
        "jobs/nightly.yaml:1:1: error: the job file is empty; it needs at least 'version: 1' and 'stages:'\n  # nothing\n  ^"
    ),
    ("- a\n", "jobs/nightly.yaml:1:1: error: expected keys with values here, found a list\n  - a\n  ^"),
    ("hello\n", "jobs/nightly.yaml:1:1: error: expected keys with values here, found 'hello'\n  hello\n  ^"),
    ("name: x\n", "jobs/nightly.yaml:1:1: error: missing key 'version'\n  name: x\n  ^"),
    (
        "version: 2\n",
        "jobs/nightly.yaml:1:10: error: version '2' is not known; this program reads 'version: 1'\n  version: 2\n           ^"
    ),
    (
        "version: 1\nstage:\n",
        "jobs/nightly.yaml:2:1: error: unknown key 'stage'; did you mean 'stages'?\n  stage:\n  ^"
    ),
    (
        "version: 1\nstages:\n  ingset:\n",
        "jobs/nightly.yaml:3:3: error: unknown stage 'ingset'; did you mean 'ingest'?\n    ingset:\n    ^"
    ),
    (
        "version: 1\nstages: 5\n",
        "jobs/nightly.yaml:2:9: error: expected keys with values here, found '5'\n  stages: 5\n          ^"
    ),
    (
        "version: 1\nstages:\n\ttrain:\n",
        "jobs/nightly.yaml:3:1: error: a tab cannot indent YAML; use spaces\n  \ttrain:\n  ^"
    ),
    ("version: 1\nname:\n", "jobs/nightly.yaml:2:1: error: missing value for 'name'\n  name:\n  ^"),
    (
        "version: 1\nretention: {bilds: 1}\n",
        "jobs/nightly.yaml:2:13: error: unknown key 'bilds' in 'retention'; did you mean 'builds'?\n  retention: {bilds: 1}\n              ^"
    ),
    (
        "version: 1\nhooks: {before: {a: 1}}\n",
        "jobs/nightly.yaml:2:17: error: 'before' in 'hooks' must be a shell command or a list of them, not a section\n  hooks: {before: {a: 1}}\n                  ^"
    ),
])
func brokenFileIsRefusedWithItsPlace(text: String, expected: String) {
    #expect(complaint(about: text) == expected)
}

@Test(arguments: [
    ("version: 1\nname: [a\n", 3, "flow sequence"), ("version: 1\nname: \"a\n", 3, "quoted scalar"),
    ("version: 1\n  name: a\n", 2, "mapping values are not allowed"),
    ("version: 1\n---\nname: a\n", 2, "another document"),
    ("version: 1\nname: *gone\n", 2, "undefined alias"), ("version: 1\n? [a]\n: b\n", 2, "a key must be a text"),
    ("version: 1\nname: a\u{0}b\n", 2, "control characters"),
])
func syntaxErrorHasItsLine(text: String, line: Int, words: String) throws {
    let errors = try #require(throws: JobFileErrors.self) { try JobFile.parse(text, path: "j.yaml") }
    #expect(errors.problems.count == 1)
    let problem = try #require(errors.problems.first)
    #expect(problem.location?.line == line)
    #expect(problem.message.contains("not valid YAML") && problem.message.contains(words), "\(problem.message)")
}

@Test func duplicateKeysAreAllFoundWithBothTheirPlaces() throws {
    let text =
        "version: 1\r\nstages:\r\n  train: {epochs: 1, seed: 2, epochs: 3, \"epochs\": 4}\r\n  label: {}\r\n  train: {}\r\nversion: 1\r\n"
    let errors = try #require(throws: JobFileErrors.self) { try JobFile.parse(text, path: "j.yaml") }
    #expect(
        errors.problems.map { "\($0.location?.line ?? 0):\($0.location?.column ?? 0) \($0.message)" } == [
            "3:31 duplicate key 'epochs'; it was first given at line 3",
            "3:42 duplicate key 'epochs'; it was first given at line 3",
            "5:3 duplicate key 'train'; it was first given at line 3",
            "6:1 duplicate key 'version'; it was first given at line 1",
        ])
}

@Test func aliasesToAliasesAreStoppedBeforeTheyFillTheMemory() throws {
    var text = "version: 1\nx0: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
    for level in 1...30 {
        text += "x\(level): &x\(level) [\(Array(repeating: "*x\(level - 1)", count: 10).joined(separator: ", "))]\n"
    }
    let errors = try #require(throws: JobFileErrors.self) { try JobFile.parse(text, path: "j.yaml") }
    #expect(errors.problems.first?.kind == .tooManyValues(limit: 100_000))
}

@Test func variablesComeFromTheEnvironmentThenFromTheFileThenFromTheirDefault() throws {
    let text = """
        version: 1
        name: ${NAME}-${KIND:-full}-$$x-$y-${EMPTY:-none}-${A:-${B:-deep}}
        variables: {NAME: file, KIND: "${FROM:-part}"}
        stages: {train: {epochs: "${N:-5}", seed: 3}}
        """
    #expect(try JobFile.parse(text, path: "j").name == "file-part-$x-$y-none-deep")
    let environment = ["NAME": "env", "EMPTY": "", "B": "b", "FROM": "f"]
    #expect(try JobFile.parse(text, path: "j", environment: environment).name == "env-f-$x-$y-none-b")
    let plain = try trainJob("epochs: ${N:-5}", environment: ["N": "9"])
    #expect(try plain.parameters(for: "train", as: TrainSection.self).epochs == 9)
}

@Test func unsetAndMalformedVariablesAreShownWhereTheyStand() {
    #expect(
        complaint(about: "version: 1\nname: \"a ${GONE} b\"\nworkspace: x/${9}\nbase: ${A\n")
            == """
            jobs/nightly.yaml:2:10: error: the variable 'GONE' is not set; set it, or give a default as in ${GONE:-value}
              name: "a ${GONE} b"
                       ^
            jobs/nightly.yaml:3:14: error: '${9}' is no variable; write ${NAME} or ${NAME:-default}, and $$ for one $
              workspace: x/${9}
                           ^
            jobs/nightly.yaml:4:7: error: '${A' is no variable; write ${NAME} or ${NAME:-default}, and $$ for one $
              base: ${A
                    ^
            """)
}

@Test func hooksReachTheShellAsTheyAreWritten() throws {
    let text = "version: 1\nhooks: {before: 'echo ${ATELIER_RUN} $$', on_failure: [a, b], after_publish: ~}\n"
    let hooks = try JobFile.parse(text, path: "j").hooks
    #expect(hooks.before == ["echo ${ATELIER_RUN} $$"] && hooks.onFailure == ["a", "b"] && hooks.afterPublish.isEmpty)
}

@Test func reservedKeysAreReadApartFromTheStagesOwn() throws {
    let job = try trainJob("epochs: 2", "retry: {count: 3, backoff_seconds: 0.5}", "pool: exclusive")
    #expect(try job.parameters(for: "train", as: TrainSection.self).epochs == 2)
    #expect(job.settings(for: "train").retry?.count == 3 && job.settings(for: "train").retry?.backoffSeconds == 0.5)
    #expect(job.settings(for: "train").pool == .exclusive && job.settings(for: "mine").retry == nil)
    #expect(
        complaint { () throws(JobFileErrors) in try trainJob("retry: {count: -1}", "pool: cpus") }
            == """
            jobs/nightly.yaml:4:20: error: 'retry.count' in stage 'train' must lie between 0 and 100
                  retry: {count: -1}
                                 ^
            jobs/nightly.yaml:5:11: error: 'pool' in stage 'train' cannot be 'cpus'; did you mean 'cpu'? (one of: io, cpu, exclusive)
                  pool: cpus
                        ^
            """)
}

@Test func pathsStartFromTheBaseFolder() throws {
    let job = try JobFile.parse("version: 1\nbase: ..\n", path: "/srv/shop/jobs/nightly.yaml")
    #expect(job.name == "nightly" && job.workspace.path == "/srv/shop/.atelier")
    #expect(job.url(of: "data/a.tar").path == "/srv/shop/data/a.tar" && job.url(of: "/x/../y").path == "/y")
    let plain = try JobFile.parse("version: 1\nworkspace: ../w\n", path: "/srv/shop/nightly.yaml")
    #expect(plain.workspace.path == "/srv/w" && plain.url(of: "a").path == "/srv/shop/a")
}

@Test func fileThatCannotBeReadSaysWhy() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "jobfile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func message(_ path: String) -> String? {
        do { return try JobFile.load(path: path).name } catch { return error.description }
    }
    #expect(
        message(folder.path + "/none.yaml") == "error: job file '\(folder.path)/none.yaml' cannot be read: no such file"
    )
    #expect(message(folder.path) == "error: job file '\(folder.path)' cannot be read: it is a folder")
    let latin = folder.appending(path: "latin.yaml")
    try Data("version: 1\nname: caf".utf8 + [0xE9, 0x0A]).write(to: latin)
    #expect(message(latin.path)?.hasPrefix("\(latin.path):2:10: error: the job file is not UTF-8 text") == true)
    let marked = folder.appending(path: "marked.yaml")
    try Data([0xEF, 0xBB, 0xBF] + "version: 1\n".utf8).write(to: marked)
    #expect(message(marked.path) == "marked")
}

@Test func caretStandsUnderTheColumnInWideText() {
    let words = complaint(about: "version: 1\nstages: {train: {warm_start: \"スカート\", epoch: 1}}\n")
    #expect(
        words
            == """
            jobs/nightly.yaml:2:38: error: unknown key 'epoch' in stage 'train'; did you mean 'epochs'?
              stages: {train: {warm_start: "スカート", epoch: 1}}
                                                       ^
            """)
}

@Test func fileCutAtAnyByteIsReadOrRefusedWithAPlace() throws {
    let text = """
        version: 1
        variables: {A: "x"}
        stages:
          train: &t
            epochs: 3
            blocks: [a, 'b', "c\\n"]
            warm_start: |
              folded ${A:-${B:-c}} text
          mine: *t
        hooks: {before: [a, b]}
        """
    let bytes = Array(text.utf8)
    var refused = 0
    for count in 1...bytes.count {
        do {
            _ = try JobFile.parse(String(decoding: bytes[..<count], as: UTF8.self), path: "j.yaml")
        } catch {
            refused += 1
            #expect(error.problems.allSatisfy { $0.location?.excerpt != nil }, "\(error)")
        }
    }
    #expect(refused > 20 && refused < bytes.count)
}
