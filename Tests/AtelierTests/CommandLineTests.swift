import Foundation
import Pipeline
import Testing

private let commands = [
    "run", "explain", "graph", "recommend", "export", "evaluate", "status", "history", "logs", "builds", "rollback",
    "verify",
    "prune", "sample",
]

@Test(arguments: commands)
func everyCommandTeachesItselfOnStdout(command: String) throws {
    let program = try Program()
    defer { program.remove() }
    let help = try program.run(command, "--help")
    #expect(help.status == 0 && help.errors.isEmpty)
    #expect(help.output.contains("OVERVIEW: ") && help.output.contains("\n  atelier \(command)"), "\(help.output)")
    #expect(help.output.contains("--json"))
    #expect(help.output.contains("--workspace") == (command != "sample"))
    let words = help.output.split(separator: "\n")
    // Examples stay on one line each at 80 columns.
    for line in words { #expect(line.count <= 80, "\(line)") }
    // Nor is any broken: the program's own text, before the terminal's width is looked at, is short enough.
    let wide = try program.run(command, "--help", columns: 500).output.split(separator: "\n")
    for line in wide where line.hasPrefix("  atelier ") { #expect(line.count <= 80, "\(line)") }
}

@Test(arguments: commands.filter { !["run", "explain", "graph", "sample"].contains($0) })
func commandWithoutAWorkspaceSaysSoAndWritesNothing(command: String) throws {
    let program = try Program()
    defer { program.remove() }
    let arguments: [String: [String]] = [
        "recommend": ["x"], "export": ["--output", "a.jsonl"], "evaluate": ["--compatibility", "x"],
    ]
    let outcome =
        switch arguments[command]?.count {
        case 1: try program.run(command, arguments[command]?[0] ?? "")
        case 2: try program.run(command, arguments[command]?[0] ?? "", arguments[command]?[1] ?? "")
        default: try program.run(command)
        }
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(
        outcome.errors == """
            error: there is no workspace at '.atelier'
            hint: atelier run JOB makes one; --workspace names another

            """)
    #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: ".atelier").path))
}

@Test func badCommandLinesEndWith64() throws {
    let program = try Program()
    defer { program.remove() }
    let unknown = try program.run("rum")
    #expect(unknown.status == 64 && unknown.errors.hasPrefix("error: ") && unknown.errors.contains("\nUsage: "))
    #expect(!unknown.errors.contains("Error:"))
    #expect(try program.run("run").status == 64)
    #expect(try program.run("run", "j.yaml", "--jobs", "0").status == 64)
    #expect(try program.run("evaluate").status == 64)
    #expect(try program.run("recommend", "x", "-k", "0").status == 64)
    #expect(try program.run("sample", "x", "--style-noise", "2").status == 64)
    let piped = try program.run("export", "--format", "csv", "--output", "-")
    #expect(piped.status == 64 && piped.errors.contains("--output names a file"))
    let picture = try program.run("recommend", "x", "--picture", "list.jpg")
    #expect(picture.status == 64 && picture.errors.contains("a name that ends in .png instead of 'list.jpg'"))
}

@Test func selectionOfNoStageAndASettingOfAStageEndWith64() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("version: 1\nstages:\n  ingest:\n    archives: [a.zip]\n", to: "job.yaml")
    let none = try program.run("run", "job.yaml", "--from", "train", "--until", "label")
    #expect(none.status == 64 && none.errors.contains("no stage is from 'train' and until 'label'"), "\(none.errors)")
    let stage = try program.run("run", "job.yaml", "--set", "train=3")
    #expect(stage.status == 64 && stage.errors.contains("'train' is a stage; write train.key=value"), "\(stage.errors)")
    let key = try program.run("run", "job.yaml", "--set", "epochs=3")
    #expect(key.status == 64 && key.errors.contains("unknown key 'epochs'; write stage.key=value"), "\(key.errors)")
    let top = try program.run("run", "job.yaml", "--set", "worksapce=x")
    #expect(
        top.status == 64 && top.errors.contains("unknown key 'worksapce'; did you mean 'workspace'?"), "\(top.errors)")
    let pipe = try program.run("run", "/dev/null")
    #expect(pipe.status == 64 && pipe.errors.contains("it is no file"), "\(pipe.errors)")
}

@Test func damagedRegisterIsNamedWithWhatToDo() throws {
    let program = try Program()
    defer { program.remove() }
    try FileManager.default.createDirectory(
        at: program.folder.appending(path: "ws/builds"), withIntermediateDirectories: true)
    try program.write("{\"builds\": {", to: "ws/builds/register.json")
    let builds = try program.run("builds", "--workspace", "ws")
    #expect(builds.status == 1 && builds.output.isEmpty)
    #expect(
        builds.errors.contains("/ws/builds/register.json: the register of builds is damaged; put a copy of it back"))
    let verify = try program.run("verify", "--workspace", "ws")
    #expect(verify.status == 1 && verify.output.contains("/ws/builds/register.json\n"), "\(verify)")
    #expect(verify.output.hasPrefix("damaged: register ") && verify.errors.hasPrefix("hint: put a copy of it back"))
}

@Test func changedRegisterIsNamedAsADamagedOne() throws {
    let program = try Program()
    defer { program.remove() }
    let builds = BuildStore(workspace: Workspace(folder: program.folder.appending(path: "ws")))
    let staging = try builds.makeStagingFolder()
    try Data("lists".utf8).write(to: staging.appending(path: "recommendations"))
    let build = try builds.commit(staging)
    try builds.publish(build.id)
    #expect(try program.run("verify", "--workspace", "ws").status == 0)
    let file = program.folder.appending(path: "ws/builds/register.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = text.replacing("\"published\"", with: "\"rejected\"")
    try #require(changed != text)
    try Data(changed.utf8).write(to: file)
    for command in ["builds", "rollback", "prune"] {
        let outcome = try program.run(command, "--workspace", "ws")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("/register.json: the register of builds is damaged; put a copy of it back"))
    }
    let verify = try program.run("verify", "--workspace", "ws")
    #expect(verify.status == 1 && verify.output.hasPrefix("damaged: register "), "\(verify)")
}

@Test func badJobFileEndsWith64AndEveryProblemShown() throws {
    let program = try Program()
    defer { program.remove() }
    #expect(try program.run("run", "none.yaml").errors == "error: job file 'none.yaml' cannot be read: no such file\n")
    try program.write("version: 1\nname: ${GONE}\nstages:\n  ingset:\n", to: "j.yaml")
    let outcome = try program.run("run", "j.yaml", "--set", "trian.x=1")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(
        outcome.errors == """
            j.yaml:2:7: error: the variable 'GONE' is not set; set it, or give a default as in ${GONE:-value}
              name: ${GONE}
                    ^
            j.yaml:4:3: error: unknown stage 'ingset'; did you mean 'ingest'?
                ingset:
                ^
            --set: error: unknown stage 'trian'; did you mean 'train'?
              trian.x=1
              ^

            """)
    #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: ".atelier").path))
}

@Test func variableInAnOverrideIsTheShells() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("version: 1\nstages:\n  ingest:\n", to: "j.yaml")
    let outcome = try program.run("run", "j.yaml", "--dry-run", "--set", "ingest.archives=[${GONE}/a.tar]")
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(
        outcome.errors == """
            --set: error: '${GONE}' is known to job files alone; let the shell fill it in: "…$GONE…"
              ingest.archives=[${GONE}/a.tar]
                               ^

            """)
}

/// What the heads of the job files tell people to type, typed, with empty files where archives and models should be.
@Test(arguments: ["mango", "mango-encoders", "reference"])
func commandsInTheHeadsOfJobFilesCanBeTyped(job: String) throws {
    let program = try Program()
    defer { program.remove() }
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
    let text = try String(contentsOf: root.appending(path: "jobs/\(job).yaml"), encoding: .utf8)
    let commands = text.split(separator: "\n").filter { $0.hasPrefix("#   atelier run ") }.map { $0.dropFirst(4) }
    try #require(!commands.isEmpty)
    try FileManager.default.createDirectory(
        at: program.folder.appending(path: "minilm"), withIntermediateDirectories: true)
    let files = [
        "mango-base.tar", "mango-arrivals.tar", "efficientnet-lite0.onnx", "minilm/model.onnx", "minilm/vocab.txt",
    ]
    for file in files { try program.write("", to: file) }
    let here = program.folder.path
    for command in commands {
        let outcome = try program.shell(
            "atelier() { '\(try #require(Program.path))' \"$@\"; }; \(command) --dry-run", in: root,
            environment: [
                "PATH": "/usr/bin:/bin", "MANGO": here, "ENCODERS": here, "ATELIER_WORKSPACE": here + "/ws",
            ])
        #expect(outcome.status == 0 && outcome.output.hasPrefix("STAGE "), "\(command)\n\(outcome.errors)")
    }
}
